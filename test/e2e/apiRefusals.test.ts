import { connect } from 'node:net';
import { type Devnet, demoParty, startDevnet } from '@triflow/devnet';
import {
  type Command,
  defined,
  encodeCanonical,
  encodeGossip,
  hashFromHex,
  isPartyId,
  limits,
  type TransactionBody,
} from '@triflow/protocol';
import { isTriflowError } from '@triflow/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, headOf, postTransaction, type RawAnswer, TX_MEDIA_TYPE } from './askNode.js';
import { openEventReader } from './eventReader.js';
import { freshGln, registerPlace } from './places.js';
import { type RawTransaction, rawTransaction } from './rawTransaction.js';
import { readerHeaders } from './readerToken.js';
import { untilFound } from './untilTrue.js';

/** A company that exists and is no party of the devnet. */
const STRANGER: string = 'uscc:9144030071526726XG';

let net: Devnet;
let url: string;
let opsUrl: string;
let pid: number | null;

beforeAll(async () => {
  net = await startDevnet({ nodes: 1 });
  [url = ''] = net.urls;
  opsUrl = net.nodes[0]?.ops ?? '';
  pid = net.nodes[0]?.pid ?? null;
});

afterAll(() => net?.stop());

/** Whatever it refused, the same process goes on and takes a good transaction. */
afterEach(async () => {
  const { bytes } = await good();
  expect((await postTransaction(url, bytes, 30)).body).toMatchObject({ outcome: 'committed' });
  expect(net.nodes[0]?.pid).toBe(pid);
  expect((await askNode(`${opsUrl}/readyz`)).body).toMatchObject({ ready: true });
});

type Send = () => Promise<RawAnswer>;
const stranger = defined(isPartyId(STRANGER) ? STRANGER : undefined, 'a party id');
const strangeHash = defined(hashFromHex('0'.repeat(64)), 'a digest');
const idOf = (alias: string) => defined(demoParty(alias), alias).id;

type Case = readonly [name: string, status: number, code: string, send: Send];

const bodies: readonly Case[] = [
  ['JSON cut short', 400, 'REQUEST_MALFORMED', () => post('{"transaction":')],
  ['no JSON at all', 400, 'REQUEST_MALFORMED', () => post('<transaction/>')],
  ['an empty body', 400, 'REQUEST_MALFORMED', () => post('')],
  ['a second value behind', 400, 'REQUEST_MALFORMED', () => post('{"transaction":"AA"} {}')],
  [
    'bytes that are no UTF-8',
    400,
    'REQUEST_MALFORMED',
    () => post(Uint8Array.of(0x22, 0xff, 0x22)),
  ],
  ['nesting without end', 400, 'REQUEST_MALFORMED', () => post('['.repeat(10_000))],
  [
    'a member twice',
    400,
    'REQUEST_DUPLICATE_KEY',
    () => post('{"transaction":"","transaction":""}'),
  ],
  ['a member of another type', 422, 'REQUEST_INVALID', () => post('{"transaction":5}')],
  ['null', 422, 'REQUEST_INVALID', () => post('{"transaction":null}')],
  ['a list for an object', 422, 'REQUEST_INVALID', () => post('[]')],
  ['a float', 422, 'REQUEST_INVALID', () => post('{"transaction":0.5}')],
  ['an unknown member', 422, 'REQUEST_INVALID', () => post('{"transaction":"AA","to":"me"}')],
  ['a member missing', 422, 'REQUEST_INVALID', () => post('{}')],
  ['text that is no base64url', 422, 'REQUEST_INVALID', () => post('{"transaction":"A+/="}')],
  ['a media type unknown here', 415, 'REQUEST_MEDIA_TYPE', () => post('x=1', 'text/plain')],
  [
    'no body',
    415,
    'REQUEST_MEDIA_TYPE',
    () => askNode(`${url}/v1/transactions`, { method: 'POST' }),
  ],
  [
    'a body over the limit',
    413,
    'REQUEST_TOO_LARGE',
    () => post('"'.padEnd(limits.httpBodyBytesMax + 1)),
  ],
  [
    'signed bytes over the limit',
    413,
    'TRANSACTION_TOO_LARGE',
    () => postTransaction(url, new Uint8Array(limits.transactionBytesMax + 1)),
  ],
  ['a batch of nothing', 422, 'REQUEST_INVALID', () => postBatch(encodeGossip([]))],
  [
    'a batch of too many',
    422,
    'REQUEST_INVALID',
    () => postBatch(encodeGossip(Array(limits.batchTransactionsMax + 1).fill(Uint8Array.of(1)))),
  ],
  ['a batch that is none', 400, 'ENCODING_NOT_CANONICAL', () => postBatch(Uint8Array.of(0xff))],
];

