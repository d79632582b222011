import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { statusCodes as lienStatus } from '../lien/statusCodes.js';
import { invariants as paymentInvariants } from '../payment/invariants.js';
import { statusCodes as paymentStatus } from '../payment/statusCodes.js';
import { invariants as orderInvariants } from '../purchase-order/invariants.js';
import { invoices } from '../purchase-order/keys.js';
import { statusCodes as orderStatus } from '../purchase-order/statusCodes.js';
import { machine, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import { confirmedClaim, financedClaim, hand, onClaim, pledgedClaim } from './claimWorld.js';
import { invariants } from './invariants.js';
import { claims, creditLines, estoppels, roots } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { financedWalkWorld, stepArbitrary, walkWorld } from './randomWalk.js';
import type { Claim, Root } from './schema.js';
import { statusCodes } from './statusCodes.js';

const RUNS = 100;
const STEPS = 50;
const rules = {
  invariants: [...invariants, ...orderInvariants, ...paymentInvariants],
  machines: [machine(claims, lifecycle.claim)],
  statusCodes: { ...statusCodes, ...paymentStatus, ...orderStatus, ...lienStatus },
};

describe('receivable under random commands by random parties', () => {
  const reached = new Set<string>();

  it.each([1, 2, 3])('keeps D1 to D9, its lifecycle and a clean state on refusal (%i)', (seed) => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: STEPS, maxLength: STEPS }), (steps) => {
        const watched = steps.map((step) => (world: World) => {
          for (const { state } of world.records(claims)) reached.add(state);
          return step(world);
        });
        const report = runSteps(seed === 3 ? financedWalkWorld : walkWorld, watched, rules);
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: RUNS, seed },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });

  it('reached every state of a claim', () => {
    const missing = Object.keys(lifecycle.claim).filter(
      (state) => state !== '*' && !reached.has(state),
    );
    expect(missing).toEqual([]);
  });
});

describe('each invariant notices what breaks it', () => {
  it('D1: value that appears or vanishes', () => {
    const world = splitWorld();
    change(world, 'rv_a', (claim) => ({ face: { ...claim.face, minor: claim.face.minor + 1n } }));
    expect(rulesBroken(world)).toContain('D1');
    const other = splitWorld();
    changeRoot(other, { redeemedMinor: 1n });
    expect(rulesBroken(other)).toContain('D1');
  });

  it('D2: a claim replaced by nothing, or by more than itself', () => {
    const world = splitWorld();
    change(world, 'rv_1', () => ({ children: ['rv_a'] }));
    expect(rulesBroken(world)).toContain('D2');
  });

  it('D3: two burdens, or one without its lien', () => {
    const world = financedClaim();
    const { pledge } = pledgedClaim().must(claims, 'rv_1');
    change(world, 'rv_1', () => ({ pledge }));
    expect(rulesBroken(world)).toContain('D3');
    const other = pledgedClaim();
    change(other, 'rv_1', () => ({ lien: undefined }));
    expect(rulesBroken(other)).toContain('D3');
  });

  it('D4: a child that falls due on another day', () => {
    const world = splitWorld();
    change(world, 'rv_a', (claim) => ({ maturity: claim.maturity + 1 }));
    expect(rulesBroken(world)).toContain('D4');
  });

  it('D5: more confirmed than granted', () => {
    const world = confirmedClaim();
    const line = world.must(creditLines, world.id('buyer'), 'CNY');
    const grants = [{ lender: world.id('lender'), minor: 1n }];
    world.plant(creditLines, [line.debtor, line.currency], { ...line, grants });
    expect(rulesBroken(world)).toContain('D5');
  });

  it('D6: a voucher that its invoice does not know of', () => {
    const world = confirmedClaim();
    const invoice = world.must(invoices, 'in_1');
    world.plant(invoices, ['in_1'], { ...invoice, voucheredMinor: 1n });
    expect(rulesBroken(world)).toContain('D6');
  });

  it('D7: a claim in the hands of its debtor', () => {
    const world = confirmedClaim();
    change(world, 'rv_1', (claim) => ({ holder: claim.debtor }));
    expect(rulesBroken(world)).toContain('D7');
  });

  it('D8: a transfer that adds no tier', () => {
    const world = confirmedClaim();
    expect(hand(world, ['seller', 'other']).code).toBe('success');
    change(world, 'rv_2', () => ({ tier: 1 }));
    expect(rulesBroken(world)).toContain('D8');
  });

  it('D9: a confirmation that was rewritten', () => {
    const world = confirmedClaim();
    const said = world.must(estoppels, 'rv_1');
    world.plant(estoppels, ['rv_1'], { ...said, face: { ...said.face, minor: 1n } });
    expect(rulesBroken(world)).toContain('D9');
  });
});

function splitWorld(): World {
  const world = confirmedClaim();
  const parts = [
    { id: 'rv_a', minor: 13_000n },
    { id: 'rv_b', minor: 100_000n },
  ];
  expect(onClaim(world, 'seller', 'split', { parts }).code).toBe('success');
  expect(brokenInvariants(invariants, world)).toEqual([]);
  return world;
}

function change(world: World, id: string, by: (claim: Claim) => Partial<Claim>): void {
  const claim = world.must(claims, id);
  world.plant(claims, [id], { ...claim, ...by(claim) });
}

function changeRoot(world: World, by: Partial<Root>): void {
  world.plant(roots, ['rv_1'], { ...world.must(roots, 'rv_1'), ...by });
}

/** D1, D2… of the sentences that complain. */
function rulesBroken(world: World): string[] {
  return brokenInvariants(invariants, world).map((sentence) => sentence.slice(0, 2));
}
