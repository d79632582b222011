import { dayFromTime } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { liens } from '../lien/keys.js';
import { monitoring } from '../monitoring/index.js';
import { alerts } from '../monitoring/keys.js';
import type { World } from '../testkit.js';
import { receipts, tokens } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  barrels,
  byLender,
  DAY_MS,
  defaultWorld,
  digestOf,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  liensOn,
  opening,
  payAndDistribute,
  revalue,
  saleOf,
} from './pledgeWorld.js';

const RECEIPT = 'warehouse-receipt';

function collect(world: World, alias: string) {
  const { version, quantity } = world.must(receipts, 'wr_oil');
  const how = { vehicle: 'V', driverRef: digestOf('d'), validTo: world.nowMs() + HOUR_MS };
  const params = { id: 'wr_oil', expectedVersion: version, quantity: { ...quantity }, ...how };
  return world.agree([alias, 'keeper'], RECEIPT, 'withdraw', { ...params, byPledgee: true });
}

describe('442: the pledgee collects goods that are due before the debt', () => {
  it('from their day on, without the pledgor and whatever is owed', () => {
    const world = establishedWorld({ maturity: 21_000 });
    accepted(draw(world, 400_000_000n));
    expect(collect(world, 'bank').code).toBe('receipt_not_due_before_debt');
    world.advance(400 * DAY_MS);
    expect(collect(world, 'holder').code).toBe('signer_not_party_to_object');
    expect(collect(world, 'bank2').code).toBe('signer_not_party_to_object');
    accepted(collect(world, 'bank'));
    expect(world.must(tokens, 'wr_oil', '1').collectedBy).toBe(world.id('bank'));
    const weighed = { weighed: barrels(120_000n), weighing: digestOf('out') };
    accepted(world.submit('keeper', RECEIPT, 'gate_out', { id: 'wr_oil', token: 1, ...weighed }));
    expect(world.must(receipts, 'wr_oil').state).toBe('DELIVERED');
    expect(liensOn(world, 'wr_oil')).toEqual([]);
  });

  it('not where the debt is due no later than the receipt', () => {
    const world = establishedWorld();
    world.advance(400 * DAY_MS);
    expect(collect(world, 'bank').code).toBe('receipt_not_due_before_debt');
  });
});

describe('goods sold by the pledgee', () => {
  it('the lien on them ends as ENFORCED, not as released', () => {
    const world = defaultWorld();
    const [lien = ''] = liensOn(world, 'wr_oil');
    accepted(byLender(world, 'open_enforcement', opening()));
    accepted(byLender(world, 'record_sale', saleOf(world, 480_000_000n)));
    expect(world.must(liens, lien).state).toBe('EFFECTIVE');
    accepted(payAndDistribute(world, 480_000_000n));
    expect(world.must(liens, lien).state).toBe('ENFORCED');
  });
});

describe('what the pledgee alone may not do', () => {
  it.each([
    'APPROVED',
    'CONTROL_PENDING',
    'WARNING',
    'MARGIN_CALL',
    'CURE_FAILED',
    'DEFAULT',
    'ENFORCEMENT',
    'CLOSED',
  ] as const)('F2: nothing is drawn in %s', (state) => {
    const world = establishedWorld();
    world.plant(facilities, ['pl_oil'], { ...world.must(facilities, 'pl_oil'), state });
    expect(draw(world, 1n).code).toBe('state_forbids_command');
  });

  it('F2: but in ESTABLISHED, and in NORMAL', () => {
    const world = establishedWorld();
    expect(draw(world, 1n).code).toBe('success');
    expect(world.must(facilities, 'pl_oil').state).toBe('NORMAL');
    expect(draw(world, 1n).code).toBe('success');
  });

  it('F7: a re-pledge without the pledgor: the lender can open none', () => {
    const world = establishedWorld();
    const { version } = world.must(receipts, 'wr_oil');
    const again = { id: 'wr_oil', expectedVersion: version, facility: 'pl_oil' };
    const params = { ...again, affiliationAccepted: false };
    expect(world.submit('bank', RECEIPT, 'pledge', params).code).toBe('signer_not_party_to_object');
  });
});

describe('papers of pledged goods', () => {
  it('DOC_EXPIRY: an insurance that must be in force is not', () => {
    const insured = [item('wr_oil', { insuranceRequired: true })];
    const world = establishedWorld({ items: insured }, {}, true, [monitoring]);
    const open = world.records(alerts).filter(({ state }) => state === 'RAISED');
    expect(open.map(({ kind, asset }) => `${kind} ${asset}`)).toEqual(['DOC_EXPIRY pl_oil']);
  });

  it('DOC_EXPIRY: a licence of the supervisor ended, and a renewal clears the alert', () => {
    const world = establishedWorld({}, {}, true, [monitoring]);
    const id = world.id('supervisor');
    const record = (days: number) => {
      const validTo = dayFromTime(world.nowMs()) + days;
      const licence = { kind: 'supervision', number: 'S-1', scope: 'bulk liquids', validTo };
      accepted(world.submit('governor', 'party-registry', 'record_licence', { id, licence }));
      accepted(revalue(world));
      return world.records(alerts).map(({ kind, state, refs }) => `${kind} ${state} ${refs}`);
    };
    expect(record(-1)).toEqual([`DOC_EXPIRY RAISED ${id}`]);
    expect(record(30)).toEqual([`DOC_EXPIRY RESOLVED ${id}`]);
  });
});