const signed: readonly Case[] = [
  ['no CBOR', 400, 'ENCODING_NOT_CANONICAL', () => postTransaction(url, Uint8Array.of(0xff, 0, 1))],
  ['no bytes', 400, 'ENCODING_NOT_CANONICAL', () => postTransaction(url, new Uint8Array(0))],
  ['bytes behind the end', 400, 'ENCODING_NOT_CANONICAL', () => changed((bytes) => [...bytes, 0])],
  [
    'a length longer than needed',
    400,
    'ENCODING_NOT_CANONICAL',
    () => changed((bytes) => [0x98, 0x09, ...bytes.slice(1)]),
  ],
  [
    'an indefinite length',
    400,
    'ENCODING_NOT_CANONICAL',
    () => changed((bytes) => [0x9f, ...bytes.slice(1), 0xff]),
  ],
  [
    'a list that is no transaction',
    400,
    'TRANSACTION_MALFORMED',
    () => postTransaction(url, encodeCanonical(['triflow/tx/2', 1, 2])),
  ],
  ['no commands', 400, 'TRANSACTION_MALFORMED', () => sendWith({ commands: [] })],
  [
    'too many commands',
    400,
    'TRANSACTION_MALFORMED',
    () => sendWith({ commands: Array(257).fill(registerPlace('x')) }),
  ],
  ['a short nonce', 400, 'TRANSACTION_MALFORMED', () => sendWith({ nonce: new Uint8Array(15) })],
  ['a signature with a wrong bit', 401, 'SIGNATURE_INVALID', () => changed(lastBitTurned)],
  [
    'another party’s signature',
    401,
    'SIGNATURE_INVALID',
    () => sendWith({ sender: idOf('court') }),
  ],
  ['a key the party has not', 401, 'KEY_NOT_FOUND', () => sendWith({ keyId: 'k9' })],
  ['a sender nobody knows', 401, 'KEY_NOT_FOUND', () => sendWith({ sender: stranger })],
  ['another chain', 422, 'TRANSACTION_WRONG_CHAIN', () => sendWith({ chainId: 'other-1' })],
  ['another genesis', 422, 'TRANSACTION_WRONG_CHAIN', () => sendWith({ genesisHash: strangeHash })],
  ['a last height that has passed', 409, 'TRANSACTION_EXPIRED', () => sendUntil(0)],
  ['a last height beyond the window', 422, 'TRANSACTION_WINDOW', () => sendUntil(10_000)],
];

