import {
  decodeTransaction,
  encodeGossip,
  failure,
  limits,
  success,
  type TxResult,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { base64UrlFromBytes } from '../routes/base64Url.js';
import {
  batchAnswerSchema,
  outcomeSchema,
  simulationSchema,
  TRANSACTION_BATCH_MEDIA_TYPE,
  TRANSACTION_MEDIA_TYPE,
  transactionProofSchema,
} from '../routes/transactions.js';
import {
  createFakeNode,
  FAKE_SENDER,
  fakeTransaction,
  fakeTxId,
  firstOf,
} from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';
import type { TxOutcome, WaitOptions } from './backend.js';

const asBytes = { 'content-type': TRANSACTION_MEDIA_TYPE };
const asJson = { 'content-type': 'application/json' };
const asBatch = { 'content-type': TRANSACTION_BATCH_MEDIA_TYPE };
const transaction = fakeTransaction(7);
const txId = `tx_${fakeTxId(transaction)}`;

const rejected: TxOutcome = {
  kind: 'rejected',
  height: 9,
  index: 2,
  result: {
    txId: fakeTxId(transaction),
    contract: 'ledger',
    number: 4,
    code: 'signer_lacks_role',
    failedCommand: 0,
    events: [],
  } satisfies TxResult,
};

describe('POST /v1/transactions', () => {
  it('takes signed bytes and says where the outcome will be', async () => {
    const { post, node } = createTestServer();
    const answer = await post('/v1/transactions', transaction, asBytes);
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe(`/v1/transactions/${txId}`);
    expect(outcomeSchema.parse(answer.body)).toEqual({
      txId,
      outcome: 'pending',
      validUntilHeight: 107,
    });
    expect(firstOf(node.submitted)).toEqual(transaction);
  });

  it('hands over a Uint8Array of its own, not a view of a pool', async () => {
    const { post, node } = createTestServer();
    await post('/v1/transactions', transaction, asBytes);
    const taken = firstOf(node.submitted);
    expect(Buffer.isBuffer(taken)).toBe(false);
    expect(taken.buffer.byteLength).toBe(taken.length);
  });

  it('takes the same bytes as base64url in JSON', async () => {
    const { post, node } = createTestServer();
    const body = JSON.stringify({ transaction: base64UrlFromBytes(transaction) });
    const answer = await post('/v1/transactions', body, asJson);
    expect(answer.status).toBe(202);
    expect(firstOf(node.submitted)).toEqual(transaction);
  });

  it('answers 200 with duplicate when the same bytes come again', async () => {
    const { post } = createTestServer();
    await post('/v1/transactions', transaction, asBytes);
    const again = await post('/v1/transactions', transaction, asBytes);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ txId, duplicate: true, outcome: 'pending' });
  });

  it('waits as long as Prefer says and answers 201 with the outcome', async () => {
    const waits: WaitOptions[] = [];
    const node = createFakeNode({
      replace: {
        waitOutcome: async (_, options) => {
          waits.push(options);
          return rejected;
        },
      },
    });
    const { post } = createTestServer(node);
    const headers = { ...asBytes, prefer: 'respond-async, wait=10' };
    const answer = await post('/v1/transactions', transaction, headers);
    expect(answer.status).toBe(201);
    expect(answer.headers['preference-applied']).toBe('wait=10');
    expect(firstOf(waits).timeoutMs).toBe(10_000);
    expect(outcomeSchema.parse(answer.body)).toMatchObject({
      outcome: 'rejected',
      height: 9,
      index: 2,
      failedCommand: 0,
      status: { contract: 'ledger', number: 4, code: 'signer_lacks_role' },
      error: {
        code: 'SIGNER_LACKS_ROLE',
        status: 403,
        number: 4,
        contract: 'ledger',
        retry: 'never',
        docs: '/docs/errors/SIGNER_LACKS_ROLE',
      },
    });
  });

  it('cuts a Prefer wait to the longest and leaves one that it cannot read', async () => {
    const { post } = createTestServer();
    const long = await post('/v1/transactions', transaction, { ...asBytes, prefer: 'wait=600' });
    expect(long.headers['preference-applied']).toBe('wait=60');
    const odd = await post('/v1/transactions', transaction, { ...asBytes, prefer: 'wait=soon' });
    expect(odd.headers['preference-applied']).toBeUndefined();
  });

  it('answers 202 when the time given passes without an outcome', async () => {
    const { post } = createTestServer();
    const answer = await post('/v1/transactions?wait=1', transaction, asBytes);
    expect(answer.status).toBe(202);
  });

  it('stops waiting when the server stops', async () => {
    const pending = { kind: 'pending', validUntilHeight: 5 } as const;
    let begun = () => {};
    const waiting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const waitOutcome = (_: unknown, { signal }: WaitOptions) =>
      new Promise<TxOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve(pending));
        begun();
      });
    const { post, apps } = createTestServer(createFakeNode({ replace: { waitOutcome } }));
    const answer = post('/v1/transactions?wait=60', transaction, asBytes);
    await waiting;
    apps.stopping.abort();
    expect((await answer).status).toBe(202);
    expect((await post('/v1/transactions?wait=60', transaction, asBytes)).status).toBe(200);
  });
});

