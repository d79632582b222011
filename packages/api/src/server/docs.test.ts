import { errorCodes } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { errorDocSchema } from '../routes/operations.js';
import { createFakeNode } from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';
import { errorDocs } from './handlers/docs.js';

const HTML = { accept: 'text/html' };
const server = createTestServer();

describe('the pages about the API', () => {
  it.each(Object.keys(errorCodes))('%s has a page with its retry class', async (code) => {
    const { httpStatus, retry, title } = errorCodes[code as keyof typeof errorCodes];
    const doc = await server.get(`/docs/errors/${code}`);
    expect(errorDocSchema.parse(doc.body)).toMatchObject({ code, httpStatus, retry, title });
    const { text } = await server.get(`/docs/errors/${code}`, HTML);
    for (const word of [code, retry, String(httpStatus), title]) expect(text).toContain(word);
  });

  it('has a page for the status of every contract, with the contract and its number', async () => {
    const { backend } = createFakeNode();
    const doc = errorDocs(backend).get('RECEIPT_ALREADY_ISSUED');
    expect(doc?.statuses).toContainEqual({ contract: 'warehouse-receipt', number: 100 });
    const list = await server.get('/docs/errors', HTML);
    expect(list.text).toContain('RECEIPT_ALREADY_ISSUED');
  });

  it('answers 404 for a code that is none', async () => {
    expect((await server.get('/docs/errors/NO_SUCH_CODE')).status).toBe(404);
  });

  it('shows the API readably, from files of its own only', async () => {
    const page = await server.get('/docs/', HTML);
    expect(page.status).toBe(200);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      if (link.startsWith('data:')) continue;
      const path = new URL(link, 'http://node/docs/').pathname;
      expect([path, (await server.get(path)).status]).toEqual([path, 200]);
    }
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]/);
  });
});