const reads: readonly Case[] = [
  ['a route that is none', 404, 'ROUTE_NOT_FOUND', () => get('/v1/wishes/1')],
  ['objects that are none', 404, 'ROUTE_NOT_FOUND', () => get('/v1/wishes')],
  ['a query that is none', 404, 'ROUTE_NOT_FOUND', () => get('/v1/queries/trace.secrets')],
  ['a block to come', 404, 'BLOCK_NOT_FOUND', () => get('/v1/blocks/999999999')],
  ['a height that is none', 422, 'REQUEST_INVALID', () => get('/v1/blocks/first')],
  ['a height below 0', 422, 'REQUEST_INVALID', () => get('/v1/blocks/-1')],
  ['a height with a fraction', 422, 'REQUEST_INVALID', () => get('/v1/receipts?at=1.5')],
  ['state of a height to come', 404, 'BLOCK_NOT_FOUND', () => get('/v1/receipts?at=999999999')],
  [
    'proof of a height to come',
    404,
    'BLOCK_NOT_FOUND',
    () => get(`/v1/state?key=${aKey}&at=99999999`),
  ],
  ['headers the wrong way round', 422, 'REQUEST_INVALID', () => get('/v1/headers?from=2&to=1')],
  ['too many headers', 422, 'REQUEST_INVALID', () => get('/v1/headers?from=1&to=101')],
  ['a filter that is none', 400, 'REQUEST_UNKNOWN_FILTER', () => get('/v1/receipts?colour=red')],
  ['a member misspelt', 422, 'REQUEST_INVALID', () => get('/v1/receipts/wr_1?prof=1')],
  ['a flag that is none', 422, 'REQUEST_INVALID', () => get('/v1/receipts/wr_1?proof=yes')],
  ['a limit of 0', 422, 'REQUEST_INVALID', () => get('/v1/receipts?limit=0')],
  ['a limit too large', 422, 'REQUEST_INVALID', () => get('/v1/receipts?limit=501')],
  ['a list cursor made up', 422, 'REQUEST_INVALID', () => get('/v1/parties?cursor=abc')],
  ['a list cursor with a wrong bit', 422, 'REQUEST_INVALID', () => cursorOf('parties', turnLetter)],
  ['another list’s cursor', 422, 'REQUEST_INVALID', () => cursorOf('receipts', (text) => text)],
  ['an event cursor that is none', 422, 'REQUEST_INVALID', () => get('/v1/events?after=soon')],
  ['a stream from such a cursor', 422, 'REQUEST_INVALID', () => streamFrom('soon')],
  ['event types that are none', 422, 'REQUEST_INVALID', () => get('/v1/events?types=A%20B')],
  ['an id that is none', 422, 'REQUEST_INVALID', () => get('/v1/receipts/7')],
  ['an object that is not there', 404, 'OBJECT_NOT_FOUND', () => get('/v1/receipts/wr_none')],
  ['a transaction not known', 404, 'TRANSACTION_NOT_FOUND', () => get(`/v1/transactions/${noTx}`)],
  ['a proof of it', 404, 'TRANSACTION_NOT_FOUND', () => get(`/v1/transactions/${noTx}/proof`)],
  ['a transaction id that is none', 422, 'REQUEST_INVALID', () => get('/v1/transactions/tx_1')],
  ['a wait beyond a minute', 422, 'REQUEST_INVALID', () => get(`/v1/transactions/${noTx}?wait=61`)],
  ['a state key that is none', 422, 'REQUEST_INVALID', () => get('/v1/state?key=nothing')],
  ['a state key twice', 422, 'REQUEST_INVALID', () => get(`/v1/state?key=${aKey}&key=${aKey}`)],
  [
    'more state keys than one proof holds',
    422,
    'REQUEST_INVALID',
    () => get(`/v1/state?${manyKeys}`),
  ],
  ['percent signs gone wrong', 400, 'REQUEST_MALFORMED', () => get('/v1/receipts/%E0%A4%A')],
];

describe('bodies that cannot be read', () => {
  it.each(bodies)('%s: %i %s', (_, status, code, send) => expectProblem(send, status, code));
});

describe('signed bytes that no block may hold', () => {
  it.each(signed)('%s: %i %s', (_, status, code, send) => expectProblem(send, status, code));

  it('the same bytes again are the same request: 200, duplicate, the same outcome', async () => {
    const { bytes, id } = await good();
    const first = await postTransaction(url, bytes, 30);
    expect(first).toMatchObject({ status: 201, body: { outcome: 'committed', txId: id } });
    const again = await postTransaction(url, bytes, 30);
    expect(again).toMatchObject({ status: 200, body: { duplicate: true, txId: id } });
    expect(again.body).toEqual({ ...(first.body as object), duplicate: true });
  });

  it('the same id under another signature: 409 TRANSACTION_REPLAYED, once committed', async () => {
    const { bytes } = await good();
    await postTransaction(url, bytes, 30);
    await expectProblem(
      () => postTransaction(url, lastBitTurned(bytes)),
      409,
      'TRANSACTION_REPLAYED',
    );
  });

  it('a batch is judged one by one', async () => {
    const first = await good();
    const last = await good();
    const wrong = lastBitTurned((await good()).bytes);
    const batch = encodeGossip([first.bytes, wrong, first.bytes, Uint8Array.of(1), last.bytes]);
    const answer = await postBatch(batch);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      results: [
        { txId: first.id, status: 'accepted' },
        { txId: null, status: 'SIGNATURE_INVALID', retry: 'never' },
        { txId: first.id, status: 'duplicate' },
        { txId: null, status: 'TRANSACTION_MALFORMED' },
        { txId: last.id, status: 'accepted' },
      ],
    });
  });
});

