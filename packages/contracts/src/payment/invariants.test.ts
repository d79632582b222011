import { dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import { invariants } from './invariants.js';
import { obligations, proofs } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { hashOf, owe, paymentWorld } from './paymentWorld.js';
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
      fc.property(fc.array(stepArbitrary, { minLength: 30, maxLength: 60 }), (steps) => {
        const report = runSteps(paymentWorld, steps, {
          invariants,
          machines: [machine(obligations, lifecycle.obligation), machine(proofs, lifecycle.proof)],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it('notices a broken record', () => {
    const world = paymentWorld();
    owe(world, 'ob_1', 100n);
    const obligation = world.must(obligations, 'ob_1');
    world.plant(obligations, ['ob_1'], { ...obligation, paidMinor: 101n });
    expect(brokenInvariants(invariants, world)).toHaveLength(2);
  });
});
