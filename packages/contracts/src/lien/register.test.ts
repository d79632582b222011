import { type CborMap, dayFromTime } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  barrels,
  DAY_MS,
  emptyWorld,
  establishedWorld,
  liensOn,
  ref,
  usd,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { liens } from './keys.js';

let world: World;
const send = (alias: string, name: string, params: CborMap) =>
  world.submit(alias, 'lien', name, params);
const code = (alias: string, name: string, params: CborMap) => send(alias, name, params).code;

const terms = (id: string, extra: CborMap = {}): CborMap => ({
  id,
  asset: { kind: 'lot', id: 'lt_own' },
  class: 'MORTGAGE',
  holder: world.id('bank'),
  securedMax: usd(1_000n),
  debtRef: 'po_1',
  titlePassesOnDefault: false,
  junior: false,
  ...extra,
});
const floating = (id: string, extra: CborMap = {}): CborMap =>
  terms(id, {
    class: 'FLOATING_MORTGAGE',
    asset: { kind: 'stock', id: world.id('holder') },
    covers: { skus: ['CRUDE-BRENT'], warehouses: [] },
    ...extra,
  });
const make = (params: CborMap, bank = 'bank') =>
  accepted(world.agree(['holder', bank], 'lien', 'create', params));
const registered = (id: string, number: string, extra: CborMap = {}) =>
  code('registry', 'record_publicity', {
    id,
    publicity: {
      kind: 'registration',
      registrationNo: number,
      registeredAt: world.nowMs(),
      registryValidTo: dayFromTime(world.nowMs()) + 100,
      ...extra,
    },
  });

beforeEach(() => {
  world = emptyWorld();
  const owner = world.id('holder');
  withLot(world, 'lt_own', 500n, { owner, mode: 'identified' });
  withLot(world, 'lt_oil', 500n);
  withReceipt(world, 'wr_oil', 'lt_oil', 100n);
});

describe('liens that conflict', () => {
  it('are recorded, and it is said that they are contested', () => {
    make(terms('ln_1'));
    const second = make(terms('ln_2', { holder: world.id('bank2') }), 'bank2');
    const events = second.events.map(({ type }) => type);
    expect(events).toContain('lien.contested');
    expect(liensOn(world, 'lt_own')).toEqual(['ln_1', 'ln_2']);
  });

  it('a floating mortgage stands under its grantor', () => {
    make(floating('ln_f'));
    expect(liensOn(world, world.id('holder'))).toEqual(['ln_f']);
  });

  it('a class fits its asset', () => {
    const { covers: _covers, ...undescribed } = floating('ln_f');
    expect(code('holder', 'create', undescribed)).toBe('class_does_not_fit_asset');
    expect(code('holder', 'create', floating('ln_f', { class: 'MORTGAGE' }))).toBe(
      'class_does_not_fit_asset',
    );
    const lot = { class: 'FLOATING_MORTGAGE' };
    expect(code('holder', 'create', terms('ln_f', lot))).toBe('class_does_not_fit_asset');
    expect(code('buyer', 'create', floating('ln_f'))).toBe('grantor_not_owner');
  });

  it('the ten days of 416 count from a delivery that is not in the future', () => {
    const deliveredOn = dayFromTime(world.nowMs()) + 1;
    const price = { class: 'PURCHASE_MONEY', securesPrice: true, deliveredOn };
    expect(code('holder', 'create', terms('ln_p', price))).toBe('publicity_time_in_future');
    make(terms('ln_p', { class: 'PURCHASE_MONEY', securesPrice: true }));
    const delivery = (alias: string, day: number, id = 'ln_p') =>
      code(alias, 'record_publicity', { id, publicity: { kind: 'delivery', deliveredOn: day } });
    expect(delivery('keeper2', deliveredOn - 2)).toBe('signer_not_party_to_object');
    expect(delivery('keeper', deliveredOn)).toBe('publicity_time_in_future');
    expect(delivery('keeper', deliveredOn - 2)).toBe('success');
    expect(delivery('keeper', deliveredOn - 2)).toBe('publicity_already_recorded');
    make(terms('ln_m'));
    expect(delivery('keeper', deliveredOn - 2, 'ln_m')).toBe('publicity_does_not_fit_class');
  });
});

