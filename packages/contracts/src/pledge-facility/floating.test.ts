import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { liens, onAsset } from '../lien/keys.js';
import { monitoring } from '../monitoring/index.js';
import {
  alerts,
  assetAlerts,
  assetDevices,
  ruleLists,
  rules,
  watches,
} from '../monitoring/keys.js';
import type { World } from '../testkit.js';
import { lots, receipts } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  attest,
  byLender,
  countLot,
  draw,
  emptyWorld,
  establishedWorld,
  facilityTerms,
  HOUR_MS,
  item,
  parties,
  quote,
  ref,
  register,
  revalue,
  usd,
  withAgreement,
  withFeed,
  withLot,
  withPledge,
  withReceipt,
} from './pledgeWorld.js';

const NAME = 'pledge-facility';
/** Floor of value, in cents. */
const FLOOR = 600_000_000n;
let world: World;

const facility = () => world.must(facilities, 'pl_oil');
const leftOut = () => accepted(revalue(world)).events[0]?.data.leftOut;

/** A floating pledge with 120,000 barrels in, and as many in a second pledged receipt. */
function floatingWorld(extra: CborMap = {}): World {
  const made = establishedWorld({ kind: 'floating', floorValueMinor: FLOOR, ...extra });
  withReceipt(made, 'wr_new', 'lt_oil', 110_000n);
  register(made, withPledge(made, 'wr_new'));
  return made;
}

describe('a floating pledge', () => {
  it('has a floor of value or quantity; a static one may do without', () => {
    const bare = emptyWorld();
    withFeed(bare);
    const terms = facilityTerms(bare, { kind: 'floating' });
    expect(bare.submit('holder', NAME, 'apply', terms).code).toBe('floor_missing');
    const floored = { ...terms, floorValueMinor: 1n };
    expect(bare.submit('holder', NAME, 'apply', floored).code).toBe('success');
  });

  it('void: the supervisor is the pledgor’s at the agreement, or becomes so before control', () => {
    const made = emptyWorld();
    withLot(made, 'lt_oil', 240_000n);
    withReceipt(made, 'wr_oil', 'lt_oil', 120_000n);
    withFeed(made);
    quote(made, 5_957n);
    withAgreement(made, { kind: 'floating', floorValueMinor: FLOOR });
    withPledge(made, 'wr_oil');
    const id = made.id('supervisor');
    const relation = { id, other: made.id('holder'), kind: 'common_control', evidence: ref };
    accepted(made.submit('supervisor', 'party-registry', 'declare_affiliation', relation));
    const params = { id: 'pl_oil', evidence: ref };
    expect(made.submit('supervisor', NAME, 'attest_control', params).code).toBe(
      'supervisor_not_independent',
    );
  });

  it('the supervisor alone lets goods go within the floors; of a static one it may not', () => {
    world = floatingWorld();
    const change = { incoming: item('wr_new'), outgoing: 'wr_oil' };
    accepted(byLender(world, 'substitute', change, 'supervisor'));
    expect(facility().items.map((one) => one.asset)).toEqual(['wr_new']);
    expect(byLender(world, 'release_item', { asset: 'wr_new' }, 'supervisor').code).toBe(
      'below_floor',
    );
    world = establishedWorld();
    expect(byLender(world, 'release_item', { asset: 'wr_oil' }, 'supervisor').code).toBe(
      'signer_not_party_to_object',
    );
  });
});

describe('substitute, in before out', () => {
  const change = (extra: CborMap = {}) => ({
    incoming: item('wr_new'),
    outgoing: 'wr_oil',
    ...extra,
  });
  const substitute = (extra: CborMap = {}, alias = 'bank') =>
    byLender(world, 'substitute', change(extra), alias);

  beforeEach(() => {
    world = floatingWorld();
    accepted(draw(world, 300_000_000n));
  });

  it('by the lender the supervisor verifies what comes in', () => {
    accepted(substitute());
    expect(facility().items.map((one) => one.asset)).toEqual(['wr_oil']);
    const outcome = accepted(world.countersign('supervisor', NAME, 'pl_oil'));
    expect(outcome.events.map((event) => event.type)).toContain('facility.item_substituted');
    expect(facility().items).toMatchObject([{ asset: 'wr_new', verifiedAt: world.nowMs() }]);
    expect(world.must(receipts, 'wr_oil').state).toBe('FREE');
  });

  it('F3: what comes in must cover the debt without what goes out', () => {
    world = floatingWorld();
    accepted(draw(world, 428_904_000n));
    expect(substitute({}, 'supervisor').code).toBe('release_would_breach_ltv');
  });

  it('the lien on what comes in binds before anything goes out', () => {
    withReceipt(world, 'wr_late', 'lt_oil', 10_000n);
    expect(substitute({ incoming: item('wr_late') }).code).toBe('item_not_pledged');
    const lien = withPledge(world, 'wr_late');
    const { publicity } = world.must(liens, lien);
    const proposed = { ...world.must(liens, lien), state: 'PROPOSED' as const };
    world.plant(liens, [lien], { ...proposed, publicity: { controlAt: publicity.controlAt } });
    expect(substitute({ incoming: item('wr_late') }).code).toBe('lien_not_effective');
  });

  it('is refused for wrong signers, states, versions and goods', () => {
    expect(substitute({}, 'bank2').code).toBe('signer_not_party_to_object');
    expect(substitute({}, 'supervisor2').code).toBe('signer_not_party_to_object');
    expect(substitute({}, 'holder').code).toBe('signer_lacks_role');
    expect(substitute({ expectedVersion: 1 }).code).toBe('object_version_is_stale');
    expect(substitute({ id: 'pl_none' }).code).toBe('object_not_found');
    expect(substitute({ outgoing: 'wr_none' }).code).toBe('item_not_pledged');
    expect(substitute({ incoming: item('wr_oil') }).code).toBe('item_listed_twice');
    quote(world, 2_600n);
    accepted(revalue(world));
    expect(facility().state).toBe('MARGIN_CALL');
    expect(substitute().code).toBe('state_forbids_command');
  });
});

