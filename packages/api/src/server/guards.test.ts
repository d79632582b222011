import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { createTestServer } from '../testing/inject.js';

describe('the guards before the routes', () => {
  it('refuse an address that asks too often, as a problem with Retry-After', async () => {
    const server = createTestServer(undefined, { requestsPerMinute: 3 });
    for (let i = 0; i < 3; i += 1) expect((await server.get('/v1/info')).status).toBe(200);
    const refused = await server.get('/v1/info');
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.body.retry).toBe('after');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await server.get('/livez')).status).toBe(200);
  });

  it('refuse while the loop turns too late, but for the operations', async () => {
    let lateMs: number = limits.httpLoopLateMsMax;
    const server = createTestServer(undefined, { loopLateMs: () => lateMs });
    expect((await server.get('/v1/info')).status).toBe(200);
    lateMs += 1;
    const refused = await server.get('/v1/info');
    expect([refused.status, refused.body.code]).toEqual([503, 'NODE_OVERLOADED']);
    expect(refused.body.retry).toBe('after');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await server.get('/livez')).status).toBe(200);
    lateMs = 0;
    expect((await server.get('/v1/info')).status).toBe(200);
  });

  it('do not count on loopback, where no limit is named', async () => {
    const server = createTestServer();
    for (let i = 0; i < 20; i += 1) expect((await server.get('/v1/info')).status).toBe(200);
  });

  it('set the headers that keep a browser from guessing', async () => {
    const { headers } = await createTestServer().get('/v1/info');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'triflow-request-id': expect.stringMatching(/^rq_/),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});
