import { describe, expect, it } from 'vitest';
import { monitoring } from '../monitoring/index.js';
import { recordAlert } from '../monitoring/internal.js';
import type { RecordRuleKind } from '../monitoring/kinds.js';
import {
  invoice,
  issue as issueOrder,
  submit as orderStep,
  prepare,
} from '../purchase-order/orderWorld.js';
import type { World } from '../testkit.js';
import {
  act,
  confirmedClaim,
  DAY_MS,
  financedClaim,
  GROSS,
  hand,
  issueClaim,
  matured,
  onClaim,
  payClaim,
  pledgedClaim,
  relate,
  tradedWorld,
} from './claimWorld.js';
import { claims, exposures } from './keys.js';

describe('alerts that orders, claims and debts raise (domain 3.10)', () => {
  it('knows the callers that may raise them', () => {
    const { callers = [] } = monitoring.internals.get('raise_alert') ?? {};
    expect(callers).toEqual(expect.arrayContaining(['purchase-order', 'receivable', 'payment']));
  });

  it('DUPLICATE_FINGERPRINT: on the similar invoice, to its buyer, naming the earlier one', () => {
    const world = tradedWorld();
    expect(alertOf(world, 'DUPLICATE_FINGERPRINT', 'in_1')).toBeUndefined();
    prepare(invoice(world, 'in_9', 100n, { number: '00009' }));
    const found = alertOf(world, 'DUPLICATE_FINGERPRINT', 'in_9');
    expect(found).toMatchObject({ state: 'RAISED', owner: world.id('buyer'), refs: ['in_1'] });
  });

  it('CIRCULAR_TRADE: on the order by which a ware comes back', () => {
    const world = tradedWorld();
    prepare(issueOrder(world, { id: 'po_back', seller: world.id('buyer') }, 'seller'));
    const accepted = { id: 'po_back', expectedVersion: 1 };
    prepare(orderStep(world, 'buyer', 'accept_order', accepted));
    const found = alertOf(world, 'CIRCULAR_TRADE', 'po_back');
    expect(found).toMatchObject({ severity: 'critical', owner: world.id('seller') });
  });

  it('CIRCULAR_TRADE: on a claim that comes near its debtor', () => {
    const world = confirmedClaim();
    relate(world, 'buyer', 'other');
    prepare(hand(world, ['seller', 'other']));
    expect(alertOf(world, 'CIRCULAR_TRADE', 'rv_2')?.owner).toBe(world.id('buyer'));
  });

  it.each(['confirm', 'cancel'])('LATE_CONFIRM: on day 31 until the claim meets %s', (ending) => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    world.advance(32 * DAY_MS);
    expect(alertOf(world, 'LATE_CONFIRM', 'rv_1')).toBeUndefined();
    prepare(act(world, 'third', 'flag_late_confirm', { id: 'rv_1' }));
    expect(alertOf(world, 'LATE_CONFIRM', 'rv_1')).toMatchObject({ owner: world.id('buyer') });
    if (ending === 'confirm') prepare(onClaim(world, 'buyer', 'confirm'));
    else {
      prepare(onClaim(world, 'seller', 'cancel'));
      prepare(world.countersign('buyer', 'receivable', 'rv_1'));
    }
    expect(alertOf(world, 'LATE_CONFIRM', 'rv_1')?.state).toBe('RESOLVED');
  });

  it('LATE_PAYMENT: on debt and claim once the last day has ended, until they are paid', () => {
    const world = matured(confirmedClaim());
    const { obligation = '' } = world.must(claims, 'rv_1');
    const flag = () => world.submit('third', 'payment', 'flag_late_payment', { id: obligation });
    expect(flag().code).toBe('deadline_not_reached');
    world.advance(3 * DAY_MS);
    expect(flag().code).toBe('success');
    expect(flag().events.map((event) => event.type)).toEqual(['obligation.late']);
    prepare(onClaim(world, 'seller', 'mark_overdue'));
    for (const asset of [obligation, 'rv_1']) {
      expect(alertOf(world, 'LATE_PAYMENT', asset)).toMatchObject({ owner: world.id('buyer') });
    }
    const late = GROSS + 170n;
    const paid = payClaim(world, 'pp_1', { payee: 'seller', minor: late });
    expect(paid.code).toBe('success');
    expect(alertOf(world, 'LATE_PAYMENT', obligation)?.state).toBe('RESOLVED');
    expect(flag().code).toBe('state_forbids_command');
    prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
    expect(alertOf(world, 'LATE_PAYMENT', 'rv_1')?.state).toBe('RESOLVED');
    const nothing = { id: 'ob_none' };
    const unknown = world.submit('third', 'payment', 'flag_late_payment', nothing);
    expect(unknown.code).toBe('object_not_found');
  });
});

describe('CONCENTRATION: one debtor over a share of what a lender has at stake', () => {
  it('counts what was financed or pledged until it is paid, released or handed back', () => {
    const world = financedClaim();
    const stake = () => world.must(exposures, world.id('lender'), 'CNY', world.id('buyer')).minor;
    expect(stake()).toBe(GROSS);
    const pledged = pledgedClaim();
    const all = () => pledged.must(exposures, pledged.id('lender'), 'CNY', 'all').minor;
    expect(all()).toBe(90_000n);
    prepare(onClaim(pledged, 'lender', 'release'));
    expect(all()).toBe(0n);
    matured(world);
    prepare(payClaim(world, 'pp_1', { payee: 'lender', minor: GROSS }));
    prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
    expect(stake()).toBe(0n);
  });

  it('is no matter below the least sum, nor on exactly the line', () => {
    const below = financedClaim();
    expect(alertOf(below, 'CONCENTRATION', 'rv_1')).toBeUndefined();
    const parameters = { concentrationFloorMinor: 1, concentrationBps: 10_000 };
    const on = financedClaim({}, true, { parameters: { receivable: parameters } });
    expect(alertOf(on, 'CONCENTRATION', 'rv_1')).toBeUndefined();
  });

  it('is raised to the lender on the claim that crosses the line, until the share is gone', () => {
    const parameters = { concentrationFloorMinor: 1, concentrationBps: 9_999 };
    const world = financedClaim({}, true, { parameters: { receivable: parameters } });
    const found = alertOf(world, 'CONCENTRATION', 'rv_1');
    expect(found).toMatchObject({ owner: world.id('lender'), refs: [world.id('buyer')] });
    matured(world);
    prepare(payClaim(world, 'pp_1', { payee: 'lender', minor: GROSS }));
    prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
    expect(alertOf(world, 'CONCENTRATION', 'rv_1')?.state).toBe('RESOLVED');
  });
});

function alertOf(world: World, kind: RecordRuleKind, asset: string) {
  return recordAlert({ get: world.read }, kind, asset);
}
