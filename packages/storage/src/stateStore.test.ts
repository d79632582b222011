import type { KeyValueStore } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { sampleCommit } from './commitSamples.js';
import { createLedgerStore } from './ledgerStore.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';

/** A store whose reads of many keys answer with what stood there when they were asked. */
function slowStore(disk: MemoryDisk): {
  kv: KeyValueStore;
  letGo: () => void;
  asked: () => number;
} {
  const kv = createMemoryStore(disk);
  let waiting: (() => void)[] = [];
  let isSlow = false;
  let asked = 0;
  return {
    kv: {
      get: (key) => kv.get(key),
      getSync: (key) => kv.getSync(key),
      range: (options) => kv.range(options),
      write: (operations, options) => kv.write(operations, options),
      close: () => kv.close(),
      getMany: async (keys: readonly Uint8Array[]) => {
        asked += 1;
        const found = await kv.getMany(keys);
        if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
        return found;
      },
    },
    letGo: () => {
      isSlow = !isSlow;
      for (const go of waiting) go();
      waiting = [];
    },
    asked: () => asked,
  };
}

const commit = (height: number, value: number) => {
  return sampleCommit(height, { stateWrites: [{ key: 'a/t/1', value: Uint8Array.of(value) }] });
};

async function writeFirst(disk: MemoryDisk, block: ReturnType<typeof commit>): Promise<void> {
  const kv = createMemoryStore(disk);
  await (await createLedgerStore(kv)).commitBlock(block);
  await kv.close();
}

describe('reads at a height', () => {
  it('a read that a block overtakes answers for its height and is not remembered', async () => {
    const disk = new MemoryDisk();
    await writeFirst(disk, commit(0, 7));
    const slow = slowStore(disk);
    const store = await createLedgerStore(slow.kv);
    slow.letGo();
    const overtaken = store.getStateAt('a/t/1', 0);
    await Promise.resolve();
    slow.letGo();
    await store.commitBlock(commit(1, 8));
    expect(await overtaken).toEqual(Uint8Array.of(7));
    expect(store.getState('a/t/1')).toEqual(Uint8Array.of(8));
    expect(await store.getStateAt('a/t/1', 0)).toEqual(Uint8Array.of(7));
    expect(await store.getStateAt('a/t/1', 1)).toEqual(Uint8Array.of(8));
  });

  it('many reads of one turn are one read of the store, and the next need none', async () => {
    const disk = new MemoryDisk();
    const keys = Array.from({ length: 64 }, (_, index) => `a/t/${index}`);
    const stateWrites = keys.map((key, index) => ({ key, value: Uint8Array.of(index) }));
    await writeFirst(disk, sampleCommit(0, { stateWrites }));
    const { kv, asked } = slowStore(disk);
    const store = await createLedgerStore(kv);
    const before = asked();
    const all = () => Promise.all(keys.map((key) => store.getStateAt(key, 0)));
    expect(await all()).toEqual(stateWrites.map(({ value }) => value));
    expect(await all()).toEqual(stateWrites.map(({ value }) => value));
    expect(asked() - before).toBe(1);
  });
});

describe('reads under a guard', () => {
  it('what the tree says is absent is not asked of the disk, and what it holds is compared', async () => {
    const disk = new MemoryDisk();
    await writeFirst(disk, commit(0, 7));
    const kv = createMemoryStore(disk);
    let asked = 0;
    const store = await createLedgerStore({
      ...kv,
      getSync: (key) => {
        asked += 1;
        return kv.getSync(key);
      },
    });
    const compared: string[] = [];
    store.watch({
      isAbsent: (key) => key !== 'a/t/1',
      state: (key) => void compared.push(key),
      bucket: () => undefined,
      damaged: () => undefined,
    });
    expect(store.getState('a/t/2')).toBeUndefined();
    expect(store.getState('a/t/2')).toBeUndefined();
    expect([asked, compared]).toEqual([0, []]);
    expect(store.getState('a/t/1')).toEqual(Uint8Array.of(7));
    expect([asked, compared]).toEqual([1, ['a/t/1']]);
    await store.commitBlock(
      sampleCommit(1, { stateWrites: [{ key: 'a/t/2', value: Uint8Array.of(9) }] }),
    );
    expect(store.getState('a/t/2')).toEqual(Uint8Array.of(9));
  });
});
