import { dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import { invariants } from './invariants.js';
import { obligations, proofs } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { hashOf, owe, paymentWorld, prove } from './paymentWorld.js';
import { statusCodes } from './statusCodes.js';

const PAYERS = ['buyer', 'other', 'seller'] as const;
const SIGNERS = ['buyer', 'seller', 'other', 'bank', 'bank2'] as const;

const stepArbitrary = fc
  .record({ kind: fc.nat(7), a: fc.nat(11), b: fc.nat(11), minor: fc.nat(200), who: fc.nat(4) })
  .map(({ kind, a, b, minor, who }): RandomStep => {
    return (world) => {
      const alias = defined(SIGNERS[who], 'a signer');
      const today = dayFromTime(world.nowMs());
      const amount = { minor: BigInt(minor), currency: b === 11 ? 'USD' : 'CNY' };
      const payer = world.id(defined(PAYERS[a % 2], 'a payer'));
      const payee = world.id('seller');
      const proof = world.read(proofs, `pp_${b}`);
      const obligation = world.read(obligations, `ob_${a}`);
      const version = proof?.version ?? 1;
      const own = { id: `pp_${b}`, expectedVersion: version };
      const allocations = [{ obligation: `ob_${a}`, minor: BigInt(minor) }];
      const parts = { purpose: 'repayment', ref: 'pl_1', payer, payee, amount };
      const commands = [
        [
          'purchase-order',
          'record_obligation',
          {
            id: `ob_${a}`,
            debtor: payer,
            creditor: payee,
            amount,
            due: today + b - 5,
            purpose: 'invoice',
            sourceRef: 'in_1',
            securedMinor: BigInt(b % 3),
            burdenBps: who,
            ...(b % 2 === 0 ? { late: { rateBps: 500, dayCount: 1 } } : {}),
            ...(b === 7 ? { conditions: ['lot_released'] } : {}),
            former: [{ party: world.id('other'), noticeAt: world.nowMs() }],
          },
        ],
        [
          'payment',
          'submit_proof',
          {
            id: `pp_${b}`,
            payerBank: world.id('bank'),
            payeeBank: world.id('bank2'),
            payer,
            payee,
            bankReference: `R${minor % 40}`,
            amount,
            valueDay: minor % 3 === 0 ? today - 1 : today,
            payerAccountHash: hashOf('a'),
            payeeAccountHash: hashOf('b'),
            messageHash: hashOf(`m${minor}`),
          },
        ],
        ['payment', 'allocate', { ...own, allocations }],
        ['payment', 'allocate', own],
        ['payment', 'reverse_proof', own],
        [
          'payment',
          'declare_payer',
          { id: `ob_${a}`, expectedVersion: obligation?.version ?? 1, payer: world.id('other') },
        ],
        ['purchase-order', 'adjust_obligation', { id: `ob_${a}`, minor: BigInt(minor) }],
        ['pledge-facility', 'use_proof', { id: `pp_${b}`, ...parts }],
      ] as const;
      const [contract, name, params] = defined(commands[kind], 'a command');
      const waitMs = minor % 9 === 0 ? 3 * 86_400_000 : 0;
      return { alias, contract, name, params, waitMs };
    };
  });

describe('payment under random commands', () => {
  it('keeps M1 to M5, its lifecycle and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(paymentWorld, steps, {
          invariants,
          machines: [machine(obligations, lifecycle.obligation), machine(proofs, lifecycle.proof)],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(200);
  }, 300_000);
});

describe('each invariant notices what breaks it', () => {
  it('M1: more allocated than proved', () => {
    const world = paidWorld();
    const proof = world.must(proofs, 'pp_1');
    world.plant(proofs, ['pp_1'], { ...proof, allocatedMinor: 101n });
    expect(rulesBroken(world)).toContain('M1');
  });

  it('M2: more paid than owed, or a state that its sums do not give', () => {
    const world = paidWorld();
    const obligation = world.must(obligations, 'ob_1');
    world.plant(obligations, ['ob_1'], { ...obligation, state: 'OPEN' });
    expect(rulesBroken(world)).toContain('M2');
    const amount = { ...obligation.amount, minor: 99n };
    world.plant(obligations, ['ob_1'], { ...obligation, amount });
    expect(rulesBroken(world)).toContain('M2');
  });

  it('M3: paid by a proof that was reversed', () => {
    const world = paidWorld();
    const proof = world.must(proofs, 'pp_1');
    world.plant(proofs, ['pp_1'], { ...proof, state: 'REVERSED' });
    expect(rulesBroken(world)).toContain('M3');
  });

  it('M4: paid by a stranger', () => {
    const world = paidWorld();
    const proof = world.must(proofs, 'pp_1');
    world.plant(proofs, ['pp_1'], { ...proof, payer: world.id('other') });
    expect(rulesBroken(world)).toContain('M4');
  });

  it('M5: paid to who never was the creditor', () => {
    const world = paidWorld();
    const obligation = world.must(obligations, 'ob_1');
    const payments = obligation.payments.map((one) => ({ ...one, payee: world.id('lender') }));
    world.plant(obligations, ['ob_1'], { ...obligation, payments });
    expect(rulesBroken(world)).toContain('M5');
  });

  it('a conditional obligation that was paid too early', () => {
    const world = paidWorld();
    const obligation = world.must(obligations, 'ob_1');
    const conditions = [{ kind: 'lot_released' as const, met: false }];
    world.plant(obligations, ['ob_1'], { ...obligation, conditions });
    expect(rulesBroken(world)).toContain('a ');
  });
});

/** `ob_1` of 100, paid by `pp_1`. */
function paidWorld(): World {
  const world = paymentWorld();
  owe(world, 'ob_1', 100n);
  prove(world, 'pp_1', 100n);
  const paid = world.submit('buyer', 'payment', 'allocate', { id: 'pp_1', expectedVersion: 1 });
  expect(paid.code).toBe('success');
  expect(brokenInvariants(invariants, world)).toEqual([]);
  return world;
}

function rulesBroken(world: World): string[] {
  return brokenInvariants(invariants, world).map((sentence) => sentence.slice(0, 2));
}
