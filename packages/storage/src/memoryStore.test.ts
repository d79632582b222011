import { describe, expect, it } from 'vitest';
import { describeKeyValueStore } from './conformance.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';

describeKeyValueStore('the memory store', async () => {
  const disk = new MemoryDisk();
  return { open: async () => createMemoryStore(disk), destroy: async () => {} };
});

describe('the memory disk', () => {
  const key = Uint8Array.of(1);
  const put = (value: number) => ({ kind: 'put' as const, key, value: Uint8Array.of(value) });

  it('loses unsynced batches in a crash, newest first, and never a synced one', async () => {
    for (const [kept, value] of [1, 2, 3].entries()) {
      const disk = new MemoryDisk();
      const store = createMemoryStore(disk);
      await store.write([put(1)], { sync: true });
      await store.write([put(2)], { sync: false });
      await store.write([put(9), put(3)], { sync: false });
      expect(disk.unsynced).toBe(2);
      disk.crash(kept);
      expect(() => store.getSync(key)).toThrow('closed');
      expect(createMemoryStore(disk).getSync(key)).toEqual(Uint8Array.of(value));
    }
  });

  it('syncs earlier batches with a later one', async () => {
    const disk = new MemoryDisk();
    const store = createMemoryStore(disk);
    await store.write([put(1)], { sync: false });
    await store.write([], { sync: true });
    disk.crash(0);
    expect(disk.entries()).toEqual([[key, Uint8Array.of(1)]]);
  });

  it('refuses every write after a failed one, done or not, until it is opened again', async () => {
    for (const fault of ['fail', 'applyThenFail'] as const) {
      const disk = new MemoryDisk();
      const store = createMemoryStore(disk);
      disk.onWrite = (batch) => (batch === 1 ? fault : 'none');
      await store.write([put(1)], { sync: true });
      const full = { code: 'STORE_FULL' };
      await expect(store.write([put(2)], { sync: true })).rejects.toMatchObject(full);
      await expect(store.write([put(3)], { sync: true })).rejects.toMatchObject(full);
      expect(store.getSync(key)).toEqual(Uint8Array.of(fault === 'fail' ? 1 : 2));
      disk.crash(0);
      const again = createMemoryStore(disk);
      await again.write([], { sync: true });
      expect(again.getSync(key)).toEqual(Uint8Array.of(1));
    }
  });
});
