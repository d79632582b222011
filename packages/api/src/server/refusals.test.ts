import { CodedError, encodeGossip, limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { problemSchema } from '../routes/problem.js';
import { TRANSACTION_BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE } from '../routes/transactions.js';
import { createFakeNode, fakeTransaction } from '../testing/fakeBackend.js';
import { createTestServer, type InjectedAnswer } from '../testing/inject.js';

const json = { 'content-type': 'application/json' };
const bytes = { 'content-type': TRANSACTION_MEDIA_TYPE };

function expectProblem(answer: InjectedAnswer, code: string, status: number): void {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const problem = problemSchema.parse(answer.body);
  expect(problem).toMatchObject({ code, status, type: `urn:triflow:error:${code}` });
  expect(problem.requestId).toBe(answer.headers['triflow-request-id']);
  expect(answer.status).toBe(status);
}

describe('a body that cannot be read', () => {
  const deep = `${'['.repeat(60)}${']'.repeat(60)}`;
  it.each([
    ['invalid JSON', '{"transaction":', 'REQUEST_MALFORMED', 400],
    ['an empty body', '', 'REQUEST_MALFORMED', 400],
    ['text after the JSON', '{} {}', 'REQUEST_MALFORMED', 400],
    [
      'a member named twice',
      '{"transaction":"AA","transaction":"AB"}',
      'REQUEST_DUPLICATE_KEY',
      400,
    ],
    [
      'the same name escaped',
      '{"transaction":"AA","tr\\u0061nsaction":"AB"}',
      'REQUEST_DUPLICATE_KEY',
      400,
    ],
    ['__proto__', '{"__proto__":{"transaction":"AA"}}', 'REQUEST_MALFORMED', 400],
    ['a lone surrogate', '{"transaction":"\\ud800"}', 'REQUEST_MALFORMED', 400],
    ['nesting past the limit', deep, 'REQUEST_MALFORMED', 400],
    ['a fraction', '{"transaction":1.5}', 'REQUEST_INVALID', 422],
    ['an integer beyond 53 bits', '{"transaction":9007199254740993}', 'REQUEST_INVALID', 422],
    ['a number for text', '{"transaction":1}', 'REQUEST_INVALID', 422],
    ['null', 'null', 'REQUEST_MEDIA_TYPE', 415],
    ['a list', '[]', 'REQUEST_INVALID', 422],
    ['an unknown member', '{"transaction":"AA","more":1}', 'REQUEST_INVALID', 422],
    ['base64 with padding', '{"transaction":"AA=="}', 'REQUEST_INVALID', 422],
    ['base64 with bits left over', '{"transaction":"AB"}', 'REQUEST_INVALID', 422],
    ['bytes that are no transaction', '{"transaction":"AA"}', 'TRANSACTION_MALFORMED', 400],
  ])('%s', async (_, body, code, status) => {
    expectProblem(await createTestServer().post('/v1/transactions', body, json), code, status);
  });

  it('bytes that are not UTF-8', async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const answer = await createTestServer().post('/v1/transactions', body, json);
    expectProblem(answer, 'REQUEST_MALFORMED', 400);
  });

  it('bytes of a transaction with something behind', async () => {
    const longer = new Uint8Array([...fakeTransaction(1), 0]);
    const answer = await createTestServer().post('/v1/transactions', longer, bytes);
    expectProblem(answer, 'ENCODING_NOT_CANONICAL', 400);
  });

  it('one byte over the limit of a body, and a length that is announced so', async () => {
    const { post } = createTestServer();
    const over = new Uint8Array(limits.httpBodyBytesMax + 1);
    expectProblem(await post('/v1/transactions', over, bytes), 'REQUEST_TOO_LARGE', 413);
    expectProblem(
      await post('/v1/transactions', ' '.repeat(over.length), json),
      'REQUEST_TOO_LARGE',
      413,
    );
  });

  it('one byte over the limit of a transaction', async () => {
    const over = new Uint8Array(limits.transactionBytesMax + 1);
    const answer = await createTestServer().post('/v1/transactions', over, bytes);
    expectProblem(answer, 'TRANSACTION_TOO_LARGE', 413);
  });

  it.each([
    ['text/plain', 415],
    ['application/cbor', 415],
    ['application/x-www-form-urlencoded', 415],
  ])('a media type such as %s', async (mediaType, status) => {
    const answer = await createTestServer().post('/v1/transactions', 'x', {
      'content-type': mediaType,
    });
    expectProblem(answer, 'REQUEST_MEDIA_TYPE', status);
  });

  it('a transaction where a batch is wanted', async () => {
    const { post } = createTestServer();
    const answer = await post('/v1/transactions/batch', '{}', json);
    expectProblem(answer, 'REQUEST_MEDIA_TYPE', 415);
  });

  it('a batch where a transaction is wanted', async () => {
    const { post } = createTestServer();
    const batch = encodeGossip([fakeTransaction(1)]);
    const headers = { 'content-type': TRANSACTION_BATCH_MEDIA_TYPE };
    expectProblem(await post('/v1/transactions', batch, headers), 'TRANSACTION_MALFORMED', 400);
  });
});