describe('POST /v1/transactions/batch', () => {
  it('judges each transaction by itself', async () => {
    const { post } = createTestServer();
    const batch = encodeGossip([transaction, transaction, new Uint8Array([1, 2])]);
    const answer = await post('/v1/transactions/batch', batch, asBatch);
    expect(answer.status).toBe(200);
    const { results } = batchAnswerSchema.parse(answer.body);
    expect(results.map(({ status }) => status)).toEqual([
      'accepted',
      'duplicate',
      'ENCODING_NOT_CANONICAL',
    ]);
    expect(results.map((one) => one.txId)).toEqual([txId, txId, null]);
  });

  it.each([
    ['none', encodeGossip([]), 'REQUEST_INVALID'],
    ['over 512', encodeGossip(Array(513).fill(new Uint8Array([0]))), 'REQUEST_INVALID'],
    ['no list of bytes', new Uint8Array([0x01]), 'REQUEST_MALFORMED'],
    ['no canonical bytes', new Uint8Array([0x9f]), 'ENCODING_NOT_CANONICAL'],
  ])('refuses a batch of %s', async (_, bytes, code) => {
    const { post } = createTestServer();
    const answer = await post('/v1/transactions/batch', bytes, asBatch);
    expect(answer.body.code).toBe(code);
  });

  it('refuses one that is too large without asking the node', async () => {
    const { post, node } = createTestServer();
    const batch = encodeGossip([new Uint8Array(limits.transactionBytesMax + 1)]);
    const answer = await post('/v1/transactions/batch', batch, asBatch);
    expect(batchAnswerSchema.parse(answer.body).results).toMatchObject([
      { status: 'TRANSACTION_TOO_LARGE' },
    ]);
    expect(node.submitted).toEqual([]);
  });
});

describe('POST /v1/transactions/simulate', () => {
  const url = '/v1/transactions/simulate';
  const command = {
    contract: 'warehouse-receipt',
    name: 'issue',
    params: { id: 'wr_1', quantity: { value: '25000', unit: 'KGM', scale: 0 } },
  };
  const dryRun = (change: object = {}) =>
    JSON.stringify({ sender: FAKE_SENDER, commands: [{ ...command, ...change }] });

  it('runs signed bytes and shows what they would write', async () => {
    const { post } = createTestServer();
    const answer = await post(url, transaction, asBytes);
    expect(simulationSchema.parse(answer.body)).toMatchObject({
      height: 3,
      status: { code: 'success' },
      writes: [{ key: 'ledger/tx/1', value: null }],
    });
  });

  it('runs commands that nobody signed, with parameters in JSON', async () => {
    const seen: Uint8Array[] = [];
    const node = createFakeNode();
    const { simulate } = node.backend;
    Object.assign(node.backend, {
      simulate: (bytes: Uint8Array) => {
        seen.push(bytes);
        return simulate(bytes);
      },
    });
    const answer = await createTestServer(node).post(url, dryRun(), asJson);
    expect(answer.status).toBe(200);
    const decoded = decodeTransaction(firstOf(seen));
    expect(decoded.ok && decoded.value.commands).toEqual([
      { ...command, params: { id: 'wr_1', quantity: { value: 25_000, unit: 'KGM', scale: 0 } } },
    ]);
  });

  it('shows a refusal with its problem', async () => {
    const status = { contract: 'ledger', number: 5, code: 'signer_not_party_to_object' };
    const simulate = async () =>
      success({ height: 3, status, failedCommand: 0, writes: [], events: [] });
    const { post } = createTestServer(createFakeNode({ replace: { simulate } }));
    const answer = await post(url, dryRun(), asJson);
    expect(simulationSchema.parse(answer.body)).toMatchObject({
      failedCommand: 0,
      error: { code: 'SIGNER_NOT_PARTY_TO_OBJECT', status: 403 },
    });
  });

  it.each([
    ['a number', 25_000],
    ['a fraction', '2.5'],
    ['an exponent', '1e3'],
    ['leading zeros', '007'],
    ['a plus sign', '+1'],
    ['words', 'many'],
    ['nothing', null],
    ['beyond 64 bits', '9223372036854775808'],
  ])('refuses a quantity that is %s', async (_, value) => {
    const { post } = createTestServer();
    const params = { id: 'wr_1', quantity: { value, unit: 'KGM', scale: 0 } };
    const answer = await post(url, dryRun({ params }), asJson);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'REQUEST_INVALID',
      errors: [{ path: '/commands/0/params/quantity/value' }],
    });
  });

  it.each([
    ['contract', { contract: 'no-such' }, 'CONTRACT_NOT_FOUND'],
    ['command', { name: 'no_such' }, 'COMMAND_NOT_FOUND'],
    ['parameter', { params: { ...command.params, more: true } }, 'REQUEST_INVALID'],
    ['member', { more: true }, 'REQUEST_INVALID'],
  ])('refuses an unknown %s', async (_, change, code) => {
    const answer = await createTestServer().post(url, dryRun(change), asJson);
    expect(answer.body.code).toBe(code);
  });

  it('refuses a sender that is no party', async () => {
    const body = JSON.stringify({ sender: 'somebody', commands: [command] });
    const answer = await createTestServer().post(url, body, asJson);
    expect(answer.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: '/sender' }] });
  });
});

