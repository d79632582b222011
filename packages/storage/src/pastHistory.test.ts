import { defined, stateKey, validatorSetsTable } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleCommit } from './commitSamples.js';
import { createLedgerStore, type LedgerStore } from './ledgerStore.js';
import { createMemoryStore, MemoryDisk } from './memoryStore.js';
import { prefixes } from './prefixes.js';

const KEYS = ['a/t/1', 'a/t/10', 'a/t/2', 'b/t/1'];
const SETS = stateKey(validatorSetsTable, ['all']);
const KEPT_OPTIONS = { undoHeightsKept: 4 };

type Heights = readonly ReadonlyMap<string, number>[];

const stepArbitrary = fc.record({
  key: fc.constantFrom(...KEYS),
  value: fc.option(fc.nat(255), { nil: undefined }),
});

const chainArbitrary = fc.array(
  fc.uniqueArray(stepArbitrary, { selector: ({ key }) => key, maxLength: 4 }),
  { minLength: 2, maxLength: 20 },
);

describe('the state of a height that was given up', () => {
  it('is refused with the oldest height that is kept, and every kept one is whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        chainArbitrary,
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        async (chain, at, step) => {
          const disk = new MemoryDisk();
          const store = await createLedgerStore(createMemoryStore(disk), KEPT_OPTIONS);
          const expected = await commitChain(store, chain);
          const floor = at % chain.length;
          await store.forgetBefore(floor);
          await checkHeights(store, expected, floor);
          await pruneAll(store, step);
          await checkHeights(store, expected, floor);
          for (const [key, record] of disk.entries()) {
            if (key[0] !== prefixes.statePast && key[0] !== prefixes.indexPast) continue;
            // Checksum, then the height at which the version ended.
            expect(new DataView(record.buffer, record.byteOffset).getUint32(8)).toBeGreaterThan(
              floor,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stays refused after a crash at any moment, and a restart goes on with the removal', async () => {
    const chain = Array.from({ length: 16 }, (_, height) => {
      return KEYS.map((key) => ({ key, value: height }));
    });
    for (let steps = 0; steps <= 40; steps += 1) {
      const disk = new MemoryDisk();
      const before = await createLedgerStore(createMemoryStore(disk), KEPT_OPTIONS);
      const expected = await commitChain(before, chain);
      await before.forgetBefore(10);
      for (let step = 0; step < steps; step += 1) await before.pruneStep(3);
      disk.crash(0);
      const after = await createLedgerStore(createMemoryStore(disk), KEPT_OPTIONS);
      expect(after.stateFrom()).toBe(10);
      await checkHeights(after, expected, 10);
      await pruneAll(after, 3);
      await checkHeights(after, expected, 10);
      expect(pastRecords(disk)).toBe(KEYS.length * 2 * 5);
    }
  });

  it('is removed while blocks go on, and a read that was under way is refused, not empty', async () => {
    const store = await createLedgerStore(createMemoryStore(), KEPT_OPTIONS);
    await commitChain(
      store,
      Array.from({ length: 12 }, (_, height) => [{ key: 'a/t/1', value: height }]),
    );
    const reading = store.getStateAt('a/t/1', 3);
    const listing = store.listState({ prefix: 'a/', limit: 5, height: 3 });
    const forgetting = store.forgetBefore(8).then(() => pruneAll(store, 2));
    for (const under of [reading, listing]) {
      // Answered from before, or refused: never absent.
      const answer = await under.catch((error: unknown) => error);
      expect(answer === undefined || (Array.isArray(answer) && answer.length === 0)).toBe(false);
    }
    const value = Uint8Array.of(12);
    await store.commitBlock(sampleCommit(12, { stateWrites: [{ key: 'a/t/1', value }] }));
    await forgetting;
    expect(await store.getStateAt('a/t/1', 11)).toEqual(Uint8Array.of(11));
    expect(await store.getStateAt('a/t/1', 12)).toEqual(value);
  });

  it('leaves blocks, certificates, results, transactions and the sets of validators', async () => {
    const store = await createLedgerStore(createMemoryStore(), KEPT_OPTIONS);
    const chain = Array.from({ length: 12 }, (_, height) => [{ key: SETS, value: height }]);
    await commitChain(store, chain);
    await store.forgetBefore(11);
    await pruneAll(store, 100);
    for (let height = 0; height < 12; height += 1) {
      const txId = defined(sampleCommit(height).txIds[0], 'one each');
      expect(await store.getStateAt(SETS, height)).toEqual(Uint8Array.of(height));
      expect(await store.getHeader(height)).toBeDefined();
      expect(await store.getBlock(height)).toBeDefined();
      expect(await store.getCertificate(height)).toBeDefined();
      expect(await store.getResults(height)).toHaveLength(1);
      expect(await store.findTransaction(txId)).toEqual({ height, index: 0 });
    }
  });

  it('has no proofs: undo records below it go, those of kept heights stay', async () => {
    const store = await createLedgerStore(createMemoryStore(), { undoHeightsKept: 8 });
    await commitChain(
      store,
      Array.from({ length: 12 }, () => []),
    );
    expect(store.proofsFrom()).toBe(4);
    await store.forgetBefore(7);
    expect(store.proofsFrom()).toBe(7);
    await pruneAll(store, 2);
    expect(await store.getUndo(6)).toBeUndefined();
    expect(await store.getUndo(7)).toBeDefined();
    expect(await store.getUndo(11)).toBeDefined();
  });

  it('is never the head, and never comes back', async () => {
    const store = await createLedgerStore(createMemoryStore());
    await commitChain(store, [[], [], []]);
    await expect(store.forgetBefore(3)).rejects.toThrow('the head is kept');
    await store.forgetBefore(2);
    await store.forgetBefore(1);
    expect(store.stateFrom()).toBe(2);
  });
});

async function commitChain(
  store: LedgerStore,
  chain: readonly (readonly { readonly key: string; readonly value: number | undefined }[])[],
): Promise<Heights> {
  const heights: Map<string, number>[] = [];
  for (const [height, steps] of chain.entries()) {
    const state = new Map(heights.at(-1));
    for (const { key, value } of steps) {
      if (value === undefined) state.delete(key);
      else state.set(key, value);
    }
    heights.push(state);
    const stateWrites = steps.map(({ key, value }) => {
      return { key, value: value === undefined ? null : Uint8Array.of(value) };
    });
    // An index entry by value: put with the new one, removed with the old one.
    const before = heights[height - 1];
    const indexChanges = steps.flatMap(({ key, value }) => {
      const old = before?.get(key);
      const removed = old === undefined ? [] : [{ key: `i/${old}/${key}`, put: false }];
      return [
        ...removed,
        ...(value === undefined ? [] : [{ key: `i/${value}/${key}`, put: true }]),
      ];
    });
    await store.commitBlock(sampleCommit(height, { stateWrites, indexChanges }));
  }
  return heights;
}

async function pruneAll(store: LedgerStore, recordsMax: number): Promise<void> {
  while (!(await store.pruneStep(recordsMax)).isDone);
}

async function checkHeights(store: LedgerStore, expected: Heights, floor: number): Promise<void> {
  for (const [height, state] of expected.entries()) {
    const reads = [
      store.listState({ prefix: '', limit: 100, height }),
      store.listIndex({ prefix: 'i/', limit: 100, height }),
      store.getStateAt('a/t/1', height),
    ];
    if (height < floor) {
      for (const read of reads) {
        await expect(read).rejects.toMatchObject({
          code: 'CURSOR_PRUNED',
          details: { oldest: floor },
        });
      }
      continue;
    }
    const [records, index, one] = await Promise.all(reads);
    const sorted = [...state].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(records).toEqual(sorted.map(([key, value]) => ({ key, value: Uint8Array.of(value) })));
    expect(index).toEqual(sorted.map(([key, value]) => `i/${value}/${key}`).sort());
    const first = state.get('a/t/1');
    expect(one).toEqual(first === undefined ? undefined : Uint8Array.of(first));
  }
}

function pastRecords(disk: MemoryDisk): number {
  return disk.entries().filter(([key]) => {
    return key[0] === prefixes.statePast || key[0] === prefixes.indexPast;
  }).length;
}
