import { defined, validatorSetsTable } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import {
  addition,
  consensusKey,
  governance,
  governanceWorld,
  peerIdOf,
  readiness,
} from './governanceWorld.js';
import { invariants } from './invariants.js';
import { anchorHeads, anchors, features, proposals } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';

const RUNS = 300;
const GOVERNORS = ['g1', 'g2', 'g3', 'g4'] as const;

const stepArbitrary = fc
  .record({
    verb: fc.constantFrom('propose', 'vote', 'vote', 'vote', 'vote', 'activate', 'activate', 'end'),
    kind: fc.nat(6),
    number: fc.integer({ min: 1, max: 9 }),
    who: fc.nat(3),
    pick: fc.nat(30),
    waitMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 10 * 86_400_000),
  })
  .map(({ verb, kind, number, who, pick, waitMs }): RandomStep => {
    return (world) => {
      const contract = 'governance';
      const governor = defined(GOVERNORS[who], 'a governor');
      const all = world.records(proposals);
      if (verb === 'propose' || all.length === 0) {
        const id = `gp_${all.length}`;
        const change = changeOf(world, kind, number);
        return { alias: governor, contract, name: 'propose', params: { id, change }, waitMs };
      }
      const proposal = defined(all[all.length - 1 - (pick % all.length)], 'a proposal');
      const { id, change } = proposal;
      if (verb === 'vote') {
        const params = { id, yes: pick % 5 !== 0 };
        return { alias: governor, contract, name: 'vote', params, waitMs };
      }
      if (verb === 'end') {
        return { alias: 'bank', contract, name: 'expire_proposal', params: { id }, waitMs };
      }
      const seat = 'validator' in change.body ? change.body.validator : 'v1';
      const keyNumber = change.kind === 'rekey_validator' ? keyOf(change.body) : number;
      const key = consensusKey(change.kind === 'add_validator' ? Number(seat.slice(1)) : keyNumber);
      const params = { id, readiness: readiness(world, seat, key) };
      const owns = change.kind === 'add_validator' || change.kind === 'rekey_validator';
      const alias = owns ? `node-${seat.slice(1)}` : governor;
      return { alias, contract, name: 'activate', params, waitMs: 0 };
    };
  });

describe('governance under random votes', () => {
  it('keeps G1 to G3 and the sets whole; proposals move by their lifecycle only', () => {
    let accepted = 0;
    let changed = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const worlds: ReturnType<typeof governanceWorld>[] = [];
        const start = () => {
          const world = governanceWorld(5);
          worlds.push(world);
          return world;
        };
        const report = runSteps(start, steps, {
          invariants,
          machines: [machine(proposals, lifecycle.proposal)],
          statusCodes,
        });
        accepted += report.accepted;
        const last = worlds[0]?.must(validatorSetsTable, 'all').sets.at(-1);
        if ((last?.fromHeight ?? 1) > 1) changed += 1;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: RUNS, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(RUNS * 5);
    expect(changed).toBeGreaterThan(RUNS / 20);
  });

  it('notices each broken record', () => {
    const damages: ((world: ReturnType<typeof governanceWorld>) => void)[] = [
      (world) => {
        const { sets } = world.must(validatorSetsTable, 'all');
        const first = defined(sets[0], 'a set');
        const fewer = { fromHeight: 5, validators: first.validators.slice(2) };
        world.plant(validatorSetsTable, ['all'], { sets: [first, fewer], earlier: [] });
      },
      (world) => {
        const first = defined(world.must(validatorSetsTable, 'all').sets[0], 'a set');
        const validators = first.validators.map((one) => {
          return one.id === 'v2' ? { ...one, peerId: peerIdOf(1) } : one;
        });
        const sets = [{ ...first, validators }];
        world.plant(validatorSetsTable, ['all'], { sets, earlier: [] });
      },
      (world) => {
        const feature = { feature: 'early', fromHeight: 3, proposal: 'gp_none' };
        world.plant(features, ['early'], feature);
      },
      (world) => {
        const record = world.must(proposals, 'gp_0');
        const passed = { height: 9, at: record.proposedAt };
        world.plant(proposals, ['gp_0'], { ...record, state: 'PASSED', passed, inForceFrom: 10 });
      },
      (world) => {
        const party = world.id('bank');
        const root = `sha256:${'0'.repeat(64)}`;
        const node = peerIdOf(1);
        const anchor = { party, node, from: 1, to: 9, root, anchoredAt: world.nowMs() };
        world.plant(anchors, [node, '1'], anchor);
        world.plant(anchorHeads, [node], { to: 8 });
      },
    ];
    for (const [index, damage] of damages.entries()) {
      const world = governanceWorld(5);
      const change = changeOf(world, 5, 1);
      world.submit('g1', 'governance', 'propose', { id: 'gp_0', change });
      expect(brokenInvariants(invariants, world)).toEqual([]);
      damage(world);
      expect(brokenInvariants(invariants, world), `damage ${index}`).toHaveLength(1);
    }
    expect(damages).toHaveLength(invariants.length);
    expect(governance.name).toBe('governance');
  });
});

function changeOf(world: ReturnType<typeof governanceWorld>, kind: number, number: number) {
  const validator = `v${number}`;
  const peerId = peerIdOf(20 + number);
  switch (kind) {
    case 0:
      return { kind: 'remove_validator', body: { validator } };
    case 1: {
      const { suite, publicKey } = consensusKey(number + 10);
      return { kind: 'rekey_validator', body: { validator, suite, publicKey } };
    }
    case 2:
      return { kind: 'add_observer', body: { party: world.id(`node-${number}`), peerId } };
    case 3:
      return { kind: 'remove_observer', body: { peerId } };
    case 4:
      return { kind: 'activate_feature', body: { feature: `feature-${number}` } };
    case 5:
      return {
        kind: 'set_parameter',
        body: { contract: 'price-feed', name: 'days', value: 10 * number },
      };
    default:
      return addition(world, number);
  }
}

/** Which of the world's keys a body carries. */
function keyOf(body: { readonly publicKey: Uint8Array }): number {
  for (let number = 1; number < 20; number += 1) {
    if (consensusKey(number).publicKey.every((byte, at) => byte === body.publicKey[at])) {
      return number;
    }
  }
  return 1;
}
