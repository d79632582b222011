import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleBytes, sampleCommit, sampleHash } from './commitSamples.js';
import { createLedgerStore, type LedgerStore } from './ledgerStore.js';
import { openLevelStore } from './levelStore.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';

const corrupt = { code: 'STORE_CORRUPT' };

describe('a ledger store', () => {
  let disk: MemoryDisk;
  let store: LedgerStore;

  beforeEach(async () => {
    disk = new MemoryDisk();
    store = await open();
  });

  afterEach(() => store.close());

  function open(): Promise<LedgerStore> {
    return createLedgerStore(createMemoryStore(disk));
  }

  async function reopen(): Promise<void> {
    await store.close();
    store = await open();
  }

  it('gives back a block and all that belongs to it, also after a restart', async () => {
    for (let height = 0; height < 8; height += 1) await store.commitBlock(sampleCommit(height));
    for (const isRestarted of [false, true]) {
      if (isRestarted) await reopen();
      expect(store.head()).toEqual({ height: 7, blockId: sampleHash(7, 0) });
      expect(await store.getBlock(3)).toEqual(sampleBytes('block', 3));
      expect(await store.getHeader(3)).toEqual(sampleBytes('header', 3));
      expect(await store.getCertificate(3)).toEqual(sampleBytes('certificate', 3));
      expect(await store.getCertificate(0)).toEqual(new Uint8Array());
      expect(await store.getResults(3)).toEqual([sampleBytes('result', 3)]);
      expect(await store.getUndo(3)).toEqual(sampleBytes('undo', 3));
      expect(await store.findTransaction(sampleHash(3, 1))).toEqual({ height: 3, index: 0 });
      for (const answer of [
        store.getBlock(8),
        store.getHeader(8),
        store.getCertificate(8),
        store.getResults(8),
        store.getUndo(8),
        store.findTransaction(sampleHash(8, 1)),
      ]) {
        expect(await answer).toBeUndefined();
      }
    }
  });

  it('holds the expiry list without what has expired', async () => {
    for (let height = 0; height < 8; height += 1) await store.commitBlock(sampleCommit(height));
    await reopen();
    expect(await collect(store.expiryList())).toEqual(
      [3, 4, 5, 6, 7].map((height) => ({
        txId: sampleHash(height, 1),
        validUntilHeight: height + 5,
      })),
    );
  });

  it('drops all ids of a last height together, whichever blocks held them', async () => {
    const expiry = (height: number, number: number, validUntilHeight: number) => ({
      txId: sampleHash(height, number),
      validUntilHeight,
    });
    const first = [expiry(0, 1, 9), expiry(0, 2, 2), expiry(0, 3, 9)];
    const second = [expiry(1, 1, 2), expiry(1, 2, 9)];
    await store.commitBlock(sampleCommit(0, { expiring: first }));
    await store.commitBlock(sampleCommit(1, { expiring: second }));
    expect(await collect(store.expiryList())).toEqual([
      expiry(0, 2, 2),
      expiry(1, 1, 2),
      expiry(0, 1, 9),
      expiry(0, 3, 9),
      expiry(1, 2, 9),
    ]);
    const expired = [expiry(0, 2, 2), expiry(1, 1, 2)];
    await store.commitBlock(sampleCommit(2, { expiring: [], expired }));
    await reopen();
    expect(await collect(store.expiryList())).toEqual([
      expiry(0, 1, 9),
      expiry(0, 3, 9),
      expiry(1, 2, 9),
    ]);
  });

  it('keeps the leaf of a bucket that has become empty', async () => {
    const leaf = new Uint8Array(32).fill(7);
    const entries = new Uint8Array(64).fill(1);
    await store.commitBlock(sampleCommit(0, { buckets: [{ index: 3, leaf, entries }] }));
    expect(store.getBucket(3)).toEqual(entries);
    const empty = { index: 3, leaf: new Uint8Array(32).fill(8), entries: new Uint8Array() };
    await store.commitBlock(sampleCommit(1, { buckets: [empty] }));
    await reopen();
    expect(store.getBucket(3)).toBeUndefined();
    expect(await collect(store.bucketLeaves())).toEqual([{ index: 3, leaf: empty.leaf }]);
  });

  it('finds each transaction of a block at its place, with its result', async () => {
    const txIds = [5, 4, 3].map((number) => sampleHash(0, number));
    const results = [new Uint8Array(), sampleBytes('a', 0), sampleBytes('b', 0)];
    await store.commitBlock(sampleCommit(0, { txIds, results }));
    expect(await store.findTransaction(sampleHash(0, 3))).toEqual({ height: 0, index: 2 });
    expect(await store.getResults(0)).toEqual(results);
    expect(await store.getResults(0)).toHaveLength(3);
  });

  it('R-Y3: takes heights in order only, one at a time', async () => {
    await expect(store.commitBlock(sampleCommit(1))).rejects.toThrow('where 0 follows');
    const first = store.commitBlock(sampleCommit(0));
    await expect(store.commitBlock(sampleCommit(0))).rejects.toThrow('being committed');
    await first;
    await expect(store.commitBlock(sampleCommit(0))).rejects.toThrow('where 1 follows');
    await expect(store.commitBlock(sampleCommit(2))).rejects.toThrow('where 1 follows');
    await store.commitBlock(sampleCommit(1));
  });

  it('refuses a commit that contradicts itself and stays as it was', async () => {
    const value = Uint8Array.of(1);
    const bucket = { index: 1, leaf: new Uint8Array(32), entries: value };
    const wrong = [
      { results: [] },
      {
        stateWrites: [
          { key: 'a/b/c', value },
          { key: 'a/b/c', value: null },
        ],
      },
      { buckets: [bucket, bucket] },
      { buckets: [{ ...bucket, leaf: new Uint8Array(31) }] },
      { stateWrites: [{ key: 'a/b/\0', value }] },
    ];
    for (const changes of wrong) {
      await expect(store.commitBlock(sampleCommit(0, changes))).rejects.toThrow();
    }
    expect(store.head()).toBeUndefined();
    await store.commitBlock(sampleCommit(0));
  });

  it('hands out blocks for catching up within a count and a size', async () => {
    for (let height = 0; height < 10; height += 1) await store.commitBlock(sampleCommit(height));
    const size = sampleBytes('block', 1).length + sampleBytes('certificate', 1).length;
    expect(await store.getBlocks(2, 3, 1_000_000)).toEqual(
      [2, 3, 4].map((height) => ({
        block: sampleBytes('block', height),
        certificate: sampleBytes('certificate', height),
      })),
    );
    expect(await store.getBlocks(2, 5, 2 * size)).toHaveLength(2);
    expect(await store.getBlocks(2, 5, 2 * size - 1)).toHaveLength(1);
    expect(await store.getBlocks(2, 5, 1)).toHaveLength(1);
    expect(await store.getBlocks(8, 5, 1_000_000)).toHaveLength(2);
    expect(await store.getBlocks(10, 5, 1_000_000)).toEqual([]);
  });

  it('holds buckets at the head and lists their leaves', async () => {
    const leaf = (byte: number) => new Uint8Array(32).fill(byte);
    const entries = new Uint8Array(128).fill(9);
    const first = [
      { index: 70_000, leaf: leaf(1), entries },
      { index: 2, leaf: leaf(2), entries: entries.subarray(64) },
    ];
    await store.commitBlock(sampleCommit(0, { buckets: first }));
    const second = [{ index: 2, leaf: leaf(3), entries: new Uint8Array() }];
    await store.commitBlock(sampleCommit(1, { buckets: second }));
    for (const isRestarted of [false, true]) {
      if (isRestarted) await reopen();
      expect(store.getBucket(70_000)).toEqual(entries);
      expect(store.getBucket(2)).toBeUndefined();
      expect(store.getBucket(3)).toBeUndefined();
      expect(await collect(store.bucketLeaves())).toEqual([
        { index: 2, leaf: leaf(3) },
        { index: 70_000, leaf: leaf(1) },
      ]);
    }
  });

  it('keeps undo records of the newest heights only, also when told to keep fewer', async () => {
    await store.close();
    store = await createLedgerStore(createMemoryStore(disk), { undoHeightsKept: 3 });
    for (let height = 0; height < 40; height += 1) await store.commitBlock(sampleCommit(height));
    expect(await kept(40)).toEqual([37, 38, 39]);
    await store.close();
    store = await createLedgerStore(createMemoryStore(disk), { undoHeightsKept: 30 });
    for (let height = 40; height < 70; height += 1) await store.commitBlock(sampleCommit(height));
    expect(await kept(70)).toHaveLength(30);
    await store.close();
    store = await createLedgerStore(createMemoryStore(disk), { undoHeightsKept: 1 });
    for (const height of [70, 71, 72]) await store.commitBlock(sampleCommit(height));
    expect(await kept(73)).toEqual([72]);
  });

  async function kept(heads: number): Promise<number[]> {
    const heights = Array.from({ length: heads }, (_, height) => height);
    const undos = await Promise.all(heights.map((height) => store.getUndo(height)));
    return heights.filter((height) => undos[height] !== undefined);
  }

  it('keeps small named things durably', async () => {
    await store.meta.set('genesis', sampleBytes('genesis', 0));
    await store.meta.set('genesis', sampleBytes('genesis', 1));
    disk.crash(0);
    store = await open();
    expect(await store.meta.get('genesis')).toEqual(sampleBytes('genesis', 1));
    expect(await store.meta.get('other')).toBeUndefined();
  });

  it('says that a height is not there yet when asked for state above the head', async () => {
    await store.commitBlock(sampleCommit(0));
    const missing = { code: 'BLOCK_NOT_FOUND' };
    const list = { prefix: 'a', limit: 1 };
    for (const height of [1, -1, 0.5]) {
      await expect(store.getStateAt('a/b/c', height)).rejects.toMatchObject(missing);
      await expect(store.listState({ ...list, height })).rejects.toMatchObject(missing);
      await expect(store.listIndex({ ...list, height })).rejects.toMatchObject(missing);
    }
    await expect(store.listState({ ...list, limit: 0, height: 0 })).rejects.toThrow('limit');
    await expect(store.listState({ ...list, limit: 1e6, height: 0 })).rejects.toThrow('limit');
  });

  it('does not keep in memory what was said of transactions that left the window', async () => {
    const idsOf = async (height: number, value: Uint8Array | null): Promise<number> => {
      const stateWrites = Array.from({ length: 50 }, (_, at) => {
        const key = `ledger/tx/${String(at).padStart(4, '0')}`;
        return { key, value };
      });
      await store.commitBlock({ ...sampleCommit(height), stateWrites });
      return (await store.stats()).stateCacheBytes;
    };
    expect(await idsOf(0, Uint8Array.of(1))).toBeGreaterThan(50);
    expect(await idsOf(1, null)).toBe(0);
    expect(store.getState('ledger/tx/0007')).toBeUndefined();
  });

  it('tells how much it holds', async () => {
    await store.commitBlock(sampleCommit(0));
    store.getState('a/b/c');
    expect((await store.stats()).stateCacheBytes).toBeGreaterThan(0);
    const dir = await mkdtemp(join(tmpdir(), 'triflow-ledger-'));
    const onDisk = await createLedgerStore(await openLevelStore(join(dir, 'db')));
    expect(Object.keys((await onDisk.stats()).bytes)).toContain('statePast');
    await onDisk.close();
    await rm(dir, { recursive: true });
  });
});