describe('report_external', () => {
  const report = (id: string, extra: CborMap = {}): CborMap => ({
    id,
    asset: { kind: 'receipt', id: 'wr_oil' },
    class: 'MORTGAGE',
    grantor: world.id('holder'),
    holder: 'uscc:OUTSIDE',
    securedMax: usd(500n),
    debtRef: 'po_9',
    publicity: {},
    evidence: ref,
    ...extra,
  });

  it('records on evidence, and blocks a new pledge', () => {
    expect(code('registry', 'report_external', report('ln_x'))).toBe('success');
    expect(world.must(liens, 'ln_x')).toMatchObject({
      state: 'EFFECTIVE',
      external: { reportedBy: world.id('registry') },
    });
    expect(code('holder', 'release', { id: 'ln_x', expectedVersion: 1 })).toBe(
      'signer_not_party_to_object',
    );
  });

  it('refuses what it must, in the documented order', () => {
    expect(code('bank', 'report_external', report('ln_x'))).toBe('signer_lacks_role');
    const stock = { asset: { kind: 'stock', id: world.id('holder') } };
    expect(code('court', 'report_external', report('ln_x', stock))).toBe(
      'class_does_not_fit_asset',
    );
    const none = { asset: { kind: 'receipt', id: 'wr_none' } };
    expect(code('court', 'report_external', report('ln_x', none))).toBe('reference_not_found');
    const same = { grantor: 'uscc:OUTSIDE' };
    expect(code('court', 'report_external', report('ln_x', same))).toBe('parties_must_differ');
    const nothing = { securedMax: usd(0n) };
    expect(code('court', 'report_external', report('ln_x', nothing))).toBe(
      'amount_must_be_positive',
    );
    const future = { publicity: { registeredAt: world.nowMs() + DAY_MS } };
    expect(code('court', 'report_external', report('ln_x', future))).toBe(
      'publicity_time_in_future',
    );
    make(terms('ln_1'));
    expect(registered('ln_1', 'N-1')).toBe('success');
    const number = { publicity: { registrationNo: 'N-1', registeredAt: world.nowMs() } };
    expect(code('court', 'report_external', report('ln_x', number))).toBe(
      'registration_number_reused',
    );
    expect(code('court', 'report_external', report('ln_1'))).toBe('id_already_exists');
  });
});

