import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome, World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  DAY_MS,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  quote,
  ref,
  register,
  revalue,
  withPledge,
  withProof,
  withReceipt,
} from './pledgeWorld.js';

const NAME = 'pledge-facility';
/** 60 % of 120,000 barrels at 59.57 dollars. */
const MOST = 428_904_000n;
let world: World;

const code = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;
const facility = () => world.must(facilities, 'pl_oil');
const version = () => facility().version;
const typesOf = (outcome: Outcome) => outcome.events.map((event) => event.type);

/** A new price, and what the valuation by a stranger then states. */
function priceFalls(value: bigint): Outcome {
  quote(world, value);
  return accepted(revalue(world));
}

beforeEach(() => {
  world = establishedWorld();
  accepted(draw(world, MOST));
});

describe('the lines', () => {
  it('65 %: a warning from the price at which the debt is above it, and no earlier', () => {
    expect(typesOf(priceFalls(5_499n))).toEqual(['facility.revalued']);
    const outcome = priceFalls(5_498n);
    expect(typesOf(outcome)).toEqual(['facility.revalued', 'line.crossed']);
    expect(outcome.events[1]?.data).toMatchObject({
      from: 'none',
      to: 'warning',
      ltvBps: 6_500,
      debtMinor: MOST,
      valueMinor: 120_000n * 5_498n,
      price: { value: 5_498n, currency: 'USD', unit: 'BLL', scale: 0 },
    });
    expect(facility().state).toBe('WARNING');
    expect(draw(world, 1n).code).toBe('state_forbids_command');
  });

  it('75 %: a margin call with its sums and its deadline', () => {
    const outcome = priceFalls(4_700n);
    expect(typesOf(outcome)).toEqual(['facility.revalued', 'line.crossed', 'margin_call.issued']);
    const V = 120_000n * 4_700n;
    expect(outcome.events[2]?.data).toMatchObject({
      state: 'MARGIN_CALL',
      ltvBps: 7_604,
      cureCashMinor: MOST - (V * 6_000n) / 10_000n,
      cureGoodsValueMinor: (MOST / 6n) * 10n - V,
      cureGoodsQuantity: { value: 32_094n, unit: 'BLL', scale: 0 },
      deadline: world.nowMs() + 2 * DAY_MS,
    });
    expect(facility().marginCall).toMatchObject({ deadline: world.nowMs() + 2 * DAY_MS });
  });

  it('85 %: the time to cure shortens, and does not grow back', () => {
    priceFalls(4_700n);
    const agreed = facility().marginCall?.deadline ?? 0;
    const outcome = priceFalls(4_000n);
    expect(typesOf(outcome)).toEqual(['facility.revalued', 'line.crossed']);
    const short = world.nowMs() + DAY_MS;
    expect(facility().marginCall?.deadline).toBe(short);
    expect(short).toBeLessThan(agreed);
    world.advance(HOUR_MS);
    priceFalls(3_900n);
    expect(facility().marginCall?.deadline).toBe(short);
    priceFalls(4_700n);
    expect(facility().marginCall?.deadline).toBe(short);
  });

  it('a margin call is left only at or under 60 %, not at the line that issued it', () => {
    priceFalls(4_700n);
    priceFalls(5_500n);
    expect(facility()).toMatchObject({ state: 'MARGIN_CALL', valuation: { line: 'none' } });
    const outcome = priceFalls(5_957n);
    expect(typesOf(outcome)).toEqual(['facility.revalued', 'margin_call.cured']);
    expect(facility()).toMatchObject({ state: 'NORMAL' });
    expect(facility().marginCall).toBeUndefined();
  });

  it('no value breaches every line, without dividing', () => {
    const outcome = priceFalls(0n);
    expect(outcome.events[1]?.data).toMatchObject({ to: 'disposal', ltvBps: null, valueMinor: 0n });
    expect(outcome.events[1]?.data).toMatchObject({ cureCashMinor: MOST, cureGoodsQuantity: null });
    quote(world, -3_763n);
    quote(world, -3_763n);
    accepted(revalue(world));
    expect(facility().valuation?.valueMinor).toBe(-120_000n * 3_763n);
    expect(facility().marginCall?.cureCashMinor).toBe(MOST);
  });

  it('revaluing makes nobody’s version stale unless the state changes', () => {
    const before = version();
    priceFalls(5_900n);
    expect(version()).toBe(before);
    priceFalls(5_400n);
    expect(version()).toBe(before + 1);
  });

  it('revalue is refused for what is not there or not live', () => {
    expect(code('stranger', 'revalue', { id: 'pl_none' })).toBe('object_not_found');
    expect(code('platform', 'revalue', { id: 'pl_oil' })).toBe('signer_lacks_role');
  });

  it('the price comes with the day of the series that it replays', () => {
    quote(world, 4_700n, 18_312);
    const outcome = accepted(revalue(world));
    expect(outcome.events[2]?.data).toMatchObject({ sourceDay: 18_312 });
  });
});

