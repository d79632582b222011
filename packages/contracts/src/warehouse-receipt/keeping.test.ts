import { compareText, dayFromTime } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { monitoring } from '../monitoring/index.js';
import { openCriticalAlert } from '../monitoring/internal.js';
import { alerts } from '../monitoring/keys.js';
import {
  accepted,
  barrels,
  DAY_MS,
  digestOf,
  emptyWorld,
  establishedWorld,
  ref,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { Given, World } from '../testkit.js';
import { warehouseReceipt } from './index.js';
import { lots, receipts, requests, stocktakes } from './keys.js';

const NAME = 'warehouse-receipt';
let world: World;

const send = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;

/** A lot of 10,000 barrels, loss standard 30 Bps, of which 8,000 are under two receipts. */
function storedWorld(more: Given['contracts'] = []): World {
  const made = emptyWorld({}, more);
  withLot(made, 'lt_oil', 10_000n);
  withReceipt(made, 'wr_a', 'lt_oil', 5_000n);
  withReceipt(made, 'wr_b', 'lt_oil', 3_000n);
  return made;
}

const open = (alias = 'bank', extra = {}) =>
  send(alias, 'open_stocktake', {
    id: 'lt_oil',
    counter: world.id('supervisor'),
    blind: true,
    ...extra,
  });
const count = (value: bigint, stocktake = 1, alias = 'supervisor') =>
  send(alias, 'count', { id: 'lt_oil', stocktake, counted: barrels(value), evidence: ref });
const reconcile = (stocktake = 1, alias = 'keeper') =>
  send(alias, 'reconcile', { id: 'lt_oil', stocktake });
const sign = (stocktake = 1, alias = 'supervisor') =>
  send(alias, 'sign_stocktake', { id: 'lt_oil', stocktake });

function counted(value: bigint, stocktake = 1): void {
  expect(open()).toBe('success');
  expect(count(value, stocktake)).toBe('success');
  expect(reconcile(stocktake)).toBe('success');
  expect(sign(stocktake)).toBe('success');
  accepted(world.countersign('bank', NAME, 'lt_oil'));
}

beforeEach(() => {
  world = storedWorld();
});

describe('stocktake', () => {
  it.each([
    [10_000n, 'within_standard', 'OPEN'],
    [9_970n, 'within_standard', 'OPEN'],
    [9_969n, 'missing', 'SHORT'],
    [10_001n, 'surplus', 'OPEN'],
    [0n, 'missing', 'SHORT'],
  ])('E7: counting %d of 10,000 at 30 Bps is %s, the lot %s', (value, verdict, state) => {
    counted(value);
    expect(world.must(stocktakes, 'lt_oil', '1')).toMatchObject({ state: 'SIGNED', verdict });
    expect(world.must(lots, 'lt_oil')).toMatchObject({ state, onHand: barrels(value) });
  });

  it('COUNT_MISMATCH: a surplus warns, goods that are missing are critical, a sound count ends both', () => {
    world = storedWorld([monitoring]);
    const raised = () =>
      world
        .records(alerts)
        .map(({ kind, asset, severity, state }) => `${kind} ${asset} ${severity} ${state}`)
        .sort(compareText);
    counted(10_001n);
    expect(raised()).toEqual(['COUNT_MISMATCH lt_oil warning RAISED']);
    counted(9_000n, 2);
    expect(raised()).toEqual([
      'COUNT_MISMATCH lt_oil critical RAISED',
      'COUNT_MISMATCH lt_oil warning RAISED',
    ]);
    expect(openCriticalAlert({ get: world.read }, 'lt_oil')).toBeDefined();
    counted(9_000n, 3);
    expect(raised()).toEqual([
      'COUNT_MISMATCH lt_oil critical RESOLVED',
      'COUNT_MISMATCH lt_oil warning RESOLVED',
    ]);
  });

  it('counts by the books at its opening, and keeps what moved since', () => {
    expect(open()).toBe('success');
    const goods = { id: 'lt_oil', quantity: barrels(500n), slots: [], weighing: digestOf('more') };
    expect(send('keeper', 'gate_in', goods)).toBe('success');
    expect(count(9_990n)).toBe('success');
    expect(reconcile()).toBe('success');
    expect(sign()).toBe('success');
    accepted(world.countersign('bank', NAME, 'lt_oil'));
    expect(world.must(stocktakes, 'lt_oil', '1').missing).toBe(10n);
    expect(world.must(lots, 'lt_oil').onHand).toEqual(barrels(10_490n));
  });

  it('E1: a lot is short while its receipts exceed it, and sound after a count inside', async () => {
    counted(4_000n);
    const lot = world.must(lots, 'lt_oil');
    expect(lot).toMatchObject({ state: 'SHORT', short: { onHand: 4_000n, receipted: 8_000n } });
    const report = await ask(world, warehouseReceipt, 'overIssueReport', { lot: 'lt_oil' });
    expect(report.data).toMatchObject({
      overIssued: barrels(4_000n),
      entitlements: [
        { receipt: 'wr_a', entitled: barrels(2_500n) },
        { receipt: 'wr_b', entitled: barrels(1_500n) },
      ],
    });
    const goods = { id: 'lt_oil', quantity: barrels(4_000n), slots: [], weighing: digestOf('x') };
    expect(send('keeper', 'gate_in', goods)).toBe('success');
    expect(world.must(lots, 'lt_oil').state).toBe('SHORT');
    counted(8_000n, 2);
    expect(world.must(lots, 'lt_oil')).toMatchObject({
      state: 'OPEN',
      lastStocktakeAt: world.nowMs(),
    });
  });

  it('from a short lot a receipt takes its share and no more, once', () => {
    counted(4_000n);
    const take = (value: bigint) => {
      const { version } = world.must(receipts, 'wr_a');
      const terms = { vehicle: 'V', driverRef: digestOf('d'), validTo: world.nowMs() + DAY_MS };
      const params = { id: 'wr_a', expectedVersion: version, quantity: barrels(value), ...terms };
      return world.submit('holder', NAME, 'withdraw', params).code;
    };
    expect(take(2_501n)).toBe('lot_is_short');
    expect(take(2_500n)).toBe('success');
    accepted(world.countersign('keeper', NAME, 'wr_a'));
    const out = { id: 'wr_a', token: 1, weighed: barrels(2_500n), weighing: digestOf('out') };
    expect(send('keeper', 'gate_out', out)).toBe('success');
    expect(take(1n)).toBe('lot_is_short');
  });

  it('a short lot takes no receipt, and its receipts are not split or pledged', () => {
    counted(4_000n);
    const parts = ['wr_c', 'wr_d'].map((id) => ({ id, quantity: barrels(2_500n) }));
    expect(send('holder', 'split', { id: 'wr_a', expectedVersion: 1, parts })).toBe('lot_is_short');
  });

  it('refuses what it must, in the documented order', () => {
    expect(open('holder')).toBe('signer_lacks_role');
    expect(open('bank', { id: 'lt_none' })).toBe('object_not_found');
    expect(open('keeper2')).toBe('signer_not_party_to_object');
    expect(open('bank', { counter: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(open('bank', { counter: world.id('keeper') })).toBe('counter_is_keeper');
    expect(open('keeper')).toBe('success');
    expect(open()).toBe('stocktake_open');
    expect(count(1n, 2)).toBe('object_not_found');
    expect(count(1n, 1, 'keeper')).toBe('signer_not_party_to_object');
    expect(reconcile()).toBe('stocktake_not_ready');
    expect(count(-1n)).toBe('amount_must_be_positive');
    expect(sign()).toBe('stocktake_not_ready');
    expect(count(10_000n)).toBe('success');
    expect(count(9_000n)).toBe('state_forbids_command');
    expect(reconcile(1, 'holder')).toBe('signer_not_party_to_object');
    expect(reconcile(9)).toBe('object_not_found');
    expect(reconcile()).toBe('success');
    expect(sign(9)).toBe('object_not_found');
    expect(sign(1, 'keeper')).toBe('signer_not_party_to_object');
    world.advance(4 * DAY_MS);
    expect(open()).toBe('success');
    expect(sign()).toBe('stocktake_not_ready');
  });
});

describe('after the storage period', () => {
  const demand = (extra = {}) =>
    send('keeper', 'demand_collection', { id: 'wr_a', expectedVersion: 1, days: 15, ...extra });
  const deposit = (extra = {}) =>
    send('keeper', 'deposit', {
      id: 'wr_a',
      expectedVersion: 2,
      depositary: 'Zhoushan notary office',
      evidence: ref,
      weighing: digestOf('deposit'),
      ...extra,
    });

  it('916: demand, then deposit of what was not taken', () => {
    expect(demand()).toBe('storage_period_running');
    expect(deposit({ expectedVersion: 1 })).toBe('demand_period_running');
    world.advance(401 * DAY_MS);
    expect(demand({ days: 14 })).toBe('demand_period_running');
    expect(demand({ expectedVersion: 9 })).toBe('object_version_is_stale');
    expect(send('keeper2', 'demand_collection', { id: 'wr_a', expectedVersion: 1, days: 15 })).toBe(
      'signer_not_party_to_object',
    );
    expect(demand()).toBe('success');
    expect(deposit()).toBe('demand_period_running');
    world.advance(16 * DAY_MS);
    expect(deposit({ weighing: digestOf('in lt_oil') })).toBe('weighing_already_used');
    expect(deposit()).toBe('success');
    expect(world.must(receipts, 'wr_a')).toMatchObject({ state: 'DEPOSITED', tokensIssued: 1 });
    expect(world.must(lots, 'lt_oil')).toMatchObject({
      onHand: barrels(5_000n),
      receipted: barrels(3_000n),
    });
    expect(deposit({ expectedVersion: 3 })).toBe('state_forbids_command');
  });

  it('nothing is pledged past its storage period', () => {
    world = establishedWorld();
    withReceipt(world, 'wr_old', 'lt_oil', 10n);
    world.advance(401 * DAY_MS);
    const params = {
      id: 'wr_old',
      expectedVersion: 1,
      facility: 'pl_oil',
      affiliationAccepted: false,
    };
    expect(send('holder', 'pledge', params)).toBe('storage_period_over');
  });

  it('a pledge stays on what was deposited, until the lender releases it', () => {
    world = establishedWorld();
    world.advance(401 * DAY_MS);
    const { version } = world.must(receipts, 'wr_oil');
    const demanded = { id: 'wr_oil', expectedVersion: version, days: 20 };
    expect(send('keeper', 'demand_collection', demanded)).toBe('success');
    world.advance(30 * DAY_MS);
    expect(deposit({ id: 'wr_oil', expectedVersion: version + 1 })).toBe('success');
    expect(world.must(receipts, 'wr_oil').lien).toBeDefined();
    const release = { id: 'wr_oil', expectedVersion: version + 2 };
    expect(send('bank', 'release', release)).toBe('success');
    expect(world.must(receipts, 'wr_oil').state).toBe('DEPOSITED');
    expect(world.must(receipts, 'wr_oil').lien).toBeUndefined();
  });
});

describe('the holder’s requests and the keeper’s duties', () => {
  it('911: the keeper answers a request in time', () => {
    expect(send('holder', 'request_inspection', { id: 'wr_a', note: 'see it' })).toBe('success');
    const answer = { id: 'wr_a', request: 1, evidence: ref };
    expect(send('keeper2', 'answer_request', answer)).toBe('signer_not_party_to_object');
    expect(send('keeper', 'answer_request', { ...answer, request: 2 })).toBe('object_not_found');
    expect(send('keeper', 'answer_request', answer)).toBe('success');
    expect(send('keeper', 'answer_request', answer)).toBe('request_already_answered');
    const flag = { id: 'wr_a', request: 1 };
    expect(send('buyer', 'flag_request', flag)).toBe('request_already_answered');
    expect(send('buyer', 'flag_request', { ...flag, request: 7 })).toBe('object_not_found');
  });

  it('911: past the deadline without an answer it is flagged', async () => {
    expect(send('holder', 'request_sample', { id: 'wr_a', note: 'one litre' })).toBe('success');
    const flag = { id: 'wr_a', request: 1 };
    expect(send('buyer', 'flag_request', flag)).toBe('deadline_not_reached');
    world.advance(4 * DAY_MS);
    const answer = await ask(world, warehouseReceipt, 'requests', { id: 'wr_a' });
    expect(answer.data).toMatchObject([{ kind: 'sample', flags: ['request_overdue'] }]);
    expect(send('buyer', 'flag_request', flag)).toBe('success');
    expect(world.must(requests, 'wr_a', '1').flaggedAt).toBe(world.nowMs());
    expect(send('buyer', 'flag_request', flag)).toBe('state_forbids_command');
  });

  it('only the holder asks, and only of an open receipt', () => {
    const ask911 = (alias: string, id = 'wr_a') =>
      send(alias, 'request_inspection', { id, note: 'see it' });
    expect(ask911('buyer')).toBe('signer_not_party_to_object');
    expect(ask911('holder', 'wr_none')).toBe('object_not_found');
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', { id: 'wr_b', expectedVersion: 1 }));
    expect(ask911('holder', 'wr_b')).toBe('state_forbids_command');
    expect(send('court', 'freeze', { id: 'wr_a', order: ref })).toBe('success');
    expect(ask911('holder')).toBe('object_is_frozen');
  });

  it('912: the keeper reports damage', () => {
    const report = { id: 'lt_oil', kind: 'damage', note: 'water in the tank', evidence: ref };
    expect(send('keeper2', 'report_damage', report)).toBe('signer_not_party_to_object');
    expect(send('keeper', 'report_damage', { ...report, id: 'lt_no' })).toBe('object_not_found');
    const wrong = { ...report, quantity: { ...barrels(1n), unit: 'KGM' } };
    expect(send('keeper', 'report_damage', wrong)).toBe('unit_does_not_match');
    expect(send('keeper', 'report_damage', report)).toBe('success');
    expect(world.must(lots, 'lt_oil').damageReports).toBe(1);
  });

  it('R11: an order on a lot stops its receipts', () => {
    expect(send('court', 'freeze', { id: 'lt_oil', order: ref })).toBe('success');
    expect(send('court', 'freeze', { id: 'lt_oil', order: ref })).toBe('object_is_frozen');
    const transfer = { id: 'wr_a', expectedVersion: 1, to: world.id('buyer') };
    expect(send('holder', 'transfer', transfer)).toBe('object_is_frozen');
    expect(send('court', 'unfreeze', { id: 'lt_oil', order: ref })).toBe('success');
    expect(send('holder', 'transfer', transfer)).toBe('success');
  });

  it('the day of a request is the Beijing day', () => {
    expect(send('holder', 'request_inspection', { id: 'wr_a', note: 'x' })).toBe('success');
    expect(world.must(requests, 'wr_a', '1').until).toBe(dayFromTime(world.nowMs()) + 3);
  });
});
