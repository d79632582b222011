import { describe, expect, it } from 'vitest';
import { base64UrlFromBytes } from '../routes/base64Url.js';
import { eventPageSchema } from '../routes/events.js';
import { listAnswerSchema, objectAnswerSchema } from '../routes/objects.js';
import { problemSchema } from '../routes/problem.js';
import { stateAnswerSchema } from '../routes/state.js';
import { createFakeNode, FAKE_SENDER, fakeReceipt } from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';

const names = ['a', 'b', 'c', 'd', 'e'];
const receipts = names.map((name, i) => fakeReceipt(name, i % 2 === 0 ? 'ISSUED' : 'PLEDGED'));

function server() {
  return createTestServer(createFakeNode({ receipts }));
}

describe('GET /v1/{objects}/{id}', () => {
  it('gives a record in wire form with its state key and the height read', async () => {
    const answer = await server().get('/v1/receipts/wr_a');
    expect(answer.status).toBe(200);
    expect(answer.headers['triflow-height']).toBe('3');
    expect(objectAnswerSchema.parse(answer.body)).toEqual({
      id: 'wr_a',
      height: 3,
      stateKey: 'warehouse-receipt/receipt/wr_a',
      data: {
        id: 'wr_a',
        state: 'ISSUED',
        holder: 'dev:bank',
        quantity: { value: '25000', unit: 'KGM', scale: 0 },
        issuedAt: '2027-01-15T08:00:00.000Z',
        seal: 'AQL_',
      },
    });
  });

  it('reads an earlier height', async () => {
    const answer = await server().get('/v1/receipts/wr_a?at=2');
    expect(answer.body.height).toBe(2);
    expect(answer.headers['triflow-height']).toBe('2');
  });

  it('says 410 for a height no longer kept', async () => {
    const { get, node } = server();
    node.prunedBelow = 3;
    const answer = await get('/v1/receipts/wr_a?at=2');
    expect(answer.status).toBe(410);
    expect(answer.body.code).toBe('CURSOR_PRUNED');
  });

  it('gives a party by its id', async () => {
    const answer = await server().get(`/v1/parties/${encodeURIComponent(FAKE_SENDER)}`);
    expect(answer.body.data).toMatchObject({ name: 'Warehouse One' });
  });

  it('adds header, certificate and proof at the height that was read', async () => {
    const answer = objectAnswerSchema.parse(
      (await server().get('/v1/receipts/wr_a?proof=1&at=2')).body,
    );
    expect(answer.proof).toMatchObject({
      height: 2,
      proofs: [base64UrlFromBytes(new TextEncoder().encode('warehouse-receipt/receipt/wr_a'))],
    });
  });

  it('proves absence in the details of the 404', async () => {
    const answer = await server().get('/v1/receipts/wr_z?proof=1');
    expect(answer.status).toBe(404);
    const { details } = problemSchema.parse(answer.body);
    expect(details).toMatchObject({
      stateKey: 'warehouse-receipt/receipt/wr_z',
      height: 3,
      proof: { height: 3, proofs: [expect.any(String)] },
    });
  });

  it('tells the history of an object as its events', async () => {
    const answer = await server().get('/v1/receipts/wr_2/history');
    const { data } = eventPageSchema.parse(answer.body);
    expect(data.map(({ cursor, subject }) => [cursor, subject])).toEqual([['2.0.0', 'wr_2']]);
  });
});

