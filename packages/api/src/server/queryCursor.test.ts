import { describe, expect, it } from 'vitest';
import { createFakeNode, fakeReceipt } from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';

const URL = '/v1/queries/warehouse-receipt.paged?holder=dev:bank';

describe('pages of a query', () => {
  const node = createFakeNode({ receipts: ['a', 'b', 'c'].map((name) => fakeReceipt(name)) });
  const server = createTestServer(node);
  const page = async (rest: string) => {
    const { status, body } = await server.get(`${URL}${rest}`);
    const { ids, next } = (body.data ?? {}) as { ids?: string[]; next?: string };
    return { status, code: body.code, height: body.height, ids, next: next ?? '' };
  };

  it('answer at the height of the first, whatever blocks come in between', async () => {
    const first = await page('&limit=1');
    expect(first).toMatchObject({ status: 200, height: 3, ids: ['wr_a'] });
    node.commit();
    const second = await page(`&limit=1&cursor=${first.next}`);
    expect(second).toMatchObject({ status: 200, height: 3, ids: ['wr_b'] });
    node.commit();
    const rest = await page(`&cursor=${second.next}`);
    expect(rest).toMatchObject({ status: 200, height: 3, ids: ['wr_c'], next: '' });
    expect((await page('')).height).toBe(5);
  });

  it('R12: answer at the height that is asked for, the same whatever comes after', async () => {
    const before = await page('&at=2');
    expect(before).toMatchObject({ status: 200, height: 2, ids: ['wr_a', 'wr_b', 'wr_c'] });
    node.commit();
    expect(await page('&at=2')).toEqual(before);
  });

  it('go on at their own height only: another one named beside the cursor is refused', async () => {
    const first = await page('&limit=1&at=2');
    expect((await page(`&cursor=${first.next}&at=2`)).ids).toEqual(['wr_b', 'wr_c']);
    expect(await page(`&cursor=${first.next}&at=3`)).toMatchObject({
      status: 422,
      code: 'REQUEST_INVALID',
    });
  });

  it('take a cursor of the same query with the same parameters, undamaged', async () => {
    const { next } = await page('&limit=1');
    const damaged = `${next.slice(0, -1)}${next.endsWith('A') ? 'B' : 'A'}`;
    for (const cursor of [damaged, 'x', 'wr_a']) {
      expect((await page(`&cursor=${cursor}`)).status).toBe(422);
    }
    const other = await server.get(`${URL.replace('bank', 'other')}&cursor=${next}`);
    expect(other.status).toBe(422);
    const held = await server.get(`${URL.replace('paged', 'held')}&cursor=${next}`);
    expect(held.status).toBe(422);
  });

  it('are gone, 410, once their height is pruned', async () => {
    const { next } = await page('&limit=1&at=2');
    node.prunedBelow = 4;
    expect(await page(`&cursor=${next}`)).toMatchObject({ status: 410, code: 'CURSOR_PRUNED' });
    node.prunedBelow = 0;
  });
});
