import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer } from '../testing/inject.js';

const folder = mkdtempSync(join(tmpdir(), 'page-'));

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'no page file');
});
afterAll(() => rmSync(folder, { recursive: true }));

function apps(pageFolder: string) {
  return createTestServer(undefined, { pageFolder }).apps;
}

describe('the page of a node', () => {
  const html = { accept: 'text/html' };

  it('is served at / and at every path that a person may open, under a strict policy', async () => {
    const { api } = apps(folder);
    for (const url of ['/', '/receipts/wr_0007', '/parties/uscc:91330900TRFW000140']) {
      const { statusCode, headers, body } = await api.inject({ url, headers: html });
      expect(statusCode).toBe(200);
      expect(body).toContain('<title>page</title>');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(headers['cache-control']).toBe('no-cache');
    }
  });

  it('is what stands at / for whoever asks, in whatever form', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const { statusCode, body } = await apps(folder).api.inject({ url: '/', headers: { accept } });
      expect([statusCode, body]).toEqual([200, expect.stringContaining('<title>page</title>')]);
    }
  });

  it('its files are cached by their name and known by their tag', async () => {
    const { api } = apps(folder);
    const url = '/assets/index-1a2b.js';
    const first = await api.inject({ url });
    expect(first.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(first.headers['cache-control']).toContain('immutable');
    const tag = String(first.headers.etag);
    const again = await api.inject({ url, headers: { 'if-none-match': tag } });
    expect(again.statusCode).toBe(304);
  });

  it('an unknown route stays a problem for programs and under /v1, /docs and /assets', async () => {
    const { api } = apps(folder);
    const cases: [string, Record<string, string>][] = [
      ['/receipts/wr_0007', { accept: 'application/json' }],
      ['/v1/nothing/here/at/all', html],
      ['/docs/nothing', html],
      ['/assets/index-old.js', html],
      ['/secret.txt', {}],
      ['/../package.json', {}],
    ];
    for (const [url, headers] of cases) {
      const { statusCode, headers: answered } = await api.inject({ url, headers });
      expect(statusCode, url).toBe(404);
      expect(answered['content-type'], url).toContain('application/problem+json');
    }
  });

  it('a folder that was not built is no page', async () => {
    const { api } = apps(join(folder, 'nowhere'));
    const { statusCode } = await api.inject({ url: '/', headers: html });
    expect(statusCode).toBe(404);
  });
});