describe('amend and extend', () => {
  const amend = (minor: bigint, consents: string[] = [], expectedVersion = 1) => ({
    id: 'ln_1',
    expectedVersion,
    securedMax: usd(minor),
    consents,
  });

  beforeEach(() => {
    make(terms('ln_1'));
  });

  it('the holder alone makes a lien narrower', () => {
    expect(code('bank', 'amend', amend(900n))).toBe('success');
    expect(world.must(liens, 'ln_1')).toMatchObject({ securedMax: usd(900n), version: 2 });
  });

  it('409: wider with the grantor, and with whom it harms', () => {
    make(terms('ln_2', { holder: world.id('bank2') }), 'bank2');
    expect(code('bank', 'amend', amend(2_000n))).toBe('junior_consent_missing');
    const consents = [world.id('bank2')];
    expect(code('bank', 'amend', amend(2_000n, consents))).toBe('success');
    accepted(world.countersign('holder', 'lien', 'ln_1'));
    expect(world.must(liens, 'ln_1').securedMax).toEqual(usd(1_000n));
    accepted(world.countersign('bank2', 'lien', 'ln_1'));
    expect(world.must(liens, 'ln_1').securedMax).toEqual(usd(2_000n));
  });

  it('409: who ranks before is not harmed', () => {
    make(terms('ln_2', { holder: world.id('bank2'), debtRef: 'po_2' }), 'bank2');
    expect(registered('ln_2', 'N-2')).toBe('success');
    expect(code('bank', 'amend', amend(2_000n))).toBe('success');
  });

  it('409: a junior that comes between the signatures has a say', () => {
    expect(code('bank', 'amend', amend(2_000n))).toBe('success');
    make(terms('ln_2', { holder: world.id('bank2') }), 'bank2');
    expect(world.countersign('holder', 'lien', 'ln_1').code).toBe('junior_consent_missing');
  });

  it('refuses what it must, in the documented order', () => {
    expect(code('bank', 'amend', { ...amend(1n), id: 'ln_x' })).toBe('object_not_found');
    expect(code('bank2', 'amend', amend(1n))).toBe('signer_not_party_to_object');
    expect(code('bank', 'amend', amend(1n, [], 7))).toBe('object_version_is_stale');
    const other = { ...amend(1n), securedMax: { minor: 1n, currency: 'CNY' } };
    expect(code('bank', 'amend', other)).toBe('currency_does_not_match');
    expect(code('bank', 'amend', amend(0n))).toBe('amount_must_be_positive');
    expect(code('bank', 'release', { id: 'ln_1', expectedVersion: 1 })).toBe('success');
    expect(code('bank', 'amend', amend(1n, [], 2))).toBe('state_forbids_command');
  });

  it('a registration is extended before it lapses, and made anew after', () => {
    const today = dayFromTime(world.nowMs());
    const extend = (days: number, version: number, registry = 'registry') => ({
      id: 'ln_1',
      expectedVersion: version,
      registryValidTo: today + days,
      registry: world.id(registry),
    });
    expect(code('bank', 'extend', extend(200, 1, 'bank2'))).toBe('signer_lacks_role');
    expect(code('bank', 'extend', extend(200, 1))).toBe('registration_missing');
    expect(registered('ln_1', 'N-1')).toBe('success');
    expect(code('bank', 'extend', extend(50, 2))).toBe('publicity_already_recorded');
    expect(code('bank2', 'extend', extend(200, 2))).toBe('signer_not_party_to_object');
    accepted(world.agree(['bank', 'registry'], 'lien', 'extend', extend(200, 2)));
    expect(world.must(liens, 'ln_1').publicity.registryValidTo).toBe(today + 200);
    world.advance(201 * DAY_MS);
    expect(code('bank', 'extend', extend(400, 3))).toBe('registration_has_lapsed');
    expect(registered('ln_1', 'N-2')).toBe('success');
    expect(world.must(liens, 'ln_1').publicity.registeredAt).toBeGreaterThan(today * DAY_MS);
  });
});

