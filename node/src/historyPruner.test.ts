import { type Hash, headerBytes, type ValidatorId } from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';
import { describe, expect, it } from 'vitest';
import { HistoryPruner } from './historyPruner.js';
import { lowestKept, retentionSchema } from './retention.js';

const DAY_MS = 86_400_000;
const ZERO = '0'.repeat(64) as Hash;
const nothing = (): void => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A store of so many heights, a day apart, with so many steps of removal in it. */
function storeOf(head: number, steps = 0) {
  const told: string[] = [];
  let floor = 0;
  let left = 1;
  const store = {
    head: () => ({ height: head, blockId: ZERO }),
    stateFrom: () => floor,
    getHeader: async (height: number) => headerAt(height),
    forgetBefore: async (height: number) => {
      told.push(`forget ${height}`);
      floor = height;
      left = steps;
    },
    pruneStep: async () => {
      told.push('step');
      left = Math.max(0, left - 1);
      const range = { from: Uint8Array.of(1), to: Uint8Array.of(2) };
      return { read: 1, removed: left === 0 ? 0 : 40_000, range, isDone: left === 0 };
    },
  };
  return { store: store as unknown as LedgerStore, told };
}

function headerAt(height: number): Uint8Array {
  const roots = { txRoot: ZERO, resultRoot: ZERO, stateRoot: ZERO, evidenceRoot: ZERO };
  const sets = { parentHash: ZERO, validatorsHash: ZERO, nextValidatorsHash: ZERO };
  const builder = 'v1' as ValidatorId;
  const at = { version: 1, chainId: 'days', height, timeMs: 1e12 + height * DAY_MS };
  return headerBytes({ ...at, builder, txCount: 0, ...roots, ...sets });
}

describe('what is kept of the past', () => {
  const { store } = storeOf(1_000);

  it('is all of it unless the operator says otherwise', async () => {
    expect(await lowestKept(store, retentionSchema.parse({}))).toBe(0);
  });

  it('is so many heights, the newest included, or so many days before the newest block', async () => {
    expect(await lowestKept(store, { stateHeights: 100 })).toBe(901);
    expect(await lowestKept(store, { stateHeights: 5_000 })).toBe(0);
    expect(await lowestKept(store, { stateDays: 30 })).toBe(970);
    expect(await lowestKept(store, { stateDays: 36_500 })).toBe(0);
  });

  it('is what reaches back further when both are said', async () => {
    expect(await lowestKept(store, { stateHeights: 100, stateDays: 300 })).toBe(700);
    expect(await lowestKept(store, { stateHeights: 400, stateDays: 300 })).toBe(601);
  });

  it.each([
    { stateHeights: 99 },
    { stateHeights: 100.5 },
    { stateDays: 0 },
    { proofHeights: 99 },
    { heights: 100 },
  ])('is refused as %j', (wrong) => {
    expect(retentionSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('a node that runs', () => {
  it('gives up old heights in steps, waits for a quarter more, and compacts when idle', async () => {
    const { told, turn, busy } = running({ stateHeights: 500 }, 3);
    await turn(4);
    // First what an earlier process may have left, then the heights beyond the retention.
    expect(told.slice(0, 3)).toEqual(['step', 'forget 501', 'step']);
    await turn(4);
    expect(told.slice(3)).toEqual(['step', 'compact', 'step']);
    busy.is = true;
    expect(told.filter((what) => what.startsWith('forget'))).toEqual(['forget 501']);
  });

  it('compacts nothing while a block is being made', async () => {
    const { told, turn, busy } = running({ stateHeights: 500 }, 3);
    busy.is = true;
    await turn(20);
    expect(told).not.toContain('compact');
    busy.is = false;
    await turn(2);
    expect(told.filter((what) => what === 'compact')).toHaveLength(1);
  });

  it('waits while less than a quarter more than the retention is there', async () => {
    const { told, turn } = running({ stateHeights: 900 }, 0);
    await turn(5);
    expect(told).toEqual(['step']);
  });

  it('does nothing at all when it keeps everything', async () => {
    const { told, turn } = running({}, 3);
    await turn(5);
    expect(told).toEqual([]);
  });

  it('does nothing more once it is stopped', async () => {
    const { told, turn, pruner } = running({ stateHeights: 500 }, 9);
    await turn(2);
    const before = told.length;
    pruner.stop();
    await turn(5);
    expect(told).toHaveLength(before);
  });
});

/** A pruner whose timers fire one at a time, by hand. */
function running(retention: { readonly stateHeights?: number }, steps: number) {
  const { store, told } = storeOf(1_000, steps);
  const busy = { is: false };
  let fire: (() => void) | undefined;
  const pruner = new HistoryPruner({
    store,
    level: { compact: async () => void told.push('compact') },
    retention: retentionSchema.parse(retention),
    timers: {
      set: (_delayMs, callback) => {
        fire = callback;
        return () => {
          fire = undefined;
        };
      },
    },
    logger,
    isBusy: () => busy.is,
  });
  pruner.start();
  const turn = async (times: number): Promise<void> => {
    for (let at = 0; at < times; at += 1) {
      const now = fire;
      fire = undefined;
      now?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { told, turn, busy, pruner };
}
