import { limits } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { liens } from '../lien/keys.js';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  DAY_MS,
  emptyWorld,
  facilityTerms,
  item,
  ref,
  withAgreement,
  withFeed,
  withLot,
  withPledge,
  withReceipt,
} from './pledgeWorld.js';

const NAME = 'pledge-facility';
let world: World;
const code = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;

beforeEach(() => {
  world = emptyWorld();
  withLot(world, 'lt_oil', 240_000n);
  withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
  withFeed(world);
});

describe('apply', () => {
  const apply = (extra = {}) => code('holder', 'apply', facilityTerms(world, extra));

  it('is approved by the lender’s signature', () => {
    accepted(world.submit('holder', NAME, 'apply', facilityTerms(world)));
    expect(world.read(facilities, 'pl_oil')).toBeUndefined();
    const outcome = accepted(world.countersign('bank', NAME, 'pl_oil'));
    expect(outcome.events.at(-1)).toMatchObject({ type: 'facility.approved', subject: 'pl_oil' });
    expect(world.must(facilities, 'pl_oil')).toMatchObject({
      state: 'APPROVED',
      lender: world.id('bank'),
      pledgor: world.id('holder'),
      version: 1,
    });
  });

  it('refuses unfit parties, amounts and lines', () => {
    expect(code('platform', 'apply', facilityTerms(world))).toBe('signer_lacks_role');
    expect(apply({ lender: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(apply({ lender: world.id('buyer') })).toBe('signer_lacks_role');
    expect(code('bank', 'apply', facilityTerms(world))).toBe('parties_must_differ');
    expect(apply({ limit: { minor: 0n, currency: 'USD' } })).toBe('amount_must_be_positive');
    const huge = BigInt(limits.facilityLimitMinorMax) + 1n;
    expect(apply({ limit: { minor: huge, currency: 'USD' } })).toBe('amount_out_of_range');
    expect(apply({ floorValueMinor: huge })).toBe('amount_out_of_range');
    expect(apply({ warningBps: 5_999 })).toBe('ltv_lines_out_of_order');
    expect(apply({ disposalBps: 7_499 })).toBe('ltv_lines_out_of_order');
    expect(apply({ cureToBps: 7_501 })).toBe('ltv_lines_out_of_order');
    expect(apply({ maturity: 1 })).toBe('deadline_has_passed');
  });

  it('401, 428: refuses a clause that gives the goods to the lender on default', () => {
    expect(apply({ titlePassesOnDefault: true })).toBe('forfeiture_clause_forbidden');
  });

  it('refuses items that cannot be priced', () => {
    expect(apply({ items: [item('wr_oil'), item('wr_oil')] })).toBe('item_listed_twice');
    expect(apply({ items: [item('wr_oil', { feed: 'pf_none' })] })).toBe('reference_not_found');
    const limit = { minor: 1_000n, currency: 'CNY' };
    expect(apply({ limit })).toBe('currency_does_not_match');
    const cap = { value: 1n, currency: 'USD', unit: 'BLL', scale: 0 };
    const capped = (extra: object) => [item('wr_oil', { priceCap: { ...cap, ...extra } })];
    expect(apply({ items: capped({ currency: 'CNY' }) })).toBe('currency_does_not_match');
    expect(apply({ items: capped({ unit: 'TNE' }) })).toBe('unit_does_not_match');
    expect(apply({ items: capped({}) })).toBe('success');
    expect(apply({ items: [] })).toBe('params_are_invalid');
  });

  it('names a facility once', () => {
    accepted(world.agree(['holder', 'bank'], NAME, 'apply', facilityTerms(world)));
    expect(apply()).toBe('id_already_exists');
  });
});

describe('sign_agreement', () => {
  const agreement = (extra = {}) => ({
    id: 'pl_oil',
    expectedVersion: 1,
    supervisor: world.id('supervisor'),
    engagedBy: world.id('bank'),
    agreement: ref,
    ...extra,
  });
  const sign = (alias: string, extra = {}) => code(alias, 'sign_agreement', agreement(extra));

  beforeEach(() => {
    accepted(world.agree(['holder', 'bank'], NAME, 'apply', facilityTerms(world)));
  });

  it('takes lender, pledgor and supervisor, in that order', () => {
    const signers = ['bank', 'holder', 'supervisor'];
    accepted(world.agree(signers, NAME, 'sign_agreement', agreement()));
    expect(world.must(facilities, 'pl_oil')).toMatchObject({
      state: 'CONTROL_PENDING',
      supervisor: world.id('supervisor'),
      version: 2,
    });
    expect(sign('bank', { expectedVersion: 2 })).toBe('state_forbids_command');
  });

  it('refuses the wrong signer, a stale version and a party that is no supervisor', () => {
    expect(sign('bank', { id: 'pl_none' })).toBe('object_not_found');
    expect(sign('holder')).toBe('signer_lacks_role');
    expect(sign('bank2')).toBe('signer_not_party_to_object');
    expect(sign('bank', { expectedVersion: 5 })).toBe('object_version_is_stale');
    expect(sign('bank', { supervisor: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(sign('bank', { supervisor: world.id('buyer') })).toBe('signer_lacks_role');
  });

  it('Interp. 55: the supervisor works for the lender and is independent of the pledgor', () => {
    expect(sign('bank', { engagedBy: world.id('holder') })).toBe('supervisor_engaged_by_pledgor');
    const relation = {
      id: world.id('supervisor'),
      other: world.id('holder'),
      kind: 'common_control',
      evidence: ref,
    };
    accepted(world.submit('supervisor', 'party-registry', 'declare_affiliation', relation));
    expect(sign('bank')).toBe('supervisor_not_independent');
    expect(sign('bank', { supervisor: world.id('supervisor2') })).toBe('success');
  });
});

describe('attest_control', () => {
  const attest = (alias: string, id = 'pl_oil') =>
    code(alias, 'attest_control', { id, evidence: ref });

  it('the pledge arises when the supervisor controls every item', () => {
    withAgreement(world);
    expect(attest('supervisor')).toBe('item_not_pledged');
    withPledge(world, 'wr_oil');
    expect(attest('supervisor', 'pl_none')).toBe('object_not_found');
    expect(attest('bank')).toBe('signer_lacks_role');
    expect(attest('supervisor2')).toBe('signer_not_party_to_object');
    expect(attest('supervisor')).toBe('success');
    const facility = world.must(facilities, 'pl_oil');
    expect(facility).toMatchObject({ state: 'ESTABLISHED', version: 3 });
    expect(facility.items[0]?.verifiedAt).toBe(world.nowMs());
  });

  it('does not come before the agreement', () => {
    accepted(world.agree(['holder', 'bank'], NAME, 'apply', facilityTerms(world)));
    expect(attest('supervisor')).toBe('signer_not_party_to_object');
  });

  it('renews the verification of a live facility without making versions stale', () => {
    withAgreement(world);
    withPledge(world, 'wr_oil');
    accepted(world.submit('supervisor', NAME, 'attest_control', { id: 'pl_oil', evidence: ref }));
    world.advance(DAY_MS);
    const again = { id: 'pl_oil', evidence: ref };
    const outcome = accepted(world.submit('supervisor', NAME, 'attest_control', again));
    expect(outcome.events[0]?.type).toBe('facility.verified');
    const facility = world.must(facilities, 'pl_oil');
    expect(facility).toMatchObject({ state: 'ESTABLISHED', version: 3 });
    expect(facility.items[0]?.verifiedAt).toBe(world.nowMs());
  });

  it('attests control of goods that are pledged without a receipt', () => {
    withLot(world, 'lt_own', 10n, { owner: world.id('holder'), mode: 'identified' });
    withAgreement(world, { items: [item('lt_own')] });
    const charge = {
      id: 'ln_own',
      asset: { kind: 'lot', id: 'lt_own' },
      class: 'PLEDGE_GOODS',
      holder: world.id('bank'),
      securedMax: { minor: 1_000n, currency: 'USD' },
      debtRef: 'pl_oil',
      titlePassesOnDefault: false,
      junior: false,
    };
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge));
    expect(attest('supervisor')).toBe('success');
    expect(world.must(liens, 'ln_own')).toMatchObject({
      state: 'EFFECTIVE',
      publicity: { controlBy: world.id('supervisor') },
    });
  });

  it('follows a receipt that was split before', () => {
    withAgreement(world);
    withPledge(world, 'wr_oil');
    const half = { value: 60_000n, unit: 'BLL', scale: 0 };
    const parts = ['wr_b', 'wr_c'].map((id) => ({ id, quantity: half }));
    const { version } = world.must(receipts, 'wr_oil');
    const split = { id: 'wr_oil', expectedVersion: version, parts };
    accepted(world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'split', split));
    expect(attest('supervisor')).toBe('success');
    const { items } = world.must(facilities, 'pl_oil');
    expect(items.map((one) => one.asset)).toEqual(['wr_b', 'wr_c']);
  });
});