describe('a store that is not whole', () => {
  async function damaged(change: (disk: MemoryDisk) => void): Promise<Promise<LedgerStore>> {
    const disk = new MemoryDisk();
    const store = await createLedgerStore(createMemoryStore(disk));
    for (let height = 0; height < 6; height += 1) await store.commitBlock(sampleCommit(height));
    await store.close();
    change(disk);
    return createLedgerStore(createMemoryStore(disk));
  }

  const keyOf = (disk: MemoryDisk, prefix: number, last: number): Uint8Array => {
    const found = disk.entries().find(([key]) => key[0] === prefix && key.at(-1) === last);
    if (found === undefined) throw new TypeError('no such record');
    return found[0];
  };

  it('P7: is refused at the start when a block is missing below the head', async () => {
    for (const height of [1, 4, 5]) {
      const opening = damaged((disk) => disk.damage(keyOf(disk, 0x11, height), undefined));
      await expect(opening).rejects.toMatchObject({
        ...corrupt,
        message: expect.stringContaining(`block ${height} is missing`),
      });
    }
  });

  it('P7: is refused at the start when the head is lost, stale or damaged', async () => {
    const head = Uint8Array.of(0x01);
    let stale: Uint8Array | undefined;
    const earlier = new MemoryDisk();
    const store = await createLedgerStore(createMemoryStore(earlier));
    for (let height = 0; height < 5; height += 1) await store.commitBlock(sampleCommit(height));
    stale = earlier.entries().find(([key]) => key[0] === 0x01)?.[1];
    expect(stale).toBeDefined();
    await expect(damaged((disk) => disk.damage(head, stale))).rejects.toMatchObject({
      ...corrupt,
      message: expect.stringContaining('block 5 is above the head'),
    });
    await expect(damaged((disk) => disk.damage(head, undefined))).rejects.toMatchObject(corrupt);
    await expect(damaged((disk) => disk.damage(head, new Uint8Array(44)))).rejects.toMatchObject(
      corrupt,
    );
  });

  it('is refused when it has another format', async () => {
    const opening = damaged((disk) => disk.damage(keyOf(disk, 0x00, 't'.charCodeAt(0)), undefined));
    await expect(opening).rejects.toMatchObject(corrupt);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
