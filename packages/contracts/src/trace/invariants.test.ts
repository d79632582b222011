import { sha256 } from '@triflow/crypto';
import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { type Machine, type RandomStep, runSteps } from '../runSteps.js';
import { invariants } from './invariants.js';
import { custodies, traceEvents } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';
import { eventText, GLN, keyOf, traceTools, traceWorld } from './traceWorld.js';

const { record, recordParams } = traceTools(sha256);
const ALIASES = ['keeper', 'shipper', 'carrier', 'carrier2', 'stranger'] as const;
const STEPS = ['shipping', 'receiving', 'storing'] as const;

const stepArbitrary = fc
  .record({ kind: fc.nat(8), who: fc.nat(4), a: fc.nat(4), b: fc.nat(4) })
  .map(({ kind, who, a, b }): RandomStep => {
    return (world) => {
      const signer = defined(ALIASES[who], 'an alias');
      const id = `lt_${(b % 2) + 1}`;
      const custody = world.read(custodies, id);
      const other = world.id(defined(ALIASES[a], 'an alias'));
      const members = {
        bizStep: defined(STEPS[b % 3], 'a step'),
        ...(b === 4 ? { eventID: 'urn:uuid:6e0c6fe8-1c9a-4c4c-8f0e-1d2b4a7a7f01' } : {}),
        ...(a % 2 === 0 ? { 'triflow:submitter': other } : { bizLocation: { id: other } }),
      };
      const events = world.records(traceEvents).map((event) => event.key);
      const event = events[a % Math.max(1, events.length)] ?? '0'.repeat(64);
      const pendingId = custody?.pendingId ?? 'none';
      const custodian = ALIASES.find((one) => world.id(one) === custody?.custodian) ?? 'keeper';
      const receiver = ALIASES.find((one) => world.id(one) === custody?.receiver) ?? signer;
      const hand = { id, receiver: other, expectedVersion: custody?.version ?? 0 };
      const waiting = { id, pendingId };
      const commands = [
        [signer, 'record_event', { ...recordParams(eventText(members)), lots: [id] }],
        [signer, 'record_event', recordParams(eventText(members))],
        [signer, 'link_event_to_lot', { event, lot: id }],
        [signer, 'register_location', { gln: GLN }],
        [signer, 'release_location', { gln: GLN }],
        [b === 0 ? signer : custodian, 'hand_over', hand],
        [receiver, 'countersign', waiting],
        [receiver, b === 0 ? 'refuse' : 'countersign', { ...waiting, reason: 'wet' }],
        [receiver, 'reject', waiting],
      ] as const;
      const [alias, name, params] = defined(commands[kind], 'a command');
      const { reason: _, ...withoutReason } = { reason: '', ...params };
      return { alias, contract: 'trace', name, params: name === 'refuse' ? params : withoutReason };
    };
  });

/** Custody is kept by lot. */
const custodyMachine: Machine = {
  stateOf: (world) => new Map(world.records(custodies).map((one) => [one.lot, one.state])),
  moves: lifecycle.custody,
};

describe('trace under random commands', () => {
  it('keeps its stories, its custody and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(traceWorld, steps, {
          invariants,
          machines: [custodyMachine],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it('notices a broken record', () => {
    const world = traceWorld();
    const key = keyOf(record(world, 'shipper', { 'triflow:submitter': world.id('shipper') }));
    const event = world.must(traceEvents, key);
    world.plant(traceEvents, [key], { ...event, bodyBytes: event.bodyBytes + 1 });
    expect(brokenInvariants(invariants, world)).toHaveLength(1);
  });
});
