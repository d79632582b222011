import { warehouseReceipt } from '@triflow/contracts';
import { lots, receipts } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  charge,
  DAY_MS,
  digestOf,
  facility,
  goodsWorld,
  issue,
  issueOf,
  orderOf,
  pledge,
  ref,
  report,
  store,
  tons,
  yuan,
} from '../goodsWorld.js';

/** Frauds with receipts (domain section 4): each is stopped, or seen. */
const NAME = 'warehouse-receipt';
let world: World;

beforeEach(() => {
  world = goodsWorld();
  store(world, 'lt_1', 1_000n);
});

describe('duplicate receipts: several issuers, one heap', () => {
  it('the same container in two depots: slot_already_assigned', () => {
    const box = { quantity: tons(10n), slots: ['container:MSCU1'] };
    const first = { id: 'lt_1', ...box, weighing: digestOf('a') };
    accepted(world.submit('keeper', NAME, 'gate_in', first));
    const ware = { sku: 'STEEL', grade: 'Q235', unit: 'TNE', scale: 0, lossStandardBps: 30 };
    const lot = { id: 'lt_2', mode: 'identified', ...ware };
    accepted(world.submit('keeper2', NAME, 'create_lot', lot));
    const second = { id: 'lt_2', ...box, weighing: digestOf('b') };
    expect(world.submit('keeper2', NAME, 'gate_in', second).code).toBe('slot_already_assigned');
  });

  it('more on paper than in the heap: lot_quantity_exceeded', () => {
    issue(world, 'wr_1', 'lt_1', 900n);
    const more = issueOf(world, 'wr_2', 'lt_1', 101n);
    expect(world.submit('keeper', NAME, 'issue', more).code).toBe('lot_quantity_exceeded');
  });

  it('what two lenders took from outside on one heap: rank over the lot', async () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    issue(world, 'wr_2', 'lt_1', 500n);
    for (const [id, receipt] of [
      ['ln_a', 'wr_1'],
      ['ln_b', 'wr_2'],
    ] as const) {
      const at = world.nowMs();
      const filed = { registrationNo: id, registeredAt: at, registryValidTo: 90_000 };
      const publicity = { ...filed, registrationNo: `N-${receipt.slice(3)}`, controlAt: at };
      const asset = { kind: 'receipt', id: receipt };
      accepted(report(world, id, { asset, class: 'PLEDGE_RECEIPT', publicity }));
      world.advance(DAY_MS);
    }
    expect(await orderOf(world)).toEqual([['ln_a'], ['ln_b']]);
  });
});

describe('one cargo, many pledges', () => {
  it('a second pledge: asset_already_encumbered', () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    facility(world, 'wr_1');
    accepted(pledge(world, 'wr_1'));
    expect(pledge(world, 'wr_1').code).toBe('asset_already_encumbered');
  });

  it('goods that come from a pledged lot, pledged again: already_financed', () => {
    store(world, 'lt_2', 100n, { lineage: ['lt_1'] });
    issue(world, 'wr_2', 'lt_2', 100n);
    facility(world, 'wr_2');
    accepted(charge(world, 'ln_1', 'bank', { class: 'PLEDGE_GOODS', debtRef: 'pl_1' }));
    expect(pledge(world, 'wr_2').code).toBe('already_financed');
  });

  it('a keeper that colludes: a random count finds the heap short', () => {
    issue(world, 'wr_1', 'lt_1', 900n);
    const opened = { id: 'lt_1', counter: world.id('supervisor'), blind: true };
    accepted(world.submit('bank3', NAME, 'open_stocktake', opened));
    const ref1 = { id: 'lt_1', stocktake: 1 };
    const counted = { ...ref1, counted: tons(400n), evidence: ref };
    accepted(world.submit('supervisor', NAME, 'count', counted));
    accepted(world.submit('supervisor', NAME, 'reconcile', ref1));
    accepted(world.agree(['supervisor', 'bank3'], NAME, 'sign_stocktake', ref1));
    expect(world.must(lots, 'lt_1').state).toBe('SHORT');
    const more = issueOf(world, 'wr_2', 'lt_1', 1n);
    expect(world.submit('keeper', NAME, 'issue', more).code).toBe('lot_is_short');
  });

  const sell = (from: string, to: string, minor: bigint | undefined) => {
    const { version } = world.must(receipts, 'wr_1');
    const price = minor === undefined ? {} : { price: yuan(minor) };
    const params = { id: 'wr_1', expectedVersion: version, to: world.id(to), ...price };
    const { events } = accepted(world.agree([from, to, 'keeper'], NAME, 'transfer', params));
    return events.find(({ type }) => type === 'receipt.transferred')?.data.flags;
  };

  it('sale and purchase back at a premium: flag repurchase_pattern', () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    expect(sell('holder', 'buyer', 1_000n)).toEqual([]);
    world.advance(30 * DAY_MS);
    expect(sell('buyer', 'holder', 1_100n)).toEqual(['repurchase_pattern']);
  });

  it('through an affiliate of the buyer: flag repurchase_pattern', () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    sell('holder', 'buyer', 1_000n);
    const close = { other: world.id('bank3'), kind: 'common_control', evidence: ref };
    const declared = { id: world.id('buyer'), ...close };
    accepted(world.submit('buyer', 'party-registry', 'declare_affiliation', declared));
    expect(sell('buyer', 'bank3', 1_000n)).toEqual([]);
    expect(sell('bank3', 'holder', 1_200n)).toEqual(['repurchase_pattern']);
  });

  it('back for less, or after the time, is no such pattern; a price not told is', () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    sell('holder', 'buyer', 1_000n);
    expect(sell('buyer', 'holder', 900n)).toEqual([]);
    sell('holder', 'buyer', 1_000n);
    expect(sell('buyer', 'holder', undefined)).toEqual(['repurchase_pattern']);
    sell('holder', 'buyer', 1_000n);
    world.advance(181 * DAY_MS);
    expect(sell('buyer', 'holder', 2_000n)).toEqual([]);
  });
});

