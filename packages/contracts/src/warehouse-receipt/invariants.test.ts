import { isOk } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { choices, walkWorld } from '../pledge-facility/randomWalk.js';
import { noteHistory } from '../runSteps.js';
import { invariants } from './invariants.js';
import { receipts } from './keys.js';
import { lifecycle, pendingStateOf } from './lifecycle.js';
import { takeAny } from './receiptWalk.js';
import type { Receipt } from './schema.js';

const RUNS = 300;
const STEPS = 50;
const SEED = 20_260_105;
const LIMIT_MS = 300_000;

describe('after random commands by random parties', () => {
  it(
    'lots and receipts keep their invariants, and a refused command changes nothing',
    () => {
      fc.assert(
        fc.property(choices(STEPS), (list) => {
          const world = walkWorld();
          for (const [count, choice] of list.entries()) {
            const before = new Map(world.records(receipts).map((one) => [one.id, one]));
            const taken = takeAny(world, choice, count);
            if (taken === undefined) continue;
            expect(brokenInvariants(invariants, world), taken.name).toEqual([]);
            const after = world.records(receipts);
            if (!isOk(taken.outcome)) expect(after).toEqual([...before.values()]);
            for (const receipt of after) {
              const former = before.get(receipt.id);
              expect(isAllowedMove(former, receipt), `${former?.state} → ${receipt.state}`).toBe(
                true,
              );
            }
          }
          noteHistory(world);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    LIMIT_MS,
  );

  it(
    'two nodes that take the same steps hold the same state',
    () => {
      fc.assert(
        fc.property(choices(STEPS), (list) => {
          const [first, second] = [walkWorld(), walkWorld()];
          for (const [count, choice] of list.entries()) {
            takeAny(first, choice, count);
            takeAny(second, choice, count);
          }
          expect(first.fingerprint()).toBe(second.fingerprint());
        }),
        { numRuns: 5, seed: SEED },
      );
    },
    LIMIT_MS,
  );
});

/** By the lifecycle table, a pending state standing for the one that it came from. */
function isAllowedMove(before: Receipt | undefined, after: Receipt): boolean {
  const from = before === undefined ? '*' : standing(before);
  const to = standing(after);
  if (from === to) return true;
  const moves = Object.values(lifecycle.receipt[from]) as readonly string[];
  return moves.some((next) => next.split(', ').includes(to));
}

function standing(receipt: Receipt): keyof typeof lifecycle.receipt {
  const { state } = receipt;
  const waits = Object.values(pendingStateOf).find((pending) => pending === state);
  if (waits !== undefined) return receipt.formerState ?? 'FREE';
  return state as Exclude<typeof state, (typeof pendingStateOf)[keyof typeof pendingStateOf]>;
}
