import { decodeCommitCertificate, decodeHeader, errorCodes, limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { bytesFromBase64Url } from '../routes/base64Url.js';
import {
  blockAnswerSchema,
  headersAnswerSchema,
  validatorsAnswerSchema,
} from '../routes/blocks.js';
import { contractsAnswerSchema, infoSchema } from '../routes/chain.js';
import { eventPageSchema } from '../routes/events.js';
import { routes } from '../routes/index.js';
import { errorDocSchema, readinessSchema } from '../routes/operations.js';
import { queryAnswerSchema } from '../routes/queries.js';
import { createFakeNode, FAKE_CHAIN, fakeReceipt, firstOf } from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';

describe('chain and node', () => {
  it('tells chain, head, parameters and limits', async () => {
    const answer = await createTestServer().get('/v1/info');
    expect(infoSchema.parse(answer.body)).toMatchObject({
      chainId: FAKE_CHAIN,
      genesisHash: `sha256:${'ab'.repeat(32)}`,
      role: 'validator',
      height: 3,
      headTime: '2027-01-15T08:00:00.003Z',
      parameters: { transactionWindow: 512 },
      limits: { listPageMax: limits.listPageMax },
      contracts: [{ name: 'party-registry' }, { name: 'warehouse-receipt' }],
    });
  });

  it('names chain, height and request in every answer, and forbids frames and sniffing', async () => {
    const { get } = createTestServer();
    for (const url of ['/v1/info', '/nowhere', '/livez', '/v1/receipts/%']) {
      const { headers } = await get(url);
      expect(headers['triflow-chain-id']).toBe(FAKE_CHAIN);
      expect(headers['triflow-height']).toBe('3');
      expect(headers['triflow-request-id']).toMatch(/^rq_[0-9a-z]{18,}$/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('gives the genesis document and describes the contracts', async () => {
    const { get } = createTestServer();
    expect((await get('/v1/genesis')).body).toMatchObject({ chainId: FAKE_CHAIN });
    const { data } = contractsAnswerSchema.parse((await get('/v1/contracts')).body);
    const receipts = data.find(({ name }) => name === 'warehouse-receipt');
    expect(receipts?.tables).toEqual([
      {
        name: 'receipt',
        objects: 'receipts',
        filters: ['state', 'holder', 'weightGte', 'weightLte'],
      },
    ]);
    expect(receipts?.queries).toMatchObject([
      { name: 'warehouse-receipt.held' },
      { name: 'warehouse-receipt.paged' },
    ]);
    expect(receipts?.commands).toMatchObject([
      {
        name: 'issue',
        params: {
          required: ['id', 'quantity'],
          properties: {
            quantity: { properties: { value: { type: 'string' } } },
            issuedAt: { type: 'string', format: 'date-time' },
          },
        },
      },
    ]);
  });

  it('describes every route in the OpenAPI document', async () => {
    const { body } = await createTestServer().get('/v1/openapi.json');
    const paths = body.paths as Record<string, Record<string, { operationId: string }>>;
    const named = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(named.toSorted()).toEqual(Object.keys(routes).toSorted());
    expect(Object.keys(paths)).toContain('/v1/{objects}/{id}');
  });
});

describe('blocks', () => {
  it('shows a block with its transactions and their status', async () => {
    const answer = await createTestServer().get('/v1/blocks/latest');
    const block = blockAnswerSchema.parse(answer.body);
    expect(block).toMatchObject({ height: 3, page: { next: null, total: 1 } });
    expect(block.transactions).toMatchObject([
      { index: 0, sender: 'dev:warehouse', status: { code: 'success' } },
    ]);
    expect(firstOf(block.transactions).bytes).toBeUndefined();
    const header = decodeHeader(bytesFromBase64Url(block.headerBytes) ?? new Uint8Array());
    expect(header.ok && header.value.height).toBe(3);
  });

  it('adds parameters and signed bytes when asked for all', async () => {
    const answer = await createTestServer().get('/v1/blocks/2?full=1');
    const { transactions } = blockAnswerSchema.parse(answer.body);
    expect(firstOf(firstOf(transactions).commands ?? []).params).toEqual({
      id: 'wr_202',
      amount: (2n ** 62n).toString(),
    });
    expect(firstOf(transactions).bytes).toEqual(expect.any(String));
  });

  it('pages the transactions of a block', async () => {
    const answer = await createTestServer().get('/v1/blocks/2?offset=1');
    const block = blockAnswerSchema.parse(answer.body);
    expect([block.transactions, block.page]).toEqual([[], { next: null, total: 1 }]);
  });

  it('gives headers and certificates as bytes, as many as there are', async () => {
    const { get } = createTestServer();
    const { data } = headersAnswerSchema.parse((await get('/v1/headers?from=2')).body);
    expect(data.map(({ height }) => height)).toEqual([2, 3]);
    const certificate = decodeCommitCertificate(
      bytesFromBase64Url(firstOf(data).certificate) ?? new Uint8Array(),
    );
    expect(certificate.ok && certificate.value.height).toBe(2);
    expect((await get('/v1/headers?from=9')).body).toEqual({ data: [] });
    expect(headersAnswerSchema.parse((await get('/v1/headers?from=1&to=2')).body).data.length).toBe(
      2,
    );
  });

  it('names the validators of the next height unless told otherwise', async () => {
    const { get } = createTestServer();
    const next = validatorsAnswerSchema.parse((await get('/v1/validators')).body);
    expect(next).toMatchObject({ height: 4, validators: [{ index: 0, id: 'v1', power: 1 }] });
    expect((await get('/v1/validators?at=2')).body.height).toBe(2);
  });
});

describe('GET /v1/queries/{name}', () => {
  const url = '/v1/queries/warehouse-receipt.held';
  const node = () => createFakeNode({ receipts: [fakeReceipt('a'), fakeReceipt('b')] });

  it('finds a query by its bare name where one contract has it', async () => {
    const server = createTestServer(node());
    const named = await server.get('/v1/queries/held?holder=dev:bank');
    expect(named.body).toEqual((await server.get(`${url}?holder=dev:bank`)).body);
    expect((await server.get('/v1/queries/views.held')).status).toBe(404);
  });

  it('reads its parameters by the schema of the query', async () => {
    const query =
      'holder=dev:bank&valueMin=5&since=2026-01-01T00:00:00Z&states=A&open=true&limit=1';
    const answer = await createTestServer(node()).get(`${url}?${query}`);
    expect(queryAnswerSchema.parse(answer.body)).toEqual({
      height: 3,
      proofRef: ['warehouse-receipt/receipt/wr_a'],
      data: {
        total: 1,
        value: '12',
        seal: '_w',
        asked: {
          holder: 'dev:bank',
          valueMin: '5',
          since: 1_767_225_600_000,
          states: ['A'],
          open: true,
          limit: 1,
        },
      },
    });
  });

  it('proves the keys that it was read from, at the height that it was read', async () => {
    const answer = await createTestServer(node()).get(`${url}?holder=dev:bank&at=2&proof=1`);
    const { proof, proofRef } = queryAnswerSchema.parse(answer.body);
    expect(proof?.height).toBe(2);
    expect(proof?.proofs.length).toBe(proofRef.length);
  });

  it.each([
    ['a missing member', '', 'holder'],
    ['an amount that is no integer', 'holder=a&valueMin=1.5', 'valueMin'],
    ['an amount in another base', 'holder=a&valueMin=0x10', 'valueMin'],
    ['a number that is none', 'holder=a&limit=ten', 'limit'],
    ['a number out of range', 'holder=a&limit=11', 'limit'],
    ['a flag that is none', 'holder=a&open=maybe', 'open'],
    ['a time that is none', 'holder=a&since=yesterday', 'since'],
    ['a member twice', 'holder=a&holder=b', 'holder'],
    ['an unknown member', 'holder=a&more=1', ''],
  ])('refuses %s', async (_, query, path) => {
    const answer = await createTestServer(node()).get(`${url}?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(JSON.stringify(answer.body.errors)).toContain(path);
  });
});

describe('GET /v1/events as a page', () => {
  it('gives events after a cursor with amounts and big integers as text', async () => {
    const { get } = createTestServer();
    const first = eventPageSchema.parse((await get('/v1/events?limit=2')).body);
    expect(first.data.map(({ cursor }) => cursor)).toEqual(['1.0.0', '2.0.0']);
    expect(first.page).toEqual({ next: '2.0.0', more: true, atHeight: 3 });
    const second = eventPageSchema.parse((await get(`/v1/events?after=${first.page.next}`)).body);
    expect(second.page.more).toBe(false);
    expect(second.data).toMatchObject([
      {
        cursor: '3.0.0',
        height: 3,
        time: '2027-01-15T08:00:00.003Z',
        txId: expect.stringMatching(/^tx_[0-9a-f]{64}$/),
        type: 'receipt.issued',
        subject: 'wr_3',
        data: {
          quantity: { value: '5', unit: 'KGM', scale: 0 },
          big: (2n ** 60n).toString(),
          seal: '_w',
          version: 1,
        },
      },
    ]);
  });

  it('filters by type and subject, and starts at the head when asked', async () => {
    const { get, node } = createTestServer();
    node.commit({ type: 'receipt.frozen', subject: 'wr_2' });
    const typed = eventPageSchema.parse((await get('/v1/events?types=receipt.frozen,a.b')).body);
    expect(typed.data.map(({ cursor }) => cursor)).toEqual(['4.0.0']);
    const about = eventPageSchema.parse((await get('/v1/events?subject=wr_2')).body);
    expect(about.data.map(({ cursor }) => cursor)).toEqual(['2.0.0', '4.0.0']);
    const latest = eventPageSchema.parse((await get('/v1/events?after=latest')).body);
    expect(latest.data).toEqual([]);
    node.commit();
    const next = eventPageSchema.parse((await get(`/v1/events?after=${latest.page.next}`)).body);
    expect(next.data.map(({ cursor }) => cursor)).toEqual(['5.0.0']);
  });

  it('says 410 to a cursor that is too old', async () => {
    const { get, node } = createTestServer();
    node.prunedBelow = 3;
    const answer = await get('/v1/events?after=1.0.0');
    expect([answer.status, answer.body.code]).toEqual([410, 'CURSOR_PRUNED']);
  });
});

describe('error documents', () => {
  it('explains every code of the node and of the contracts', async () => {
    const { get } = createTestServer();
    const { data } = (await get('/docs/errors')).body as { data: { code: string }[] };
    const codes = data.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining([...Object.keys(errorCodes)]));
    expect(codes).toContain('RECEIPT_ALREADY_ISSUED');
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) {
      const doc = errorDocSchema.parse((await get(`/docs/errors/${code}`)).body);
      expect(doc.title.length).toBeGreaterThan(5);
    }
  });

  it('joins a status with the numbers behind it', async () => {
    const { body } = await createTestServer().get('/docs/errors/SIGNER_LACKS_ROLE');
    expect(body).toMatchObject({ httpStatus: 403, statuses: [{ contract: 'ledger', number: 4 }] });
  });

  it('gives a browser a page', async () => {
    const answer = await createTestServer().get('/docs/errors/mempool_full', {
      accept: 'text/html',
    });
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).toContain('<h1>MEMPOOL_FULL</h1>');
  });
});

describe('operations', () => {
  it('answers 503 with reasons when a check fails, and still lives', async () => {
    const node = createFakeNode();
    const { checks } = node.backend.health();
    const peers = { ok: false, value: 0, threshold: 2, reason: 'no peer answers' };
    Object.assign(node.backend, {
      health: () => ({ live: true, ready: false, checks: { ...checks, peers } }),
    });
    const { get } = createTestServer(node);
    const ready = await get('/readyz');
    expect(ready.status).toBe(503);
    expect(readinessSchema.parse(ready.body)).toMatchObject({ ready: false, checks: { peers } });
    expect((await get('/livez')).body).toEqual({ live: true });
    const told = await get('/v1/health');
    expect(told.status).toBe(200);
    expect(readinessSchema.parse(told.body)).toEqual(readinessSchema.parse(ready.body));
  });

  it('is ready when all checks hold', async () => {
    expect((await createTestServer().get('/readyz')).status).toBe(200);
  });

  it("joins the node's metrics with the requests by route, method and status", async () => {
    const { get } = createTestServer();
    await get('/v1/blocks/1');
    await get('/v1/blocks/99');
    await get('/nowhere');
    const { text, headers } = await get('/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(text).toContain('triflow_consensus_height 3\n');
    expect(text).toContain(
      'triflow_http_request_duration_seconds_count{route="/v1/blocks/:height",method="GET",status="200"} 1',
    );
    expect(text).toContain('{route="/v1/blocks/:height",method="GET",status="404"} 1');
    expect(text).toContain('{route="none",method="GET",status="404"} 1');
    expect(text).toContain('le="+Inf"} 1');
    expect(text).toContain('triflow_sse_clients 0');
  });

  it('stands on a port of its own when there is one', async () => {
    const { get, apps } = createTestServer(undefined, { ops: { host: '127.0.0.1', port: 0 } });
    expect((await get('/livez')).body.code).toBe('ROUTE_NOT_FOUND');
    expect((await apps.ops.inject('/livez')).statusCode).toBe(200);
    expect((await apps.ops.inject('/v1/info')).statusCode).toBe(404);
  });
});
