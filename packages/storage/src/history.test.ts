import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareText, type KeyValueStore } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleCommit } from './commitSamples.js';
import { createLedgerStore, type LedgerStore } from './ledgerStore.js';
import { openLevelStore } from './levelStore.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';

const KEYS = ['a/t/1', 'a/t/10', 'a/t/1/x', 'a/t/2', 'a/u/1', 'b/t/1', 'b/t/仓', 'b/t/~'];
const PREFIXES = ['', 'a', 'a/', 'a/t/', 'a/t/1', 'b/t/', 'c'];

interface Step {
  readonly key: string;
  /** undefined removes. */
  readonly value: number | undefined;
}

type Heights = ReadonlyMap<string, number>[];

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom(...KEYS),
  value: fc.option(fc.nat(255), { nil: undefined }),
});

const chainArbitrary = fc.array(
  fc.uniqueArray(stepArbitrary, { selector: ({ key }) => key, maxLength: 6 }),
  { minLength: 1, maxLength: 14 },
);

const queryArbitrary = fc.record({
  prefix: fc.constantFrom(...PREFIXES),
  after: fc.option(fc.constantFrom(...KEYS, 'a/t/', 'zz'), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 5 }),
});

describe('a value at every height', () => {
  it('is what a model remembers, in memory', async () => {
    await fc.assert(
      fc.asyncProperty(chainArbitrary, fc.array(queryArbitrary), async (chain, queries) => {
        const disk = new MemoryDisk();
        await checkChain(chain, queries, async () => createMemoryStore(disk));
      }),
      { numRuns: 60 },
    );
  });

  it('is what a model remembers, in LevelDB', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'triflow-history-'));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(chainArbitrary, fc.array(queryArbitrary), async (chain, queries) => {
        run += 1;
        await checkChain(chain, queries, () => openLevelStore(join(dir, String(run))));
      }),
      { numRuns: 8 },
    );
    await rm(dir, { recursive: true });
  });

  it('is found among many versions of its key', async () => {
    const store = await createLedgerStore(createMemoryStore());
    for (let height = 0; height < 120; height += 1) {
      const hot = { key: 'a/t/hot', value: height % 50 === 49 ? null : Uint8Array.of(height) };
      const cold = height === 3 ? [{ key: 'a/t/z', value: Uint8Array.of(1) }] : [];
      const gone = height === 9 ? [{ key: 'a/t/z', value: null }] : [];
      await store.commitBlock(sampleCommit(height, { stateWrites: [hot, ...cold, ...gone] }));
    }
    for (let height = 0; height < 120; height += 1) {
      const expected = height % 50 === 49 ? [] : [['a/t/hot', height]];
      if (height >= 3 && height < 9) expected.push(['a/t/z', 1]);
      const found = await store.listState({ prefix: 'a/', limit: 10, height });
      expect(found.map(({ key, value }) => [key, value[0]])).toEqual(expected);
    }
  });

  it('ends with the removal for recent transaction ids, which have no past', async () => {
    const disk = new MemoryDisk();
    const store = await createLedgerStore(createMemoryStore(disk));
    const key = 'ledger/tx/00';
    await store.commitBlock(sampleCommit(0));
    const value = Uint8Array.of(1);
    await store.commitBlock(sampleCommit(1, { stateWrites: [{ key, value }] }));
    expect(store.getState(key)).toEqual(value);
    expect(await store.getStateAt(key, 0)).toBeUndefined();
    expect(await store.getStateAt(key, 1)).toEqual(value);
    await store.commitBlock(sampleCommit(2, { stateWrites: [{ key, value: null }] }));
    expect(store.getState(key)).toBeUndefined();
    expect(await store.getStateAt(key, 1)).toBeUndefined();
    expect(disk.entries().filter(([stored]) => stored[0] === 0x20 || stored[0] === 0x21)).toEqual(
      [],
    );
  });

  it('costs one record while a key is written once, and one more for each version', async () => {
    const disk = new MemoryDisk();
    const store = await createLedgerStore(createMemoryStore(disk));
    const records = () => disk.entries().filter(([key]) => key[0] === 0x20 || key[0] === 0x21);
    const values = [1, 2, null, null, 3];
    const counts = [1, 2, 2, 2, 3];
    for (const [height, value] of values.entries()) {
      const stateWrites = [{ key: 'a/t/1', value: value === null ? null : Uint8Array.of(value) }];
      await store.commitBlock(sampleCommit(height, { stateWrites }));
      expect(records()).toHaveLength(counts[height] ?? 0);
    }
  });

  it('of an index entry put and removed in one block is the last of the two', async () => {
    const disk = new MemoryDisk();
    const store = await createLedgerStore(createMemoryStore(disk));
    const key = 'a/t/i/v/1';
    const change = (put: boolean) => ({ key, put });
    const commits = [[true, false], [true], [true], [false, true], [false], [false]];
    const expected = [[], [key], [key], [key], [], []];
    for (const [height, changes] of commits.entries()) {
      await store.commitBlock(sampleCommit(height, { indexChanges: changes.map(change) }));
    }
    for (const [height, keys] of expected.entries()) {
      expect(await store.listIndex({ prefix: 'a/', limit: 9, height })).toEqual(keys);
    }
    expect(disk.entries().filter(([stored]) => stored[0] === 0x23)).toHaveLength(1);
  });
});