describe('cures', () => {
  it('in cash: partial cures add up, exactly to the sum', () => {
    priceFalls(4_700n);
    const missing = facility().marginCall?.cureCashMinor ?? 0n;
    withProof(world, 'pp_1', 1_000n);
    withProof(world, 'pp_2', missing - 1_001n);
    withProof(world, 'pp_3', 1n);
    const cure = (proof: string) =>
      world.submit('holder', NAME, 'cure_cash', { id: 'pl_oil', proof });
    accepted(cure('pp_1'));
    expect(facility().marginCall?.cureCashMinor).toBe(missing - 1_000n);
    accepted(cure('pp_2'));
    expect(facility().state).toBe('MARGIN_CALL');
    expect(typesOf(accepted(cure('pp_3')))).toEqual([
      'payment.used',
      'facility.repaid',
      'margin_call.cured',
    ]);
    expect(facility().state).toBe('NORMAL');
    expect(cure('pp_3').code).toBe('state_forbids_command');
  });

  it('in goods: the quantity asked for cures, one barrel less does not', () => {
    withReceipt(world, 'wr_less', 'lt_oil', 32_093n);
    withReceipt(world, 'wr_one', 'lt_oil', 1n);
    register(world, withPledge(world, 'wr_less'));
    register(world, withPledge(world, 'wr_one'));
    priceFalls(4_700n);
    const signers = ['holder', 'supervisor', 'bank'];
    const cure = (asset: string) => ({ id: 'pl_oil', item: item(asset) });
    accepted(world.agree(signers, NAME, 'cure_goods', cure('wr_less')));
    expect(facility()).toMatchObject({
      state: 'MARGIN_CALL',
      marginCall: { cureGoodsQuantity: { value: 1n } },
    });
    accepted(world.agree(signers, NAME, 'cure_goods', cure('wr_one')));
    expect(facility().state).toBe('NORMAL');
    expect(code('holder', 'cure_goods', cure('wr_one'))).toBe('state_forbids_command');
    expect(code('holder', 'cure_goods', { ...cure('wr_one'), id: 'pl_no' })).toBe(
      'object_not_found',
    );
  });

  it('goods that are not pledged to the facility cure nothing', () => {
    withReceipt(world, 'wr_more', 'lt_oil', 60_000n);
    priceFalls(4_700n);
    const cure = { id: 'pl_oil', item: item('wr_more') };
    expect(code('holder', 'cure_goods', cure)).toBe('item_not_pledged');
  });
});