describe('a URL that is wrong', () => {
  it.each([
    ['/nowhere', 'ROUTE_NOT_FOUND', 404],
    ['/v1/wallets', 'ROUTE_NOT_FOUND', 404],
    ['/v1/wallets/wr_1', 'ROUTE_NOT_FOUND', 404],
    ['/v1/orders', 'ROUTE_NOT_FOUND', 404],
    ['/v1/queries/warehouse-receipt.none', 'ROUTE_NOT_FOUND', 404],
    ['/v1/queries/none.held', 'ROUTE_NOT_FOUND', 404],
    ['/v1/queries/constructor', 'ROUTE_NOT_FOUND', 404],
    ['/v1/receipts/pl_1', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_UPPER', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?at=-1', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?at=1e3', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?at=99999999999999999999', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?at=1&at=2', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?proof=yes', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?prof=1', 'REQUEST_INVALID', 422],
    ['/v1/receipts/wr_1?at=99', 'BLOCK_NOT_FOUND', 404],
    ['/v1/receipts/wr_nobody', 'OBJECT_NOT_FOUND', 404],
    ['/v1/parties/somebody', 'REQUEST_INVALID', 422],
    ['/v1/receipts?limit=0', 'REQUEST_INVALID', 422],
    ['/v1/receipts?limit=501', 'REQUEST_INVALID', 422],
    ['/v1/receipts?colour=red', 'REQUEST_UNKNOWN_FILTER', 400],
    ['/v1/receipts?constructor=red', 'REQUEST_UNKNOWN_FILTER', 400],
    ['/v1/receipts?state=a&state=b', 'REQUEST_INVALID', 422],
    ['/v1/receipts?state=a%2Fb', 'REQUEST_INVALID', 422],
    ['/v1/receipts?cursor=AAAA', 'REQUEST_INVALID', 422],
    ['/v1/headers', 'REQUEST_INVALID', 422],
    ['/v1/headers?from=5&to=4', 'REQUEST_INVALID', 422],
    ['/v1/headers?from=1&to=101', 'REQUEST_INVALID', 422],
    ['/v1/blocks/first', 'REQUEST_INVALID', 422],
    ['/v1/blocks/99', 'BLOCK_NOT_FOUND', 404],
    ['/v1/blocks/0', 'BLOCK_NOT_FOUND', 404],
    ['/v1/validators?at=99', 'BLOCK_NOT_FOUND', 404],
    ['/v1/state', 'REQUEST_INVALID', 422],
    ['/v1/state?key=', 'REQUEST_INVALID', 422],
    ['/v1/state?key=lien', 'REQUEST_INVALID', 422],
    ['/v1/state?key=a/b/c%20d', 'REQUEST_INVALID', 422],
    ['/v1/state?key=a/b&key=a/b', 'REQUEST_INVALID', 422],
    [
      `/v1/state?${Array.from({ length: 65 }, (_, i) => `key=a/b/${i}`).join('&')}`,
      'REQUEST_INVALID',
      422,
    ],
    ['/v1/state?key=a/b&at=99', 'BLOCK_NOT_FOUND', 404],
    ['/v1/events?after=1.2', 'REQUEST_INVALID', 422],
    ['/v1/events?after=9999999999999999999.0.0', 'REQUEST_INVALID', 422],
    ['/v1/events?types=receipt', 'REQUEST_INVALID', 422],
    ['/v1/events?subject=', 'REQUEST_INVALID', 422],
    ['/v1/transactions/tx_1', 'REQUEST_INVALID', 422],
    ['/docs/errors/NO_SUCH_CODE', 'OBJECT_NOT_FOUND', 404],
    ['/v1/receipts/%E0%A4%A', 'REQUEST_MALFORMED', 400],
  ])('%s gives %s', async (url, code, status) => {
    expectProblem(await createTestServer().get(url), code, status);
  });

  it.each(['61', '-1', '1.5', 'soon', '', '007'])('a wait of "%s"', async (wait) => {
    const { post } = createTestServer();
    const answer = await post(`/v1/transactions?wait=${wait}`, fakeTransaction(1), bytes);
    expectProblem(answer, 'REQUEST_INVALID', 422);
  });

  it('names the filters that there are', async () => {
    const answer = await createTestServer().get('/v1/receipts?colour=red');
    expect(problemSchema.parse(answer.body).details).toEqual({
      known: ['state', 'holder', 'weightGte', 'weightLte', 'at', 'limit', 'cursor', 'sort'],
    });
  });

  it('a method that a route does not have', async () => {
    const answer = await createTestServer().post('/v1/info', '{}', json);
    expectProblem(answer, 'ROUTE_NOT_FOUND', 404);
  });
});

describe('a failure inside', () => {
  it('tells a bug by its request id only, and logs the cause', async () => {
    const outcome = async () => {
      throw new TypeError('secret path /var/lib/node');
    };
    const { get, lines } = createTestServer(createFakeNode({ replace: { outcome } }));
    const answer = await get(`/v1/transactions/tx_${'1'.repeat(64)}`);
    expectProblem(answer, 'INTERNAL', 500);
    expect(answer.text).not.toContain('secret');
    expect(lines).toMatchObject([
      {
        level: 'error',
        event: 'http.internal_error',
        facts: {
          requestId: answer.headers['triflow-request-id'],
          method: 'GET',
          route: '/v1/transactions/:id',
          error: expect.stringContaining('secret path'),
        },
      },
    ]);
  });

  it('hides a broken store behind INTERNAL and logs it', async () => {
    const block = async () => {
      throw new CodedError('STORE_CORRUPT', 'record 7 in /var/lib/node');
    };
    const { get, lines } = createTestServer(createFakeNode({ replace: { block } }));
    expectProblem(await get('/v1/blocks/1'), 'INTERNAL', 500);
    expect(lines.length).toBe(1);
  });

  it('passes a coded refusal on', async () => {
    const block = async () => {
      throw new CodedError('NODE_SYNCING', 'at height 5 of 900');
    };
    const { get, lines } = createTestServer(createFakeNode({ replace: { block } }));
    const answer = await get('/v1/blocks/1');
    expectProblem(answer, 'NODE_SYNCING', 503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(lines).toEqual([]);
  });

  it('leaves the server healthy after every refusal', async () => {
    const { get, post } = createTestServer();
    await post('/v1/transactions', '{', json);
    await post('/v1/transactions', new Uint8Array(limits.httpBodyBytesMax + 1), bytes);
    await get('/v1/receipts/%');
    expect((await get('/livez')).status).toBe(200);
    const good = await post('/v1/transactions', fakeTransaction(1), bytes);
    expect(good.status).toBe(202);
  });
});
