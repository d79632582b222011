import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { invariants as lienInvariants } from '../lien/invariants.js';
import type { Outcome, World } from '../testkit.js';
import { invariants as receiptInvariants } from '../warehouse-receipt/invariants.js';
import { lots, receipts } from '../warehouse-receipt/keys.js';
import { invariants as facilityInvariants } from './invariants.js';
import {
  accepted,
  barrels,
  draw,
  establishedWorld,
  facilityTerms,
  HOUR_MS,
  item,
  ref,
  withReceipt,
} from './pledgeWorld.js';

/** Sequences by which a pledgor might pledge twice: each step is legal or refused by name. */
let world: World;

const rules = [...receiptInvariants, ...lienInvariants, ...facilityInvariants];
const onReceipt = (
  aliases: readonly string[],
  name: string,
  id: string,
  params: CborMap = {},
): Outcome => {
  const { version: expectedVersion } = world.must(receipts, id);
  return world.agree(aliases, 'warehouse-receipt', name, { id, expectedVersion, ...params });
};
const parts = (...list: readonly (readonly [string, bigint])[]) => ({
  parts: list.map(([id, value]) => ({ id, quantity: barrels(value) })),
});
const pledgeTo = (facility: string, id: string, bank: string) =>
  onReceipt(['holder', bank, 'keeper'], 'pledge', id, { facility, affiliationAccepted: true }).code;
const withdrawal = (value: bigint) => ({
  quantity: barrels(value),
  vehicle: 'A-1',
  driverRef: ref.hash,
  validTo: world.nowMs() + HOUR_MS,
});

/** A second bank's agreement with the same pledgor, on a receipt that it hopes for. */
function secondFacility(asset: string): void {
  const extra = { id: 'pl_two', lender: world.id('bank2'), items: [item(asset)] };
  const terms = facilityTerms(world, extra);
  accepted(world.agree(['holder', 'bank2'], 'pledge-facility', 'apply', terms));
  const signed = { supervisor: world.id('supervisor'), engagedBy: world.id('bank2') };
  const agreement = { id: 'pl_two', expectedVersion: 1, ...signed, agreement: ref };
  const signers = ['bank2', 'holder', 'supervisor'];
  accepted(world.agree(signers, 'pledge-facility', 'sign_agreement', agreement));
}

beforeEach(() => {
  world = establishedWorld();
  accepted(draw(world, 400_000_000n));
});

describe('a double pledge by a sequence of steps', () => {
  it('E3, E4, F4: split, then each part offered to a second bank', () => {
    const two = parts(['wr_a', 50_000n], ['wr_b', 70_000n]);
    accepted(onReceipt(['holder', 'bank', 'keeper'], 'split', 'wr_oil', two));
    secondFacility('wr_a');
    expect(pledgeTo('pl_two', 'wr_a', 'bank2')).toBe('asset_already_encumbered');
    expect(pledgeTo('pl_two', 'wr_b', 'bank2')).toBe('asset_already_encumbered');
    const merged = { id: 'wr_c', parts: ['wr_a', 'wr_b'].map((id) => versioned(id)) };
    expect(world.submit('holder', 'warehouse-receipt', 'merge', merged).code).toBe(
      'receipt_not_free',
    );
    const release = { id: 'wr_a', expectedVersion: world.must(receipts, 'wr_a').version };
    expect(world.submit('bank', 'warehouse-receipt', 'release', release).code).toBe(
      'release_would_breach_ltv',
    );
    expect(brokenInvariants(rules, world)).toEqual([]);
  });

  it('E5, F3: a part leaves by the gate only as far as the debt stays covered', () => {
    const all = onReceipt(['holder', 'bank', 'keeper'], 'withdraw', 'wr_oil', withdrawal(60_000n));
    expect(all.code).toBe('release_would_breach_ltv');
    const some = onReceipt(['holder', 'bank', 'keeper'], 'withdraw', 'wr_oil', withdrawal(5_000n));
    expect(some.code).toBe('success');
    const again = onReceipt(['holder'], 'withdraw', 'wr_oil', withdrawal(5_000n));
    expect(again.code).toBe('receipt_not_free');
    const two = parts(['wr_a', 60_000n], ['wr_b', 60_000n]);
    expect(onReceipt(['holder'], 'split', 'wr_oil', two).code).toBe('receipt_not_free');
    // What is on its way out is not lent on a second time.
    expect(draw(world, 20_000_000n).code).toBe('ltv_too_high');
    expect(brokenInvariants(rules, world)).toEqual([]);
  });

  it('E1: what was lent on cannot be receipted again, nor charged past its receipts', () => {
    withReceipt(world, 'wr_rest', 'lt_oil', 120_000n);
    const { onHand, receipted } = world.must(lots, 'lt_oil');
    expect(receipted).toEqual(onHand);
    const asset = { kind: 'lot', id: 'lt_oil' };
    const lien = { id: 'ln_x', asset, class: 'MORTGAGE', holder: world.id('bank2') };
    const terms = { securedMax: { minor: 1n, currency: 'USD' }, debtRef: 'po_x' };
    const clauses = { titlePassesOnDefault: false, junior: false };
    const charge = { ...lien, ...terms, ...clauses };
    expect(world.submit('holder', 'lien', 'create', charge).code).toBe('grantor_not_owner');
    expect(brokenInvariants(rules, world)).toEqual([]);
  });

  it('R9, R11: an endorsement that waits does not free what is pledged, nor outlive a freeze', () => {
    secondFacility('wr_oil');
    accepted(
      world.submit('holder', 'warehouse-receipt', 'transfer', {
        id: 'wr_oil',
        expectedVersion: world.must(receipts, 'wr_oil').version,
        to: world.id('buyer'),
      }),
    );
    expect(pledgeTo('pl_two', 'wr_oil', 'bank2')).toBe('object_has_pending_command');
    const order = { id: 'wr_oil', order: ref };
    accepted(world.submit('court', 'warehouse-receipt', 'freeze', order));
    accepted(world.countersign('bank', 'warehouse-receipt', 'wr_oil'));
    accepted(world.countersign('buyer', 'warehouse-receipt', 'wr_oil'));
    expect(world.countersign('keeper', 'warehouse-receipt', 'wr_oil').code).toBe(
      'object_is_frozen',
    );
    accepted(world.submit('court', 'warehouse-receipt', 'unfreeze', order));
    accepted(world.countersign('keeper', 'warehouse-receipt', 'wr_oil'));
    const { holder, lender, state } = world.must(receipts, 'wr_oil');
    expect([holder, lender, state]).toEqual([world.id('buyer'), world.id('bank'), 'PLEDGED']);
    expect(brokenInvariants(rules, world)).toEqual([]);
  });
});

function versioned(id: string): CborMap {
  return { id, expectedVersion: world.must(receipts, id).version };
}