describe('fail_cure and declare_default', () => {
  const fail = (alias: string, extra = {}) =>
    code(alias, 'fail_cure', { id: 'pl_oil', expectedVersion: version(), ...extra });
  const declare = (alias: string, event: string, extra = {}) =>
    code(alias, 'declare_default', { id: 'pl_oil', expectedVersion: version(), event, ...extra });

  it('a cure fails only after its deadline and above 60 %', () => {
    expect(fail('bank', { id: 'pl_none' })).toBe('object_not_found');
    expect(fail('holder')).toBe('signer_lacks_role');
    expect(fail('bank2')).toBe('signer_not_party_to_object');
    expect(fail('bank')).toBe('state_forbids_command');
    priceFalls(4_700n);
    expect(fail('bank', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(fail('bank')).toBe('deadline_not_reached');
    world.advance(2 * DAY_MS);
    quote(world, 6_000n);
    expect(fail('bank')).toBe('margin_call_is_cured');
    quote(world, 4_700n);
    expect(fail('bank')).toBe('success');
    expect(facility().state).toBe('CURE_FAILED');
  });

  it('a default is declared on what the law or the agreement names, and passes no title', () => {
    expect(declare('bank', 'debt_unpaid', { id: 'pl_none' })).toBe('object_not_found');
    expect(declare('bank2', 'debt_unpaid')).toBe('signer_not_party_to_object');
    expect(declare('bank', 'debt_unpaid', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(declare('bank', 'debt_unpaid')).toBe('default_event_not_met');
    expect(declare('bank', 'cure_failed')).toBe('default_event_not_met');
    expect(declare('bank', 'insolvency')).toBe('default_event_not_met');
    expect(declare('bank', 'bad_weather', { evidence: ref })).toBe('default_event_not_met');
    expect(declare('bank', 'insolvency', { evidence: ref })).toBe('success');
    expect(facility()).toMatchObject({ state: 'DEFAULT', default: { event: 'insolvency' } });
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('holder'));
    expect(declare('bank', 'insolvency', { evidence: ref })).toBe('state_forbids_command');
  });

  it('debt unpaid after maturity is a default, and so is a failed cure', () => {
    world.advance(362 * DAY_MS);
    expect(declare('bank', 'debt_unpaid')).toBe('success');
    world = establishedWorld();
    accepted(draw(world, MOST));
    priceFalls(4_700n);
    world.advance(2 * DAY_MS);
    quote(world, 4_700n);
    expect(fail('bank')).toBe('success');
    expect(declare('bank', 'cure_failed')).toBe('success');
  });

  it('the debtor may still pay after a default, and then gets the goods back', () => {
    expect(declare('bank', 'insolvency', { evidence: ref })).toBe('success');
    withProof(world, 'pp_1', MOST);
    expect(code('holder', 'repay', { id: 'pl_oil', proof: 'pp_1' })).toBe('success');
    expect(facility()).toMatchObject({ state: 'DEFAULT', debt: { principalMinor: 0n } });
    const close = { id: 'pl_oil', expectedVersion: version() };
    expect(code('bank', 'repay_and_release', close)).toBe('success');
    expect(world.must(receipts, 'wr_oil').state).toBe('FREE');
  });

  it('pledged goods do not leave while a default is open', () => {
    expect(declare('bank', 'insolvency', { evidence: ref })).toBe('success');
    const release = { id: 'wr_oil', expectedVersion: world.must(receipts, 'wr_oil').version };
    const outcome = world.submit('bank', 'warehouse-receipt', 'release', release);
    expect(outcome.code).toBe('state_forbids_command');
  });
});

describe('ltvBreaches', () => {
  it('lists live facilities by the line that they crossed', async () => {
    priceFalls(4_700n);
    const { queries } = await import('./queries.js');
    const ask = (line: string) =>
      queries.ltvBreaches.run(world.reader(), { line, limit: 10 } as never);
    expect((await ask('margin_call')).data).toMatchObject({ breaches: [{ facility: 'pl_oil' }] });
    expect((await ask('margin_call')).proofRef).toEqual(['pledge-facility/facility/pl_oil']);
    expect((await ask('disposal')).data).toMatchObject({ breaches: [] });
  });
});