describe('retention', () => {
  const retain = (extra: CborMap = {}): CborMap => ({
    id: 'ln_r',
    asset: { kind: 'receipt', id: 'wr_oil' },
    securedMax: usd(80n),
    debtRef: 'ob_fee',
    basis: 'same_legal_relation',
    evidence: ref,
    perishable: false,
    ...extra,
  });

  it('447, 448: the keeper retains what it has, without registration', () => {
    expect(code('keeper', 'assert_retention', retain())).toBe('success');
    expect(world.must(liens, 'ln_r')).toMatchObject({
      class: 'RETENTION',
      state: 'EFFECTIVE',
      grantor: world.id('holder'),
      publicity: { possession: true },
    });
  });

  it('refuses what it must, in the documented order', () => {
    const none = { asset: { kind: 'receipt', id: 'wr_x' } };
    expect(code('keeper', 'assert_retention', retain(none))).toBe('reference_not_found');
    expect(code('keeper2', 'assert_retention', retain())).toBe('retention_not_available');
    expect(code('bank', 'assert_retention', retain())).toBe('retention_not_available');
    const ownerless = { asset: { kind: 'lot', id: 'lt_oil' } };
    expect(code('keeper', 'assert_retention', retain(ownerless))).toBe('retention_not_available');
    const nothing = { securedMax: usd(0n) };
    expect(code('keeper', 'assert_retention', retain(nothing))).toBe('amount_must_be_positive');
    expect(code('keeper', 'assert_retention', retain())).toBe('success');
    expect(code('keeper', 'assert_retention', retain())).toBe('id_already_exists');
  });

  it('453: enforced after the agreed time, else 60 days, perishables at once', () => {
    const enforce = (id: string) =>
      code('keeper', 'enforce', { id, expectedVersion: 1, evidence: ref });
    expect(code('keeper', 'assert_retention', retain())).toBe('success');
    const agreed = retain({ id: 'ln_s', agreedDays: 5 });
    expect(code('keeper', 'assert_retention', agreed)).toBe('success');
    const fish = retain({ id: 'ln_t', perishable: true });
    expect(code('keeper', 'assert_retention', fish)).toBe('success');
    expect(enforce('ln_t')).toBe('success');
    world.advance(5 * DAY_MS);
    expect(enforce('ln_s')).toBe('retention_period_running');
    world.advance(DAY_MS);
    expect(enforce('ln_s')).toBe('success');
    world.advance(54 * DAY_MS);
    expect(enforce('ln_r')).toBe('retention_period_running');
    world.advance(DAY_MS);
    expect(enforce('ln_r')).toBe('success');
    expect(world.must(liens, 'ln_r').state).toBe('ENFORCED');
  });

  it('457: with the goods goes the retention', () => {
    expect(code('keeper', 'assert_retention', retain())).toBe('success');
    const withdraw = {
      id: 'wr_oil',
      expectedVersion: 1,
      quantity: barrels(100n),
      vehicle: 'V',
      driverRef: `sha256:${'1'.repeat(64)}`,
      validTo: world.nowMs() + DAY_MS,
    };
    accepted(world.agree(['holder', 'keeper'], 'warehouse-receipt', 'withdraw', withdraw));
    const out = { id: 'wr_oil', token: 1, weighed: barrels(100n) };
    const weighing = `sha256:${'2'.repeat(64)}`;
    accepted(world.submit('keeper', 'warehouse-receipt', 'gate_out', { ...out, weighing }));
    expect(world.must(receipts, 'wr_oil').state).toBe('DELIVERED');
    expect(world.must(liens, 'ln_r').state).toBe('RELEASED');
  });
});

describe('crystallise', () => {
  const fix = (extra: CborMap = {}) => ({
    id: 'ln_f',
    expectedVersion: 1,
    event: 'agreed_event',
    evidence: ref,
    ...extra,
  });

  it('411: an event fixes a floating lien', () => {
    make(floating('ln_f'));
    expect(code('bank2', 'crystallise', fix())).toBe('signer_not_party_to_object');
    expect(code('bank', 'crystallise', fix())).toBe('success');
    expect(world.must(liens, 'ln_f')).toMatchObject({
      state: 'CRYSTALLISED',
      crystallised: { event: 'agreed_event', at: world.nowMs() },
    });
    expect(code('bank', 'crystallise', fix({ expectedVersion: 2 }))).toBe('state_forbids_command');
    expect(code('bank', 'enforce', { id: 'ln_f', expectedVersion: 2, evidence: ref })).toBe(
      'success',
    );
  });

  it('only what floats, and by an event that is there', () => {
    make(terms('ln_f'));
    expect(code('bank', 'crystallise', fix())).toBe('lien_does_not_float');
    expect(code('bank', 'crystallise', fix({ id: 'ln_no' }))).toBe('object_not_found');
  });

  it('a facility’s debt is unpaid only when it is due; its liens are enforced by its case', () => {
    world = establishedWorld();
    make(floating('ln_f', { debtRef: 'pl_oil' }));
    const due = fix({ event: 'due_unpaid' });
    expect(code('bank', 'crystallise', due)).toBe('crystallisation_event_missing');
    const enforce = { id: 'ln_f', expectedVersion: 1, evidence: ref };
    expect(code('bank', 'enforce', enforce)).toBe('lien_enforced_by_facility');
    expect(code('bank', 'enforce', { ...enforce, id: 'ln_no' })).toBe('object_not_found');
    world.advance(361 * DAY_MS);
    expect(code('bank', 'crystallise', due)).toBe('success');
  });
});