describe('reads that name nothing', () => {
  it.each(reads)('%s: %i %s', (_, status, code, send) => expectProblem(send, status, code));

  it.each([
    ['DELETE', '/v1/transactions'],
    ['PUT', '/v1/info'],
    ['POST', '/v1/blocks/latest'],
    ['PATCH', '/v1/receipts/wr_1'],
  ])('%s %s is not offered', async (method, path) => {
    const answer = await askNode(`${url}${path}`, { method });
    expect([404, 405]).toContain(answer.status);
    expectProblemShape(answer, answer.status, 'ROUTE_NOT_FOUND');
  });

  it('headers without end: a problem, and the connection closes', async () => {
    const header = `x-filler: ${'a'.repeat(64 * 1_024)}`;
    const text = await overSocket(`GET /v1/info HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 (400|431) /);
    expect(text).toContain('application/problem+json');
    expect(text).toContain('"code":"REQUEST_MALFORMED"');
  });

  it('bytes that are no HTTP: a problem, and the connection closes', async () => {
    const text = await overSocket('\u0016\u0003\u0001 hello\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"REQUEST_MALFORMED"');
  });
});

const place = () => registerPlace(freshGln());
const quote = (value: unknown): Command => {
  const observedAt = net.genesis.timeMs;
  const params = { id: 'pf_brent', round: 1, value, observedAt } as Command['params'];
  return { contract: 'price-feed', name: 'submit_quote', params };
};

describe('more event streams than a node has places for', () => {
  it('the next one is told to come back, and may when one has left', async () => {
    const open = () => openEventReader(url, 'after=latest');
    const readers = await Promise.all(Array.from({ length: limits.sseClientsMax }, open));
    try {
      expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
      const headers = { accept: 'text/event-stream' };
      const refused = await askNode(`${url}/v1/events?after=latest`, { headers });
      expectProblemShape(refused, 429, 'RATE_LIMITED');
      expect(refused.body).toMatchObject({ retry: 'after' });
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      readers[0]?.close();
      const next = await untilFound('a place is free', async () => {
        const reader = await open();
        return reader.status === 200 ? reader : undefined;
      });
      next.close();
    } finally {
      for (const reader of readers) reader.close();
    }
  });
});

describe('commands that need no execution to be refused', () => {
  const refusals: readonly (readonly [string, string, number, string, () => Command])[] = [
    ['a contract that is none', 'carrier', 404, 'CONTRACT_NOT_FOUND', () => named('wishes', 'ask')],
    ['a command that is none', 'carrier', 404, 'COMMAND_NOT_FOUND', () => named('trace', 'forget')],
    ['a sender without the role', 'carrier', 403, 'SIGNER_LACKS_ROLE', () => quote(5n)],
    ['PLATFORM alone', 'platform', 403, 'SIGNER_LACKS_ROLE', place],
    ['an amount as text', 'oracle-1', 422, 'PARAMS_ARE_INVALID', () => quote('5')],
    ['an amount out of range', 'oracle-1', 422, 'PARAMS_ARE_INVALID', () => quote(-(2n ** 63n))],
    ['no amount', 'oracle-1', 422, 'PARAMS_ARE_INVALID', () => quote(null)],
    ['no parameters', 'carrier', 422, 'PARAMS_ARE_INVALID', () => named('trace', 'hand_over')],
    ['a parameter too many', 'carrier', 422, 'PARAMS_ARE_INVALID', extraParameter],
  ];

  it.each(refusals)('%s: %s %i %s, alone', async (_, alias, status, code, make) => {
    const { bytes } = await transaction(alias, [make()]);
    await expectProblem(() => postTransaction(url, bytes), status, code);
  });

  /** The role may come from the command before: only the block can tell. */
  const certain = refusals.filter(([, , status]) => status !== 403);

  it.each(certain)('%s: %s %i %s, and the command before it writes nothing', async (...one) => {
    const [, alias, status, code, make] = one;
    const gln = freshGln();
    const { bytes, id } = await transaction(alias, [registerPlace(gln), make()]);
    await expectProblem(() => postTransaction(url, bytes), status, code);
    expect((await get(`/v1/transactions/${id}`)).status).toBe(404);
    await expectAbsent(`trace/location/${gln}`);
  });
});

describe('commands that a block holds and its rules refuse', () => {
  const lacksRole = {
    outcome: 'rejected',
    status: { contract: 'ledger', number: 4, code: 'signer_lacks_role' },
    events: [],
    error: { code: 'SIGNER_LACKS_ROLE', status: 403, retry: 'never' },
  };

  it('the second of two parties that want one place', async () => {
    const gln = freshGln();
    const first = await transaction('carrier', [registerPlace(gln)]);
    const fresh = freshGln();
    const second = await transaction('court', [registerPlace(fresh), registerPlace(gln)]);
    await postBatch(encodeGossip([first.bytes, second.bytes]));
    const won = await get(`/v1/transactions/${first.id}?wait=30`);
    expect(won.body).toMatchObject({ outcome: 'committed' });
    const lost = await get(`/v1/transactions/${second.id}?wait=30`);
    const code = 'LOCATION_ALREADY_REGISTERED';
    expect(lost).toMatchObject({
      status: 200,
      body: {
        outcome: 'rejected',
        status: { contract: 'trace', number: 106, code: code.toLowerCase() },
        failedCommand: 1,
        events: [],
        error: { code, status: 409, retry: 'never', contract: 'trace', number: 106 },
      },
    });
    await expectAbsent(`trace/location/${fresh}`);
    const bytes = second.bytes;
    const settled = await net.client('court').resume(bytes).settle();
    expect(settled).toMatchObject({ outcome: 'rejected', verified: { of: 1, kind: 'inclusion' } });
    await expect(net.client('court').resume(bytes).commit()).rejects.toMatchObject({ code });
  });

  it('a sender without the role, behind a command that is in order', async () => {
    const gln = freshGln();
    const { bytes } = await transaction('carrier', [registerPlace(gln), quote(5n)]);
    const answer = await postTransaction(url, bytes, 30);
    expect(answer).toMatchObject({ status: 201, body: { ...lacksRole, failedCommand: 1 } });
    await expectAbsent(`trace/location/${gln}`);
  });

  it('a sender who loses the role while the transaction waits', async () => {
    const insurer = await net.client('governor').parties.get(idOf('insurer'));
    const { version = 0 } = insurer.data ?? {};
    const params = { id: idOf('insurer'), role: 'INSURER', expectedVersion: version };
    const revoke = { contract: 'party-registry', name: 'revoke_role', params };
    const first = await transaction('governor', [revoke]);
    const second = await transaction('insurer', [place()]);
    const { body } = await postBatch(encodeGossip([first.bytes, second.bytes]));
    const revoked = await get(`/v1/transactions/${first.id}?wait=30`);
    expect(revoked.body).toMatchObject({ outcome: 'committed' });
    const { results } = z.object({ results: z.array(z.unknown()) }).parse(body);
    expect(results[1]).toMatchObject({ status: 'accepted' });
    const outcome = await get(`/v1/transactions/${second.id}?wait=30`);
    expect(outcome.body).toMatchObject({ ...lacksRole, failedCommand: 0 });
  });
});

describe('amounts on their way in', () => {
  const wrong = [
    12.5,
    12,
    '12',
    '12.0',
    '0x1f',
    '1e3',
    '',
    2n ** 63n,
    -(2n ** 63n),
    Number.NaN,
    null,
  ];

  it.each(wrong)('the SDK refuses %s before anything is signed', async (value) => {
    const client = net.client('oracle-1');
    const refused = await client.transaction(quote(value)).catch((error: unknown) => error);
    expect(isTriflowError(refused, 'REQUEST_INVALID'), String(refused)).toBe(true);
    expect(refused).toMatchObject({
      retry: 'never',
      details: { path: '/commands/0/params/value' },
    });
  });

  const texts = ['12.5', '1e3', '0x1f', ' 12', '+1', '012', '', '9223372036854775808', 'many'];

  it.each(texts)('a dry run in JSON refuses the decimal text "%s"', async (value) => {
    const answer = await dryRun(value);
    expectProblemShape(answer, 422, 'REQUEST_INVALID');
    expect(answer.body).toMatchObject({ errors: [{ path: '/commands/0/params/value' }] });
  });

  it.each(['12', '1', 'true', 'null', '[]'])('and the JSON value %s', async (text) => {
    const answer = await dryRun(JSON.parse(text));
    expectProblemShape(answer, 422, 'REQUEST_INVALID');
  });

  it('the canary: a decimal text in range passes into the rules', async () => {
    const answer = await dryRun('9223372036854775807');
    expect(answer).toMatchObject({ status: 200, body: { status: { code: 'object_not_found' } } });
  });

  it('a dry run is for its sender only', async () => {
    expectProblemShape(await dryRun('1', 'carrier'), 403, 'AUTH_NOT_VISIBLE');
  });
});

const noTx = `tx_${'0'.repeat(64)}`;
const aKey = 'trace/location/9520000000004';
const manyKeys = Array.from({ length: 65 }, (_, at) => `key=trace/location/${at}`).join('&');

const problemSchema = z.object({
  type: z.string(),
  title: z.string().min(3),
  status: z.number(),
  code: z.string(),
  retry: z.enum(['never', 'same', 'rebuild', 'after']),
  detail: z.string().min(1),
  docs: z.string(),
  requestId: z.string().regex(/^rq_/),
});

function expectProblemShape(answer: RawAnswer, status: number, code: string): void {
  expect(answer.body).toMatchObject({ status, code, type: `urn:triflow:error:${code}` });
  expect(answer).toMatchObject({ status, mediaType: 'application/problem+json' });
  const { requestId, docs, detail } = problemSchema.parse(answer.body);
  expect(docs).toBe(`/docs/errors/${code}`);
  expect(detail).not.toMatch(/\n|node_modules|\.ts:/);
  expect(answer.headers.get('triflow-request-id')).toBe(requestId);
  expect(answer.headers.get('triflow-chain-id')).toBe(net.genesis.chainId);
}

async function expectAbsent(key: string): Promise<void> {
  const { items } = await net.client('court').state([key]);
  expect(items[0]?.kind).toBe('absence');
}

async function expectProblem(send: Send, status: number, code: string): Promise<void> {
  expectProblemShape(await send(), status, code);
}

function get(path: string): Promise<RawAnswer> {
  return askNode(`${url}${path}`);
}

function post(
  body: NonNullable<RequestInit['body']>,
  mediaType = 'application/json',
): Promise<RawAnswer> {
  const headers = { 'content-type': mediaType };
  return askNode(`${url}/v1/transactions`, { method: 'POST', headers, body });
}

function postBatch(bytes: Uint8Array): Promise<RawAnswer> {
  return askNode(`${url}/v1/transactions/batch`, {
    method: 'POST',
    headers: { 'content-type': `${TX_MEDIA_TYPE}-batch` },
    body: new Uint8Array(bytes),
  });
}

async function dryRun(value: unknown, reader = 'oracle-1'): Promise<RawAnswer> {
  const observedAt = '2026-01-01T00:00:00.000Z';
  const params = { id: 'pf_brent', round: 1, value, observedAt };
  const commands = [{ contract: 'price-feed', name: 'submit_quote', params }];
  return askNode(`${url}/v1/transactions/simulate`, {
    method: 'POST',
    headers: { ...(await readerHeaders(url, idOf(reader))), 'content-type': 'application/json' },
    body: JSON.stringify({ sender: idOf('oracle-1'), commands }),
  });
}

async function streamFrom(cursor: string): Promise<RawAnswer> {
  const headers = { accept: 'text/event-stream', 'last-event-id': cursor };
  return askNode(`${url}/v1/events`, { headers });
}

/** A genuine cursor of the parties' list, changed, given to a list. */
async function cursorOf(list: string, change: (text: string) => string): Promise<RawAnswer> {
  const page = await get('/v1/parties?limit=1');
  const { next } = z.object({ page: z.object({ next: z.string() }) }).parse(page.body).page;
  return get(`/v1/${list}?cursor=${encodeURIComponent(change(next))}`);
}

function turnLetter(text: string): string {
  const at = Math.floor(text.length / 2);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

function good(): Promise<RawTransaction> {
  return transaction('carrier', [place()]);
}

async function transaction(
  alias: string,
  commands: readonly Command[],
  changes: Partial<TransactionBody> = {},
): Promise<RawTransaction> {
  const validUntilHeight = ((await headOf(url)) ?? 0) + 50;
  return rawTransaction(net, alias, commands, { validUntilHeight, ...changes });
}

async function sendWith(changes: Partial<TransactionBody>): Promise<RawAnswer> {
  return postTransaction(url, (await transaction('carrier', [place()], changes)).bytes);
}

/** Valid until so many heights above the head. */
async function sendUntil(above: number): Promise<RawAnswer> {
  return sendWith({ validUntilHeight: ((await headOf(url)) ?? 0) + above });
}

async function changed(change: (bytes: Uint8Array) => Iterable<number>): Promise<RawAnswer> {
  return postTransaction(url, Uint8Array.from(change((await good()).bytes)));
}

function lastBitTurned(bytes: Uint8Array): Uint8Array {
  const turned = Uint8Array.from(bytes);
  turned[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
  return turned;
}

function named(contract: string, name: string): Command {
  return { contract, name, params: {} };
}

function extraParameter(): Command {
  const { contract, name, params } = place();
  return { contract, name, params: { ...params, colour: 'red' } };
}

/** Sends text over a bare connection and reads until the node closes it. */
function overSocket(text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}
