import type { CborMap, Quantity } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { command, defineContract } from '../defineContract.js';
import { partyRegistry } from '../party-registry/index.js';
import { given, type World } from '../testkit.js';
import { totalOf } from './goodsStage.js';
import { lien } from './index.js';
import { claimants, stages } from './keys.js';

const anything = z.record(z.string(), z.unknown()) as unknown as z.ZodType<CborMap>;

/** A contract that hands its parameters to the register of lineage. */
const caller = defineContract({
  name: 'purchase-order',
  version: 1,
  tables: [],
  commands: Object.fromEntries(
    ['add_goods', 'carry_goods', 'end_goods', 'claim_goods', 'release_goods'].map((name) => [
      name,
      command<CborMap>({
        who: 'anyone',
        params: anything,
        verify: () => ({ contract: 'ledger', number: 0, code: 'success' }),
        execute: (context, params) => context.call('lien', name, params),
      }),
    ]),
  ),
  statusCodes: {},
});

let world: World;
const tons = (value: bigint, scale = 0): Quantity => ({ value, unit: 'TNE', scale });
const act = (name: string, params: CborMap) =>
  world.submit('bank', 'purchase-order', name, params).code;
const add = (stage: string, value: bigint, scale = 0) =>
  act('add_goods', { stage, quantity: tons(value, scale) });
const carry = (from: string, to: string, value: bigint, extra: CborMap = {}) =>
  act('carry_goods', { moves: [{ from, to, quantity: tons(value), ...extra }] });
const claim = (stage: string, by: string, holder = 'bank', value?: bigint) =>
  act('claim_goods', {
    stage,
    by,
    holder: world.id(holder),
    ...(value === undefined ? {} : { quantity: tons(value) }),
  });
const at = (stage: string) => world.must(stages, stage);

beforeEach(() => {
  world = given({
    contracts: [partyRegistry, lien, caller],
    parties: { bank: ['LENDER'], bank2: ['LENDER'] },
  });
  expect(add('po_1.1', 1_000n)).toBe('success');
});

describe('the register of lineage', () => {
  it('L2: one quantity backs one claim', () => {
    expect(claim('po_1.1', 'po_1', 'bank', 600n)).toBe('success');
    expect(claim('po_1.1', 'po_9', 'bank2', 400n)).toBe('success');
    expect(claim('po_1.1', 'po_8', 'bank2', 401n)).toBe('already_financed');
    expect(claim('po_1.1', 'ln_1', 'bank2')).toBe('already_financed');
  });

  it('L1: claims at all stages stay within what exists, wherever the goods are', () => {
    expect(carry('po_1.1', 'lt_1', 400n)).toBe('success');
    expect(claim('po_1.1', 'po_1', 'bank', 601n)).toBe('already_financed');
    expect(claim('po_1.1', 'po_1', 'bank', 600n)).toBe('success');
    expect(claim('lt_1', 'ln_1', 'bank2')).toBe('success');
    expect(carry('po_1.1', 'lt_1', 600n)).toBe('success');
    expect(claim('lt_1', 'ln_2', 'bank2')).toBe('already_financed');
    expect(totalOf(at('lt_1'))).toBe(1_000n);
  });

  it('a claim moves with the goods, after those that nobody holds', () => {
    expect(claim('po_1.1', 'po_1', 'bank', 700n)).toBe('success');
    expect(carry('po_1.1', 'lt_1', 300n)).toBe('success');
    expect(at('lt_1').parts[0]?.claims).toEqual([]);
    expect(carry('po_1.1', 'lt_1', 300n)).toBe('success');
    expect(at('lt_1').parts).toEqual([
      {
        lineage: 'po_1.1',
        value: 600n,
        claims: [{ by: 'po_1', holder: world.id('bank'), value: 300n }],
      },
    ]);
  });

  it('the same financier’s earlier claim moves into its next one', () => {
    expect(claim('po_1.1', 'po_1')).toBe('success');
    expect(carry('po_1.1', 'wr_1', 1_000n)).toBe('success');
    expect(claim('wr_1', 'ln_2', 'bank2')).toBe('already_financed');
    expect(claim('wr_1', 'ln_1', 'bank')).toBe('success');
    expect(at('wr_1').parts[0]?.claims).toMatchObject([{ by: 'ln_1', value: 1_000n }]);
  });

  it('a claim is given up with the goods that leave', () => {
    expect(claim('po_1.1', 'ln_1')).toBe('success');
    expect(carry('po_1.1', 'dl_1', 400n, { releasing: 'ln_1' })).toBe('success');
    expect(claim('dl_1', 'rv_1', 'bank2')).toBe('success');
    expect(claim('po_1.1', 'rv_1', 'bank2')).toBe('already_financed');
  });

  it('release frees all that a claimant holds, wherever it is', () => {
    expect(claim('po_1.1', 'po_1')).toBe('success');
    expect(carry('po_1.1', 'lt_1', 400n)).toBe('success');
    expect(act('release_goods', { by: 'po_1' })).toBe('success');
    expect(world.must(claimants, 'po_1').state).toBe('RELEASED');
    expect(claim('lt_1', 'ln_1', 'bank2')).toBe('success');
    expect(claim('po_1.1', 'ln_2', 'bank2')).toBe('success');
    expect(act('release_goods', { by: 'ln_9' })).toBe('success');
  });

  it('keeps finer quantities exactly, and refuses other units', () => {
    expect(add('lt_1', 1_500n, 3)).toBe('success');
    expect(carry('po_1.1', 'lt_1', 1n)).toBe('success');
    expect(at('lt_1')).toMatchObject({ scale: 3 });
    expect(totalOf(at('lt_1'))).toBe(2_500n);
    const kilograms = { value: 1n, unit: 'KGM', scale: 0 };
    expect(act('add_goods', { stage: 'lt_1', quantity: kilograms })).toBe('unit_does_not_match');
    expect(act('add_goods', { stage: 'lt_k', quantity: kilograms })).toBe('success');
    expect(carry('po_1.1', 'lt_k', 1n)).toBe('unit_does_not_match');
  });

  it('refuses to move what is not there', () => {
    expect(carry('po_9.1', 'lt_1', 1n)).toBe('reference_not_found');
    expect(carry('po_1.1', 'lt_1', 1_001n)).toBe('lineage_quantity_exceeded');
    expect(carry('po_1.1', 'lt_1', 0n)).toBe('amount_must_be_positive');
    const end = { stage: 'po_1.1', quantity: tons(1_001n) };
    expect(act('end_goods', end)).toBe('lineage_quantity_exceeded');
    expect(act('end_goods', { stage: 'po_1.1', quantity: tons(1_000n) })).toBe('success');
    expect(at('po_1.1').parts).toEqual([]);
    expect(add('po_1.1', 2n ** 62n)).toBe('success');
    expect(add('po_1.1', 2n ** 62n)).toBe('amount_out_of_range');
  });

  it('where no goods are known nothing is held', () => {
    expect(claim('an_1', 'ln_1')).toBe('success');
    expect(world.read(claimants, 'ln_1')).toBeUndefined();
  });

  it('bounds parts and claimants (R14)', () => {
    for (let n = 1; n <= 16; n += 1) {
      expect(add(`po_x.${n}`, 10n)).toBe('success');
      expect(carry(`po_x.${n}`, 'lt_1', 1n)).toBe('success');
    }
    expect(carry('po_1.1', 'lt_1', 1n)).toBe('bound_exceeded');
    for (let n = 1; n <= 8; n += 1) expect(claim('po_1.1', `ln_${n}`, 'bank', 1n)).toBe('success');
  });
});
