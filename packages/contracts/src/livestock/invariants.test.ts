import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import { invariants } from './invariants.js';
import { animals, biometrics, herds, pens, tags } from './keys.js';
import { lifecycle } from './lifecycle.js';
import {
  livestockWorld,
  mortgage,
  muzzleOf,
  PEN,
  PEN2,
  paper,
  penned,
  saleTo,
  tagOf,
} from './livestockWorld.js';
import { statusCodes } from './statusCodes.js';

const IDS = ['an_1', 'an_2', 'an_3', 'an_4'] as const;
const SIGNERS = ['vet', 'lender', 'insurer'] as const;

const stepArbitrary = fc
  .record({ kind: fc.nat(19), a: fc.nat(3), b: fc.nat(3), c: fc.nat(9) })
  .map(({ kind, a, b, c }): RandomStep => {
    return (world) => {
      const id = defined(IDS[a], 'an animal');
      const other = defined(IDS[b], 'an animal');
      const animal = world.read(animals, id);
      const own = { id, expectedVersion: animal?.version ?? 1 };
      const vet = world.id('vet');
      const pendingId = animal?.pending?.pendingId ?? 'none';
      const signer = defined(SIGNERS[c < 7 ? 0 : (c % 2) + 1], 'a signer');
      const farm = c === 0 ? 'farm2' : 'farm';
      const pen = b % 2 === 0 ? PEN : PEN2;
      const photo = { photo: paper, inspection: paper };
      const born = 20_000;
      const facts = { species: 'cattle', born, sex: 'male', photoRef: paper, batch: 'B' };
      const commands = [
        [farm, 'register', { id, ...facts, biometricHash: muzzleOf(other) }],
        [farm, 'register', { id, ...facts, biometricHash: muzzleOf(id) }],
        ['farm', 'bind_tag', { ...own, tag: tagOf(id), vet }],
        ['farm', 'bind_tag', { ...own, tag: tagOf(other), vet }],
        ['farm', 'place', { ...own, pen, vet }],
        ['farm', 'place', { ...own, pen, vet }],
        [signer, 'countersign', { id, pendingId }],
        [signer, 'countersign', { id, pendingId }],
        ['vet', 'countersign', { id, pendingId }],
        ['vet', 'countersign', { id, pendingId }],
        ['farm', 'retag', { ...own, tag: `CN-${900 + c}0`, vet, tamperEvidence: paper }],
        ['farm', 'sell', { ...own, ...saleTo(world, 'buyer') }],
        ['farm', 'cull', { ...own, reason: 'lame', evidence: paper }],
        ['farm', 'report_death', { ...own, tag: animal?.tag ?? 'CN-0000', ...photo, vet }],
        ['farm', 'report_missing', { ...own, reason: 'gone' }],
        [
          'farm',
          'report_found',
          { ...own, biometricHash: animal?.biometricHash ?? muzzleOf(id), vet },
        ],
        ['farm', 'substitute', { ...own, by: other }],
        [
          c < 4 ? 'farm' : 'lender',
          'record_count',
          { pen, heads: b, method: 'rfid', evidence: paper },
        ],
        ['court', c % 2 === 0 ? 'freeze' : 'unfreeze', { id, order: paper }],
        [signer, 'reject', { id, pendingId }],
      ] as const;
      const [alias, name, params] = defined(commands[kind], 'a command');
      return { alias, contract: 'livestock', name, params };
    };
  });

/** Two animals stand in a pen, one of them mortgaged. */
function stockedWorld(): World {
  const world = livestockWorld();
  penned(world, 'an_1');
  penned(world, 'an_2');
  mortgage(world, ['an_2']);
  return world;
}

describe('livestock under random commands', () => {
  it('keeps A1 to A4, its lifecycle and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const machines = [machine(animals, lifecycle)];
        const report = runSteps(stockedWorld, steps, { invariants, machines, statusCodes });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(2_000);
  }, 300_000);

  it('A1 is noticed broken: one tag, two animals; a sold tag still bound', () => {
    const world = stockedWorld();
    const tag = world.must(tags, tagOf('an_1'));
    world.plant(tags, [tagOf('an_1')], { ...tag, animal: 'an_2' });
    expect(broken(world)).toContain('A1');
    world.plant(tags, [tagOf('an_1')], { ...tag, state: 'RETIRED' });
    expect(broken(world)).toEqual(['A1']);
  });

  it('A2 is noticed broken: a head too many, in the herd or a pen', () => {
    const world = stockedWorld();
    const herd = world.must(herds, world.id('farm'));
    world.plant(herds, [herd.farm], { ...herd, headsIn: herd.headsIn + 1 });
    expect(broken(world)).toEqual(['A2']);
    world.plant(herds, [herd.farm], herd);
    const pen = world.must(pens, PEN);
    world.plant(pens, [PEN], { ...pen, heads: 1 });
    expect(broken(world)).toEqual(['A2 a pen holds the heads that its book says']);
  });

  it('A3 is noticed broken: a mismatch without its haircut', () => {
    const world = stockedWorld();
    const count = { pen: PEN, heads: 1, method: 'video', evidence: paper };
    world.submit('lender', 'livestock', 'record_count', count);
    const pen = world.must(pens, PEN);
    expect(pen.haircutBps).toBe(5_000);
    world.plant(pens, [PEN], { ...pen, haircutBps: 0 });
    expect(broken(world)).toEqual(['A3 a count off tolerance leaves its haircut']);
  });

  it('A4 is noticed broken: one biometric hash on two living animals', () => {
    const world = stockedWorld();
    const animal = world.must(animals, 'an_2');
    world.plant(animals, ['an_2'], { ...animal, biometricHash: muzzleOf('an_1') });
    expect(broken(world)).toContain('A4');
    world.plant(animals, ['an_2'], animal);
    world.plant(biometrics, [muzzleOf('an_2')], { animal: 'an_1' });
    expect(broken(world)).toEqual(['A4']);
  });
});

function broken(world: World): string[] {
  return brokenInvariants(invariants, world).map((text) => text.split(':')[0] ?? '');
}
