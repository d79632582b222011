import { createHash } from 'node:crypto';
import { defined, type PartyId, timeFromText } from '@triflow/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { base64UrlFromBytes } from '../../routes/base64Url.js';
import { createFakeNode, fakeReceipt, fakeTransaction } from '../../testing/fakeBackend.js';
import { createTestServer, type TestServer } from '../../testing/inject.js';
import type { AccessPorts, LoggedRead, PrivilegedRead } from './accessPorts.js';

const BANK = 'dev:bank' as PartyId;
const REGULATOR = 'dev:regulator' as PartyId;
const JSON_TYPE = { 'content-type': 'application/json' };
const receipts = [
  fakeReceipt('1', 'ISSUED', 'dev:bank'),
  fakeReceipt('2', 'ISSUED', 'dev:other'),
  fakeReceipt('3', 'ISSUED', 'dev:bank'),
];

let nowMs: number;
let logged: PrivilegedRead[];
let signed: { party: string; keyId: string; message: Uint8Array }[];
let logFails: boolean;
let server: TestServer;

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  logged = [];
  signed = [];
  logFails = false;
  server = serverOf(true);
});

function serverOf(devnet: boolean): TestServer {
  const node = createFakeNode({
    receipts,
    parties: { [BANK]: ['LENDER'], [REGULATOR]: ['REGULATOR'], 'dev:other': ['BUYER'] },
  });
  const { info } = node.backend;
  node.backend.info = () => ({ ...info(), devnet });
  return createTestServer(node, { access: ports() });
}

function ports(): AccessPorts {
  return {
    nowMs: () => nowMs,
    verifyLogin: async ({ signature, ...login }) => {
      signed.push(login);
      return signature[0] === 1;
    },
    findToken: async (sha256) => {
      const is = (token: string) => createHash('sha256').update(token).digest('hex') === sha256;
      if (is('tk_bank')) return { party: BANK, scopes: ['objects'] };
      return undefined;
    },
    partyOfCertificate: () => undefined,
    log: {
      append: async (read) => {
        if (logFails) throw new Error('disk');
        logged.push(read);
      },
      query: async ({ limit }) => {
        return logged.slice(0, limit).map((read, index): LoggedRead => {
          const seq = index + 1;
          return { ...read, seq, previous: 'p', hash: 'h', anchored: false };
        });
      },
    },
  };
}

async function tokenOf(party: string): Promise<Record<string, string>> {
  const opened = await server.post('/v1/sessions', JSON.stringify({ party }), JSON_TYPE);
  expect(opened.status).toBe(201);
  return { authorization: `Bearer ${String(opened.body.token)}` };
}

async function challenge(): Promise<{ nonce: string; expiresAt: string }> {
  const { body } = await server.post('/v1/sessions/challenge', '{}', JSON_TYPE);
  return { nonce: String(body.nonce), expiresAt: String(body.expiresAt) };
}

function login(changes: Record<string, unknown>, good = true) {
  const signature = base64UrlFromBytes(new Uint8Array(64).fill(good ? 1 : 2));
  const body = { party: BANK, keyId: 'main', signature, ...changes };
  return server.post('/v1/sessions', JSON.stringify(body), JSON_TYPE);
}