describe('what an item must show to count', () => {
  beforeEach(() => {
    world = establishedWorld();
  });

  it('goods of a short lot are disputed', () => {
    world.plant(lots, ['lt_oil'], { ...world.must(lots, 'lt_oil'), state: 'SHORT' });
    expect(leftOut()).toEqual([{ asset: 'wr_oil', reason: 'lot_is_short' }]);
  });

  it('F4: a junior lien counts only where it is stated, and for what the senior leaves', () => {
    const id = world.must(receipts, 'wr_oil').lien ?? '';
    const own = world.must(liens, id);
    world.plant(liens, [id], { ...own, exclusive: false });
    expect(leftOut()).toEqual([{ asset: 'wr_oil', reason: 'item_is_junior' }]);
    const [stated] = facility().items;
    const junior = { ...stated, junior: true } as const;
    world.plant(facilities, ['pl_oil'], { ...facility(), items: [junior] as never });
    const senior = { ...own, id: 'ln_s', debtRef: 'pl_other', securedMax: usd(200_000_000n) };
    world.plant(liens, ['ln_s'], senior);
    const record = world.must(onAsset, 'wr_oil');
    const [entry] = record.liens;
    world.plant(onAsset, ['wr_oil'], {
      ...record,
      liens: [...record.liens, { ...entry, lien: 'ln_s' }] as never,
    });
    accepted(revalue(world));
    expect(facility().valuation?.valueMinor).toBe(714_840_000n - 200_000_000n);
    world.plant(liens, ['ln_s'], { ...senior, securedMax: usd(900_000_000n) });
    accepted(revalue(world));
    expect(facility().valuation?.valueMinor).toBe(0n);
  });

  it('F4: an item under a junior lien is not taken unless it says so', () => {
    withReceipt(world, 'wr_new', 'lt_oil', 100n);
    const id = withPledge(world, 'wr_new');
    world.plant(liens, [id], { ...world.must(liens, id), exclusive: false });
    const params = { id: 'pl_oil', item: item('wr_new') };
    expect(world.submit('holder', NAME, 'add_item', params).code).toBe('item_is_junior');
    const stated = { id: 'pl_oil', item: item('wr_new', { junior: true }) };
    expect(world.submit('holder', NAME, 'add_item', stated).code).toBe('success');
  });

  it('goods outside their fence count nothing until they are back', () => {
    plantFence(world, 'wr_oil', 'al_out');
    expect(leftOut()).toEqual([{ asset: 'wr_oil', reason: 'outside_fence' }]);
    plantFence(world, 'wr_oil', undefined);
    expect(leftOut()).toEqual([]);
    plantFence(world, 'lt_oil', 'al_out');
    expect(leftOut()).toEqual([{ asset: 'wr_oil', reason: 'outside_fence' }]);
  });
});

describe('N2: an open critical alert on the goods', () => {
  it('stops draw and release', () => {
    world = floatingWorld();
    world.plant(assetAlerts, ['lt_oil'], { open: 1, openCritical: 1, critical: ['al_x'] });
    expect(draw(world, 1n).code).toBe('critical_alert_open');
    const { version } = world.must(receipts, 'wr_oil');
    const release = { id: 'wr_oil', expectedVersion: version };
    expect(world.submit('bank', 'warehouse-receipt', 'release', release).code).toBe(
      'critical_alert_open',
    );
    expect(byLender(world, 'release_item', { asset: 'wr_oil' }).code).toBe('critical_alert_open');
    world.plant(assetAlerts, ['lt_oil'], { open: 1, openCritical: 0, critical: [] });
    expect(draw(world, 1n).code).toBe('success');
  });
});

