import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { searchAnswerSchema } from '../routes/search.js';
import { createFakeNode, FAKE_SENDER, fakeReceipt } from '../testing/fakeBackend.js';
import { createTestServer } from '../testing/inject.js';

const names = ['0007', '00071', '0008', 'b', ...Array.from({ length: 30 }, (_, i) => `many-${i}`)];
const { get } = createTestServer(
  createFakeNode({ receipts: names.map((name) => fakeReceipt(name)) }),
);

async function found(text: string): Promise<string[]> {
  const answer = await get(`/v1/search?q=${encodeURIComponent(text)}`);
  expect(answer.status).toBe(200);
  return searchAnswerSchema.parse(answer.body).data.map(({ id }) => id);
}

describe('GET /v1/search', () => {
  it('finds objects by the beginning of their id, the exact one first, with or without kind', async () => {
    expect(await found('wr_0007')).toEqual(['wr_0007', 'wr_00071']);
    expect(await found('000')).toEqual(['wr_0007', 'wr_00071', 'wr_0008']);
    expect(await found('WR_B')).toEqual(['wr_b']);
  });

  it('finds parties by a part of their name or id', async () => {
    expect(await found('house on')).toEqual([FAKE_SENDER]);
    expect(await found('DEV:ware')).toContain(FAKE_SENDER);
  });

  it('gives a few of each kind, and nothing for what is nowhere', async () => {
    expect(await found('many')).toHaveLength(limits.searchPerKindMax);
    expect(await found('nowhere')).toEqual([]);
    expect(await found('汉字 / ../')).toEqual([]);
  });

  it.each(['', '%20%20', 'x'.repeat(limits.searchTextMax + 1)])('refuses q=%s', async (text) => {
    expect((await get(`/v1/search?q=${text}`)).body.code).toBe('REQUEST_INVALID');
  });
});