describe('GET /v1/transactions/{id}', () => {
  it('tells what became of a transaction', async () => {
    const { get, node } = createTestServer();
    const block = await node.backend.results(2);
    const id = `tx_${firstOf(block ?? []).txId}`;
    const answer = await get(`/v1/transactions/${id}`);
    expect(answer.status).toBe(200);
    expect(outcomeSchema.parse(answer.body)).toMatchObject({
      txId: id,
      outcome: 'committed',
      height: 2,
      status: { number: 0, code: 'success' },
      events: [{ type: 'receipt.issued', data: { big: (2n ** 60n).toString(), seal: '_w' } }],
    });
  });

  it('says 404 for one that nobody knows, and 422 for what is no id', async () => {
    const { get } = createTestServer();
    const unknown = await get(`/v1/transactions/tx_${'9'.repeat(64)}`);
    expect(unknown.status).toBe(404);
    expect(unknown.body.code).toBe('TRANSACTION_NOT_FOUND');
    const wrong = await get('/v1/transactions/tx_1');
    expect(wrong.status).toBe(422);
    expect(wrong.body.code).toBe('REQUEST_INVALID');
  });

  it('waits when asked, and tells expiry', async () => {
    const waitOutcome = async (): Promise<TxOutcome> => ({ kind: 'expired', validUntilHeight: 4 });
    const { get } = createTestServer(createFakeNode({ replace: { waitOutcome } }));
    const answer = await get(`/v1/transactions/${txId}?wait=5`);
    expect(answer.body).toEqual({ txId, outcome: 'expired', validUntilHeight: 4 });
  });

  it('proves a transaction and its result', async () => {
    const { get, node } = createTestServer();
    const id = `tx_${firstOf((await node.backend.results(2)) ?? []).txId}`;
    const answer = await get(`/v1/transactions/${id}/proof`);
    expect(transactionProofSchema.parse(answer.body)).toMatchObject({ txId: id, height: 2 });
    expect(answer.headers['triflow-height']).toBe('2');
    const absent = await get(`/v1/transactions/tx_${'9'.repeat(64)}/proof`);
    expect(absent.body.code).toBe('TRANSACTION_NOT_FOUND');
  });
});

describe('what the node refuses', () => {
  it.each([
    ['transaction_malformed', 400],
    ['encoding_not_canonical', 400],
    ['transaction_wrong_chain', 422],
    ['transaction_expired', 409],
    ['transaction_window', 422],
    ['transaction_replayed', 409],
    ['signature_invalid', 401],
    ['key_not_found', 401],
    ['mempool_full', 429],
    ['node_syncing', 503],
    ['node_halted', 503],
    ['contract_not_found', 404],
    ['command_not_found', 404],
    ['params_are_invalid', 422],
    ['signer_lacks_role', 403],
  ])('%s is a problem with status %i', async (code, status) => {
    const submit = async () => failure(code, 'because', '/member');
    const { post } = createTestServer(createFakeNode({ replace: { submit } }));
    const answer = await post('/v1/transactions', transaction, asBytes);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `urn:triflow:error:${code.toUpperCase()}`,
      code: code.toUpperCase(),
      status,
      detail: 'because',
      errors: [{ path: '/member', message: 'because' }],
    });
    const retryAfter = answer.headers['retry-after'];
    expect(retryAfter !== undefined).toBe(answer.body.retry === 'after');
  });
});