describe('control', () => {
  const started = (extra: CborMap) => {
    world = emptyWorld();
    withLot(world, 'lt_oil', 240_000n);
    withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
    withFeed(world);
    quote(world, 5_957n);
    withAgreement(world, extra);
    withPledge(world, 'wr_oil');
  };
  const control = (extra: CborMap = {}) =>
    world.submit('supervisor', NAME, 'attest_control', { id: 'pl_oil', evidence: ref, ...extra });

  it('rests on a signed stocktake', () => {
    started({ stocktakeRequired: true });
    expect(control().code).toBe('stocktake_missing');
    expect(control({ stocktake: ref }).code).toBe('stocktake_missing');
    countLot(world, 'lt_oil', 240_000n);
    expect(control().code).toBe('success');
  });

  it('rests on both where the agreement waives neither', () => {
    started({});
    const {
      stocktakeRequired: _,
      devicesRequired: __,
      ...silent
    } = world.must(facilities, 'pl_oil');
    world.plant(facilities, ['pl_oil'], silent);
    expect(control().code).toBe('stocktake_missing');
    countLot(world, 'lt_oil', 240_000n);
    expect(control().code).toBe('device_not_bound_to_item');
    const bindings = [{ device: 'dv_1', binding: 1, from: 0 }];
    world.plant(assetDevices, ['lt_oil'], { bindings });
    expect(control().code).toBe('success');
  });

  it('does not rest on a count that is older than the item may go unverified', () => {
    started({ stocktakeRequired: true, items: [item('wr_oil', { verifiedWithinMs: HOUR_MS })] });
    countLot(world, 'lt_oil', 240_000n);
    world.advance(2 * HOUR_MS);
    expect(control().code).toBe('stocktake_missing');
  });

  it('rests on devices bound to the goods', () => {
    started({ devicesRequired: true });
    expect(control().code).toBe('device_not_bound_to_item');
    const bindings = [{ device: 'dv_1', binding: 1, from: 0 }];
    world.plant(assetDevices, ['lt_oil'], { bindings });
    expect(control().code).toBe('success');
  });
});

describe('alerts of a facility', () => {
  const kinds = () =>
    world
      .records(alerts)
      .filter((alert) => alert.state === 'RAISED')
      .map((alert) => `${alert.kind} ${alert.asset}`);

  it('are raised with the line and cleared with it; 442: a receipt ends before the debt', () => {
    world = establishedWorld({}, {}, true, [monitoring]);
    accepted(draw(world, 428_904_000n));
    expect(kinds()).toEqual([]);
    quote(world, 5_400n);
    accepted(revalue(world));
    expect(kinds()).toEqual(['LTV_WARNING pl_oil']);
    quote(world, 4_700n);
    accepted(revalue(world));
    expect(kinds()).toEqual(['LTV_BREACH pl_oil']);
    quote(world, 5_957n);
    accepted(revalue(world));
    expect(kinds()).toEqual([]);
    world.advance(3 * 86_400_000);
    accepted(revalue(world));
    expect(kinds()).toContain('STALE_PRICE pl_oil');
  });

  it('TERM_MISMATCH: the storage period ends before the debt is due (442)', () => {
    world = establishedWorld({ maturity: 21_000 }, {}, true, [monitoring]);
    expect(kinds()).toEqual(['TERM_MISMATCH pl_oil']);
    const data = accepted(attest(world)).events[0]?.data;
    expect(data).toMatchObject({ termMismatch: ['wr_oil'] });
    expect(Object.keys(parties)).toContain('supervisor');
  });
});

describe('cure_goods', () => {
  it('goods_cannot_cure: at a price of zero or below more goods are no cure', () => {
    world = establishedWorld();
    accepted(draw(world, 428_904_000n));
    withReceipt(world, 'wr_new', 'lt_oil', 100n);
    register(world, withPledge(world, 'wr_new'));
    quote(world, 0n);
    accepted(revalue(world));
    const params = { id: 'pl_oil', item: item('wr_new') };
    expect(world.submit('holder', NAME, 'cure_goods', params).code).toBe('goods_cannot_cure');
    quote(world, 3_000n);
    quote(world, 3_000n);
    const whole = { id: 'pl_oil', item: item('wr_new', { haircutBps: 10_000 }) };
    expect(world.submit('holder', NAME, 'cure_goods', whole).code).toBe('goods_cannot_cure');
    expect(world.submit('holder', NAME, 'cure_goods', params).code).toBe('success');
  });
});

/** A device on an asset whose fence rule has an episode open, or none. */
function plantFence(target: World, asset: string, alert: string | undefined): void {
  const open = alert === undefined ? 0 : 1;
  target.plant(assetAlerts, [asset], { open: 1, openCritical: 0, critical: [] });
  target.plant(assetDevices, [asset], { bindings: [{ device: 'dv_1', binding: 1, from: 0 }] });
  target.plant(ruleLists, [asset], { rules: ['fence'] });
  target.plant(rules, ['fence'], {
    id: 'fence',
    selector: { asset },
    condition: {
      kind: 'GEOFENCE',
      fence: [1, 2, 3].map((n) => ({ x: n, y: n * n })),
      minConsecutive: 1,
      clearCount: 1,
    },
    severity: 'warning',
    owner: target.id('keeper'),
    setBy: target.id('bank'),
    setAt: 0,
    state: 'ACTIVE',
    version: 1,
  } as never);
  const watch = { since: 0, ruleVersion: 1, runs: [], outside: open, inside: 0, episodes: open };
  target.plant(
    watches,
    ['dv_1', '1', 'fence'],
    (alert === undefined ? watch : { ...watch, alert }) as never,
  );
}