describe('reads while a block is being written', () => {
  it('answer from before it, then all at once from after it', async () => {
    const kv = createMemoryStore();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isWritten = false;
    const slow: KeyValueStore = {
      ...kv,
      async write(operations, options) {
        await kv.write(operations, options);
        if (operations.length < 7) return;
        isWritten = true;
        await gate;
      },
    };
    const store = await createLedgerStore(kv, { stateCacheBytesMax: 0, bucketCacheBytesMax: 0 });
    await store.commitBlock(blockOf(0, 1));
    const behind = await createLedgerStore(slow, { stateCacheBytesMax: 0, bucketCacheBytesMax: 0 });
    const committing = behind.commitBlock(blockOf(1, 2));
    while (!isWritten) await Promise.resolve();
    expect(await kv.get(Uint8Array.of(0x01))).not.toEqual(undefined);
    await expectState(behind, 0, 1);
    expect(await behind.getStateAt('a/t/k', 0)).toEqual(Uint8Array.of(1));
    expect((await behind.listState({ prefix: 'a/', limit: 9, height: 0 })).length).toBe(1);
    expect(await behind.listIndex({ prefix: 'a/', limit: 9, height: 0 })).toEqual(['a/t/i/1/k']);
    release();
    await committing;
    await expectState(behind, 1, 2);
    expect(await behind.listIndex({ prefix: 'a/', limit: 9, height: 1 })).toEqual(['a/t/i/2/k']);
  });

  function blockOf(height: number, byte: number) {
    const value = Uint8Array.of(byte);
    return sampleCommit(height, {
      stateWrites: [{ key: 'a/t/k', value }],
      buckets: [{ index: 4, leaf: new Uint8Array(32).fill(byte), entries: value }],
      indexChanges: [
        { key: `a/t/i/${byte}/k`, put: true },
        { key: `a/t/i/${byte - 1}/k`, put: false },
      ],
    });
  }

  async function expectState(store: LedgerStore, height: number, byte: number): Promise<void> {
    expect(store.head()?.height).toBe(height);
    expect(store.getState('a/t/k')).toEqual(Uint8Array.of(byte));
    expect(store.getBucket(4)).toEqual(Uint8Array.of(byte));
    expect(await store.getStateAt('a/t/k', height)).toEqual(Uint8Array.of(byte));
  }
});

/** Commits a chain, restarting now and then, and asks for everything at every height. */
async function checkChain(
  chain: readonly (readonly Step[])[],
  queries: readonly Query[],
  open: () => Promise<KeyValueStore>,
): Promise<void> {
  const heights: Map<string, number>[] = [];
  let store = await createLedgerStore(await open(), { stateCacheBytesMax: 1_500 });
  for (const [height, steps] of chain.entries()) {
    const model = new Map(heights.at(-1));
    for (const { key, value } of steps) {
      if (value === undefined) model.delete(key);
      else model.set(key, value);
    }
    heights.push(model);
    const committing = store.commitBlock(commitOf(height, steps, heights.at(-2)));
    if (height > 0) await checkReads(store, heights.slice(0, -1), queries.slice(0, 1));
    await committing;
    for (const key of KEYS) expect(store.getState(key)?.[0]).toBe(model.get(key));
    if (height % 5 !== 4) continue;
    await store.close();
    store = await createLedgerStore(await open(), { stateCacheBytesMax: 1_500 });
  }
  await checkReads(store, heights, queries);
  await store.close();
}

/** Each record also stands in an index by its value. */
function commitOf(height: number, steps: readonly Step[], before: Heights[number] = new Map()) {
  return sampleCommit(height, {
    stateWrites: steps.map(({ key, value }) => ({
      key,
      value: value === undefined ? null : Uint8Array.of(value),
    })),
    indexChanges: steps.flatMap(({ key, value }) => {
      const old = before.get(key);
      const removed = old === undefined ? [] : [{ key: indexKey(key, old), put: false }];
      return value === undefined ? removed : [...removed, { key: indexKey(key, value), put: true }];
    }),
  });
}

interface Query {
  readonly prefix: string;
  readonly after: string | undefined;
  readonly limit: number;
}

async function checkReads(
  store: LedgerStore,
  heights: Heights,
  queries: readonly Query[],
): Promise<void> {
  for (const [height, model] of heights.entries()) {
    for (const key of KEYS) {
      expect((await store.getStateAt(key, height))?.[0]).toBe(model.get(key));
    }
    for (const { prefix, after, limit } of queries) {
      const options = { prefix, limit, height, ...(after === undefined ? {} : { after }) };
      const states = [...model].map(([key]) => key);
      const indexes = [...model].map(([key, value]) => indexKey(key, value));
      const found = await store.listState(options);
      expect(found.map(({ key }) => key)).toEqual(expectedPage(states, options));
      for (const { key, value } of found) expect(value[0]).toBe(model.get(key));
      expect(await store.listIndex(options)).toEqual(expectedPage(indexes, options));
    }
  }
}

function expectedPage(
  keys: readonly string[],
  { prefix, after, limit }: { prefix: string; after?: string; limit: number },
): string[] {
  return keys
    .filter((key) => key.startsWith(prefix))
    .filter((key) => after === undefined || compareText(key, after) > 0)
    .sort(compareText)
    .slice(0, limit);
}

function indexKey(key: string, value: number): string {
  return `${key.slice(0, 3)}/byValue/${value % 4}/${key}`;
}