describe('login by signed challenge', () => {
  it('gives a token of an hour, over chain, node, nonce and expiry', async () => {
    server = serverOf(false);
    const opened = await login(await challenge());
    expect(opened.status).toBe(201);
    expect(timeFromText(String(opened.body.expiresAt))).toMatchObject({
      value: nowMs + 3_600_000,
    });
    const text = Buffer.from(signed[0]?.message ?? []).toString('latin1');
    for (const word of ['triflow/login/1', 'fake-chain-1', 'n1']) expect(text).toContain(word);
    const authorization = `Bearer ${String(opened.body.token)}`;
    const me = await server.get('/v1/sessions/me', { authorization });
    expect(me.body).toMatchObject({ party: BANK, roles: ['LENDER'], how: 'session' });
  });

  it('refuses a wrong signature, a used, a late and a foreign challenge', async () => {
    server = serverOf(false);
    const first = await challenge();
    expect((await login(first, false)).body.code).toBe('AUTH_LOGIN_FAILED');
    expect((await login(first)).status).toBe(201);
    expect((await login(first)).body.code).toBe('AUTH_LOGIN_FAILED');
    const late = await challenge();
    nowMs += 60_000;
    expect((await login(late)).body.code).toBe('AUTH_LOGIN_FAILED');
    const longer = { ...late, expiresAt: '2030-01-01T00:00:00.000Z' };
    expect((await login(longer)).body.code).toBe('AUTH_LOGIN_FAILED');
    const foreign = { ...(await challenge()), nonce: base64UrlFromBytes(new Uint8Array(32)) };
    expect((await login(foreign)).body.code).toBe('AUTH_LOGIN_FAILED');
  });

  it('outside a devnet a party alone opens nothing', async () => {
    server = serverOf(false);
    const asked = await server.post('/v1/sessions', JSON.stringify({ party: BANK }), JSON_TYPE);
    expect(asked.body.code).toBe('AUTH_LOGIN_FAILED');
  });

  it('a token ends after its hour, at logout, and is none when made up', async () => {
    const headers = await tokenOf(BANK);
    expect((await server.get('/v1/receipts/wr_1', headers)).status).toBe(200);
    await server.apps.api.inject({ method: 'DELETE', url: '/v1/sessions/me', headers });
    expect((await server.get('/v1/receipts/wr_1', headers)).body.code).toBe('AUTH_TOKEN_INVALID');
    const other = await tokenOf(BANK);
    nowMs += 3_600_000;
    expect((await server.get('/v1/receipts/wr_1', other)).body.code).toBe('AUTH_TOKEN_INVALID');
    const madeUp = { authorization: 'Bearer ts_no' };
    expect((await server.get('/v1/info', madeUp)).body.code).toBe('AUTH_TOKEN_INVALID');
  });

  it('an operator’s token reads its scopes only', async () => {
    const headers = { authorization: 'Bearer tk_bank' };
    expect((await server.get('/v1/receipts/wr_1', headers)).status).toBe(200);
    const asked = await server.get('/v1/events', headers);
    expect([asked.status, asked.body.code]).toEqual([403, 'AUTH_SCOPE']);
  });

  it('a party that is not registered reads nothing', async () => {
    server = serverOf(false);
    const opened = await login({ ...(await challenge()), party: 'dev:nobody' });
    const authorization = `Bearer ${String(opened.body.token)}`;
    const asked = await server.get('/v1/receipts/wr_1', { authorization });
    expect([asked.status, asked.body.code]).toEqual([403, 'AUTH_PARTY_NOT_ACTIVE']);
  });
});