describe('GET /v1/{objects}', () => {
  const idsOf = (body: unknown) => listAnswerSchema.parse(body).data.map(({ id }) => id);

  it('lists in the order of ids and ends with null', async () => {
    const answer = await server().get('/v1/receipts');
    expect(idsOf(answer.body)).toEqual(names.map((name) => `wr_${name}`));
    expect(answer.body.page).toEqual({ next: null, atHeight: 3 });
  });

  it('filters by an index, and by several', async () => {
    const { get } = server();
    expect(idsOf((await get('/v1/receipts?state=PLEDGED')).body)).toEqual(['wr_b', 'wr_d']);
    expect(idsOf((await get('/v1/receipts?holder=dev:bank&state=PLEDGED')).body)).toEqual([
      'wr_b',
      'wr_d',
    ]);
    expect(idsOf((await get('/v1/receipts?state=GONE')).body)).toEqual([]);
  });

  it('pages without shifting: the cursor keeps the height', async () => {
    const { get, node } = server();
    const first = listAnswerSchema.parse((await get('/v1/receipts?limit=2')).body);
    node.commit();
    const second = listAnswerSchema.parse(
      (await get(`/v1/receipts?limit=2&cursor=${first.page.next}`)).body,
    );
    const third = listAnswerSchema.parse(
      (await get(`/v1/receipts?limit=2&cursor=${second.page.next}`)).body,
    );
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(
      names.map((name) => `wr_${name}`),
    );
    expect([second.page.atHeight, third.page]).toEqual([3, { next: null, atHeight: 3 }]);
  });

  it('goes on behind records that a second filter drops', async () => {
    const { get } = server();
    const url = '/v1/receipts?holder=dev:bank&state=PLEDGED&limit=1';
    const first = listAnswerSchema.parse((await get(url)).body);
    const second = listAnswerSchema.parse((await get(`${url}&cursor=${first.page.next}`)).body);
    expect([first, second].flatMap(({ data }) => data.map(({ id }) => id))).toEqual([
      'wr_b',
      'wr_d',
    ]);
  });

  it('refuses a cursor that was changed or belongs to another list', async () => {
    const { get } = server();
    const { next } = listAnswerSchema.parse((await get('/v1/receipts?limit=2')).body).page;
    const text = String(next);
    for (let i = 0; i < text.length; i += 1) {
      const other = text[i] === 'A' ? 'B' : 'A';
      const changed = `${text.slice(0, i)}${other}${text.slice(i + 1)}`;
      expect((await get(`/v1/receipts?cursor=${changed}`)).body.code).toBe('REQUEST_INVALID');
    }
    for (const url of [`/v1/receipts?state=ISSUED&cursor=${text}`, `/v1/parties?cursor=${text}`]) {
      expect((await get(url)).body.code).toBe('REQUEST_INVALID');
    }
    const at = await get(`/v1/receipts?cursor=${text}&at=1`);
    expect(at.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'at' }] });
  });

  it('says 410 when the height of a cursor is no longer kept', async () => {
    const { get, node } = server();
    const { next } = listAnswerSchema.parse((await get('/v1/receipts?limit=2')).body).page;
    node.prunedBelow = 4;
    const answer = await get(`/v1/receipts?cursor=${next}`);
    expect([answer.status, answer.body.code]).toEqual([410, 'CURSOR_PRUNED']);
  });
});

describe('GET /v1/state', () => {
  it('proves keys in the order asked for', async () => {
    const answer = await server().get('/v1/state?key=lien/onAsset/wr_1&key=a/b&at=2');
    const state = stateAnswerSchema.parse(answer.body);
    expect(state).toMatchObject({ height: 2, keys: ['lien/onAsset/wr_1', 'a/b'] });
    expect(state.proofs.length).toBe(2);
  });
});

describe('a list bounded and sorted by a measure', () => {
  const receipts = ['a', 'b', 'c', 'd'].map((name, index) => ({
    ...fakeReceipt(name),
    quantity: { value: BigInt([5, 9, 1, 9][index] ?? 0), unit: 'KGM', scale: 0 },
  }));
  const server = createTestServer(createFakeNode({ receipts }));
  const ids = (answer: { body: Record<string, unknown> }) => {
    return (answer.body.data as { id: string }[]).map(({ id }) => id);
  };

  it('takes at least and at most, beside the indexes', async () => {
    expect(ids(await server.get('/v1/receipts?weightGte=5'))).toEqual(['wr_a', 'wr_b', 'wr_d']);
    expect(ids(await server.get('/v1/receipts?weightLte=5&state=ISSUED'))).toEqual([
      'wr_a',
      'wr_c',
    ]);
    expect((await server.get('/v1/receipts?weightGte=much')).body.code).toBe('REQUEST_INVALID');
  });

  it('sorts both ways over pages that do not shift', async () => {
    expect(ids(await server.get('/v1/receipts?sort=weight'))).toEqual([
      'wr_c',
      'wr_a',
      'wr_b',
      'wr_d',
    ]);
    const first = await server.get('/v1/receipts?sort=-weight&limit=3');
    expect(ids(first)).toEqual(['wr_b', 'wr_d', 'wr_a']);
    const { next } = first.body.page as { next: string };
    const second = await server.get(`/v1/receipts?sort=-weight&limit=3&cursor=${next}`);
    expect([ids(second), second.body.page]).toMatchObject([['wr_c'], { next: null }]);
    const mixed = await server.get(`/v1/receipts?limit=3&cursor=${next}`);
    expect(mixed.body.code).toBe('REQUEST_INVALID');
    expect((await server.get('/v1/receipts?sort=colour')).body.code).toBe('REQUEST_INVALID');
  });
});
