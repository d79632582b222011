import { isOk } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { choices, walkWorld } from '../pledge-facility/randomWalk.js';
import { noteHistory } from '../runSteps.js';
import { takeAny } from '../warehouse-receipt/receiptWalk.js';
import { invariants } from './invariants.js';
import { liens } from './keys.js';
import { lifecycle } from './lifecycle.js';
import type { Lien } from './schema.js';

const RUNS = 300;
const STEPS = 50;
const SEED = 20_260_105;
const LIMIT_MS = 300_000;

describe('after random commands by random parties', () => {
  it(
    'liens keep their invariants, and a refused command changes nothing',
    () => {
      fc.assert(
        fc.property(choices(STEPS), (list) => {
          const world = walkWorld();
          for (const [count, choice] of list.entries()) {
            const before = new Map(world.records(liens).map((one) => [one.id, one]));
            const taken = takeAny(world, choice, count);
            if (taken === undefined) continue;
            expect(brokenInvariants(invariants, world), taken.name).toEqual([]);
            const after = world.records(liens);
            if (!isOk(taken.outcome)) expect(after).toEqual([...before.values()]);
            for (const lien of after) {
              const former = before.get(lien.id);
              expect(isAllowedMove(former, lien), `${former?.state} → ${lien.state}`).toBe(true);
            }
          }
          noteHistory(world);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    LIMIT_MS,
  );
});

function isAllowedMove(before: Lien | undefined, after: Lien): boolean {
  if (before?.state === after.state) return true;
  const moves = Object.values(lifecycle.lien[before?.state ?? '*']) as readonly string[];
  return moves.some((next) => next.split(', ').includes(after.state));
}