describe('reads by role', () => {
  it('an object is read by whom it names; others are told to log in, or that they may not', async () => {
    const bank = await tokenOf(BANK);
    expect((await server.get('/v1/receipts/wr_1', bank)).status).toBe(200);
    expect((await server.get('/v1/receipts/wr_2', bank)).body.code).toBe('AUTH_NOT_VISIBLE');
    expect((await server.get('/v1/receipts/wr_2')).body.code).toBe('AUTH_REQUIRED');
    expect((await server.get('/v1/receipts/wr_9')).status).toBe(404);
  });

  it('a state key is proved to whom its record is for; absence to anyone', async () => {
    const key = 'warehouse-receipt/receipt/wr_2';
    expect((await server.get(`/v1/state?key=${key}`)).body.code).toBe('AUTH_REQUIRED');
    expect((await server.get('/v1/state?key=warehouse-receipt/receipt/wr_9')).status).toBe(200);
    expect((await server.get('/v1/state?key=governance/parameters/consensus')).status).toBe(200);
    expect((await server.get('/v1/state?key=unknown/table/x')).body.code).toBe('AUTH_REQUIRED');
  });

  it('lists and queries leave out what is hidden, count it, and still fill their pages', async () => {
    const bank = await tokenOf(BANK);
    const page = await server.get('/v1/receipts?limit=2', bank);
    expect(page.body).toMatchObject({ data: [{ id: 'wr_1' }, { id: 'wr_3' }], redacted: 1 });
    const none = await server.get('/v1/receipts');
    expect(none.body).toMatchObject({ data: [], redacted: 3, page: { next: null } });
    const asked = await server.get('/v1/queries/warehouse-receipt.held?holder=dev:other', bank);
    expect(asked.body).toMatchObject({ data: { total: 0 }, redacted: 1 });
  });

  it('a hidden record counts once, however often a query meets it', async () => {
    const { backend } = server.node;
    const handler = backend.registry.contracts.get('warehouse-receipt')?.queries.get('paged');
    const table = backend.registry.tables.get('warehouse-receipt/receipt');
    const run = vi.spyOn(defined(handler, 'a query'), 'run').mockImplementation(async (reader) => {
      const { get } = reader;
      for (let i = 0; i < 3; i += 1) await get(defined(table, 'a table'), 'wr_2');
      await get(defined(table, 'a table'), 'wr_1');
      return { data: {}, proofRef: [] };
    });
    const url = '/v1/queries/warehouse-receipt.paged?holder=dev:bank';
    expect((await server.get(url, await tokenOf(BANK))).body.redacted).toBe(1);
    expect((await server.get(url)).body.redacted).toBe(2);
    expect((await server.get(url, await tokenOf(REGULATOR))).body.redacted).toBeUndefined();
    expect(logged.flatMap(({ subjects }) => subjects)).toHaveLength(2);
    run.mockRestore();
  });

  it('an event, and its history, is for the readers of what it is about', async () => {
    const bank = await tokenOf(BANK);
    const page = await server.get('/v1/events', bank);
    const subjects = (page.body.data as { subject: string }[]).map(({ subject }) => subject);
    expect(subjects).toEqual(['wr_1', 'wr_3']);
    expect(page.body.redacted).toBe(1);
    const history = await server.get('/v1/receipts/wr_2/history', bank);
    expect(history.body).toMatchObject({ data: [] });
    expect(history.body.redacted).toBeUndefined();
  });

  it('a filter tells a stranger nothing of what the hidden ones hold', async () => {
    const lists = ['/v1/receipts?holder=dev:bank', '/v1/receipts?holder=dev:nobody'];
    for (const url of [...lists, '/v1/events?subject=wr_2', '/v1/events?types=receipt.issued']) {
      const { body, status } = await server.get(url);
      expect(status).toBe(200);
      expect(body).toMatchObject({ data: [] });
      expect(body.redacted).toBeUndefined();
    }
  });

  it('a block shows a hidden transaction as id and outcome only', async () => {
    const hidden = await server.get('/v1/blocks/2?full=1', await tokenOf(BANK));
    const [transaction] = hidden.body.transactions as Record<string, unknown>[];
    expect(Object.keys(transaction ?? {}).sort()).toEqual(['index', 'outcome', 'txId']);
    expect(hidden.body.redacted).toBe(1);
    const sender = await server.get('/v1/blocks/2?full=1', await tokenOf('dev:warehouse'));
    expect(sender.body).toMatchObject({ transactions: [{ sender: 'dev:warehouse' }] });
    const id = String(transaction?.txId);
    const outcome = await server.get(`/v1/transactions/${id}`);
    expect(outcome.body).toEqual({
      txId: id,
      outcome: 'committed',
      height: 2,
      index: 0,
      redacted: 1,
    });
    expect((await server.get(`/v1/transactions/${id}/proof`)).body.code).toBe('AUTH_REQUIRED');
  });

  it('a dry run is for its sender', async () => {
    const bytes = fakeTransaction(7);
    const type = { 'content-type': 'application/vnd.triflow.tx' };
    const url = '/v1/transactions/simulate';
    const bank = { ...type, ...(await tokenOf(BANK)) };
    expect((await server.post(url, bytes, bank)).body.code).toBe('AUTH_NOT_VISIBLE');
    const sender = { ...type, ...(await tokenOf('dev:warehouse')) };
    expect((await server.post(url, bytes, sender)).status).toBe(200);
  });
});

describe('privileged reads', () => {
  it('are in the access log before the answer leaves, each with what was read', async () => {
    const regulator = await tokenOf(REGULATOR);
    const answer = await server.get('/v1/receipts', regulator);
    expect((answer.body.data as unknown[]).length).toBe(3);
    expect(logged).toMatchObject([
      {
        reader: REGULATOR,
        route: 'listObjects',
        subjects: ['1', '2', '3'].map((name) => `warehouse-receipt/receipt/wr_${name}`),
        height: 3,
        timeMs: nowMs,
      },
    ]);
  });

  it('do not leave when the log cannot be written', async () => {
    const regulator = await tokenOf(REGULATOR);
    logFails = true;
    expect((await server.get('/v1/receipts/wr_2', regulator)).status).toBe(500);
  });

  it('of ordinary readers are not logged', async () => {
    await server.get('/v1/receipts/wr_1', await tokenOf(BANK));
    await server.get('/v1/receipts');
    expect(logged).toEqual([]);
  });

  it('are shown to the subject of an entry and to its reader, and to no other', async () => {
    await server.get('/v1/receipts/wr_2', await tokenOf(REGULATOR));
    const other = await server.get('/v1/access-log', await tokenOf('dev:other'));
    expect(other.body.data).toMatchObject([{ seq: 1, reader: REGULATOR, route: 'getObject' }]);
    const bank = await server.get('/v1/access-log', await tokenOf(BANK));
    expect(bank.body).toMatchObject({ data: [], redacted: 1 });
    expect((await server.get('/v1/access-log')).body.code).toBe('AUTH_REQUIRED');
  });
});