describe('forged receipts and false goods', () => {
  it('a receipt that was never issued: verifyReceipt says so, with the key to prove it', async () => {
    const query = warehouseReceipt.queries.get('verifyReceipt');
    const answer = await query?.run(world.reader(), { id: 'wr_forged' } as never);
    expect(answer?.data).toEqual({ issued: false });
    expect(answer?.proofRef).toEqual(['warehouse-receipt/receipt/wr_forged']);
  });

  it('goods not as described: none without inspection, and the holder may sample', () => {
    const { inspection: _none, ...bare } = issueOf(world, 'wr_1', 'lt_1', 10n);
    expect(world.submit('keeper', NAME, 'issue', bare).code).toBe('inspection_missing');
    issue(world, 'wr_1', 'lt_1', 10n);
    const sample = { id: 'wr_1', note: 'one coil' };
    accepted(world.submit('holder', NAME, 'request_sample', sample));
  });
});

describe('the night truck', () => {
  const out = (token: number) => ({
    id: 'wr_1',
    token,
    weighed: tons(100n),
    weighing: digestOf('night'),
  });

  beforeEach(() => {
    issue(world, 'wr_1', 'lt_1', 100n);
  });

  it('no token: release_token_missing', () => {
    expect(world.submit('keeper', NAME, 'gate_out', out(1)).code).toBe('release_token_missing');
  });

  it('a token opens the gate once, for its weight, in its time', () => {
    const how = { vehicle: 'V', driverRef: digestOf('d'), validTo: world.nowMs() + DAY_MS };
    const withdraw = { id: 'wr_1', expectedVersion: 1, quantity: tons(100n), ...how };
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw));
    const heavy = { ...out(1), weighed: tons(101n) };
    expect(world.submit('keeper', NAME, 'gate_out', heavy).code).toBe('gate_quantity_differs');
    accepted(world.submit('keeper', NAME, 'gate_out', out(1)));
    expect(world.submit('keeper', NAME, 'gate_out', out(1)).code).toBe('release_token_used');
  });
});

describe('stage doubling: order, stock, receipt and claim each financed', () => {
  it('L1: what another lender holds at an earlier stage is already_financed', () => {
    facility(world, 'lt_1');
    accepted(charge(world, 'ln_1', 'bank', { class: 'PLEDGE_GOODS', debtRef: 'pl_1' }));
    const more = issueOf(world, 'wr_1', 'lt_1', 10n);
    expect(world.submit('keeper', NAME, 'issue', more).code).toBe('asset_already_encumbered');
    const second = { class: 'PLEDGE_GOODS', debtRef: 'pl_1' };
    expect(charge(world, 'ln_2', 'bank', second).code).toBe('asset_already_encumbered');
  });
});
