import { type CborMap, limits } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  DAY_MS,
  draw,
  emptyWorld,
  establishedWorld,
  item,
  liensOn,
  quote,
  ref,
  register,
  usd,
  withAgreement,
  withFeed,
  withLot,
  withPledge,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { lienProofKeys, liens, onAsset } from './keys.js';
import { queries } from './queries.js';

let world: World;

const charge = (extra: CborMap = {}) => ({
  id: 'ln_lot',
  asset: { kind: 'lot', id: 'lt_own' },
  class: 'PLEDGE_GOODS',
  holder: world.id('bank'),
  securedMax: usd(1_000_000n),
  debtRef: 'pl_oil',
  titlePassesOnDefault: false,
  junior: false,
  ...extra,
});
const create = (alias: string, extra: CborMap = {}) =>
  world.submit(alias, 'lien', 'create', charge(extra)).code;

function ownedLotWorld(): World {
  const made = emptyWorld();
  withLot(made, 'lt_own', 500n, { owner: made.id('holder'), mode: 'identified' });
  withLot(made, 'lt_oil', 240_000n);
  withReceipt(made, 'wr_oil', 'lt_oil', 120_000n);
  withFeed(made);
  quote(made, 5_957n);
  withAgreement(made, { items: [item('wr_oil'), item('lt_own')] });
  return made;
}

const mortgage = (id: string, extra: CborMap = {}) => charge({ id, class: 'MORTGAGE', ...extra });

describe('create', () => {
  beforeEach(() => {
    world = ownedLotWorld();
  });

  it('charges a lot of its owner, PROPOSED until control is attested', () => {
    const outcome = accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    expect(outcome.events.at(-1)).toMatchObject({ type: 'lien.created', subject: 'ln_lot' });
    expect(world.must(liens, 'ln_lot')).toMatchObject({
      state: 'PROPOSED',
      exclusive: true,
      grantor: world.id('holder'),
      holder: world.id('bank'),
      version: 1,
    });
    expect(world.must(onAsset, 'lt_own').liens).toHaveLength(1);
  });

  it('keeps amounts and parties out of the record that anyone may read', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    const [entry] = world.must(onAsset, 'lt_own').liens;
    expect(Object.keys(entry ?? {}).sort()).toEqual([
      'class',
      'createdAt',
      'exclusive',
      'lien',
      'state',
    ]);
  });

  it('a mortgage is effective on the agreement (403)', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', mortgage('ln_m')));
    expect(world.must(liens, 'ln_m')).toMatchObject({ state: 'EFFECTIVE', exclusive: false });
  });

  it('401, 428: no clause may give the asset to the holder on default', () => {
    expect(create('holder', { titlePassesOnDefault: true })).toBe('forfeiture_clause_forbidden');
  });

  it('refuses what it must, in the documented order', () => {
    expect(create('holder', { asset: { kind: 'animal', id: 'an_1' } })).toBe('feature_not_active');
    expect(create('holder', { asset: { kind: 'receipt', id: 'wr_oil' } })).toBe(
      'feature_not_active',
    );
    expect(create('holder', { asset: { kind: 'lot', id: 'lt_none' } })).toBe('reference_not_found');
    expect(create('buyer')).toBe('grantor_not_owner');
    expect(create('holder', { asset: { kind: 'lot', id: 'lt_oil' } })).toBe('grantor_not_owner');
    expect(create('holder', { holder: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(create('holder', { holder: world.id('holder') })).toBe('parties_must_differ');
    expect(create('holder', { securedMax: usd(0n) })).toBe('amount_must_be_positive');
    expect(create('holder', { debtRef: 'pl_none' })).toBe('debt_is_not_a_facility');
    expect(create('holder', { holder: world.id('bank2') })).toBe('debt_is_not_a_facility');
    expect(create('holder', { class: 'RETENTION' })).toBe('params_are_invalid');
    expect(create('holder')).toBe('success');
    accepted(world.countersign('bank', 'lien', 'ln_lot'));
    expect(create('holder')).toBe('id_already_exists');
    expect(create('holder', { id: 'ln_two' })).toBe('asset_already_encumbered');
  });

  it('the goods of a lot with open receipts are not their depositor’s to charge', () => {
    withReceipt(world, 'wr_own', 'lt_own', 1n);
    expect(create('holder')).toBe('grantor_not_owner');
  });

  it('a junior stands behind with the senior’s signature', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    const second = mortgage('ln_second', { holder: world.id('bank2') });
    const pledge = charge({ id: 'ln_second' });
    expect(world.submit('holder', 'lien', 'create', pledge).code).toBe('asset_already_encumbered');
    const junior = { ...second, junior: true };
    accepted(world.agree(['holder', 'bank2'], 'lien', 'create', junior));
    expect(world.read(liens, 'ln_second')).toBeUndefined();
    accepted(world.countersign('bank', 'lien', 'ln_second'));
    expect(liensOn(world, 'lt_own')).toEqual(['ln_lot', 'ln_second']);
  });

  it('an exclusive lien does not join others, and a list is bounded', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', mortgage('ln_m0')));
    expect(create('holder')).toBe('asset_already_encumbered');
    const [entry] = world.must(onAsset, 'lt_own').liens;
    const full = Array.from({ length: limits.liensPerAssetMax }, () => ({ ...entry }));
    world.plant(onAsset, ['lt_own'], { asset: 'lt_own', liens: full as never });
    expect(world.submit('holder', 'lien', 'create', mortgage('ln_m9')).code).toBe('bound_exceeded');
  });
});

describe('record_publicity', () => {
  const publicity = (extra: CborMap = {}) => ({
    kind: 'registration',
    registrationNo: 'ZD-2026-1',
    registeredAt: world.nowMs(),
    registryValidTo: 30_000,
    ...extra,
  });
  const record = (alias: string, id: string, extra: CborMap = {}) =>
    world.submit(alias, 'lien', 'record_publicity', { id, publicity: publicity(extra) }).code;
  const pledgeOnly = () => {
    const params = {
      id: 'wr_oil',
      expectedVersion: 1,
      facility: 'pl_oil',
      affiliationAccepted: false,
    };
    accepted(world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'pledge', params));
    return world.must(receipts, 'wr_oil').lien ?? '';
  };

  beforeEach(() => {
    world = ownedLotWorld();
  });

  it('441, Interp. 59(1): countersigned t1, registered t2, effective t2 under `both`', () => {
    const id = pledgeOnly();
    const { controlAt } = world.must(liens, id).publicity;
    world.advance(DAY_MS);
    const registeredAt = world.nowMs();
    expect(record('registry', id, { registeredAt })).toBe('success');
    expect(controlAt).toBeLessThan(registeredAt);
    expect(world.must(liens, id)).toMatchObject({ state: 'EFFECTIVE', effectiveAt: registeredAt });
    expect(world.must(onAsset, 'wr_oil').liens[0]).toMatchObject({
      state: 'EFFECTIVE',
      registeredAt,
    });
  });

  it('registered before endorsed: effective from the endorsement under `both`', () => {
    const registeredAt = world.nowMs() - DAY_MS;
    const id = pledgeOnly();
    expect(record('registry', id, { registeredAt })).toBe('success');
    const { effectiveAt, publicity: known } = world.must(liens, id);
    expect(effectiveAt).toBe(known.controlAt);
  });

  it.each([
    ['endorsement', 'EFFECTIVE'],
    ['registration', 'PROPOSED'],
    ['both', 'PROPOSED'],
    ['whatever', 'PROPOSED'],
  ])('parameter receiptPledgeBasis %s: a countersigned pledge is %s', (basis, state) => {
    world = emptyWorld({ lien: { receiptPledgeBasis: basis } });
    withLot(world, 'lt_oil', 240_000n);
    withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
    withFeed(world);
    withAgreement(world);
    expect(world.must(liens, pledgeOnly()).state).toBe(state);
  });

  it('keeps the basis that was in force when the pledge was made', () => {
    const id = pledgeOnly();
    expect(world.must(liens, id).basis).toBe('both');
  });

  it('refuses what it must, in the documented order', () => {
    const id = pledgeOnly();
    expect(record('registry', 'ln_none')).toBe('object_not_found');
    expect(record('bank', id)).toBe('signer_lacks_role');
    expect(record('supervisor', id)).toBe('signer_lacks_role');
    expect(record('registry', id, { registeredAt: world.nowMs() + DAY_MS })).toBe(
      'publicity_time_in_future',
    );
    expect(record('registry', id, { registryValidTo: 1 })).toBe('registration_has_lapsed');
    expect(record('registry', id)).toBe('success');
    expect(record('registry', id, { registrationNo: 'ZD-2026-2' })).toBe(
      'publicity_already_recorded',
    );
    accepted(
      world.agree(['holder', 'bank'], 'lien', 'create', mortgage('ln_m', { debtRef: 'po_1' })),
    );
    expect(record('registry', 'ln_m')).toBe('registration_number_reused');
    const release = { id: 'ln_m', expectedVersion: 1 };
    accepted(world.submit('bank', 'lien', 'release', release));
    expect(record('registry', 'ln_m')).toBe('state_forbids_command');
  });

  it('one filing may cover all that secures one debt, and may be extended', () => {
    const id = pledgeOnly();
    const registeredAt = world.nowMs();
    expect(record('registry', id, { registeredAt })).toBe('success');
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    expect(record('registry', 'ln_lot', { registeredAt })).toBe('success');
    expect(record('registry', id, { registeredAt, registryValidTo: 31_000 })).toBe('success');
    expect(world.must(liens, id).publicity.registryValidTo).toBe(31_000);
  });

  it('Interp. 55: a pledge of goods is effective from the supervisor’s control', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    const control = (alias: string, id: string, controlAt: number) => {
      const params = { id, publicity: { kind: 'control', controlAt } };
      return world.submit(alias, 'lien', 'record_publicity', params).code;
    };
    const now = world.nowMs();
    expect(control('supervisor', pledgeOnly(), now)).toBe('publicity_does_not_fit_class');
    expect(control('supervisor2', 'ln_lot', now)).toBe('signer_not_party_to_object');
    expect(control('supervisor', 'ln_lot', now + DAY_MS)).toBe('publicity_time_in_future');
    expect(control('supervisor', 'ln_lot', now - DAY_MS)).toBe('success');
    expect(world.must(liens, 'ln_lot')).toMatchObject({
      state: 'EFFECTIVE',
      effectiveAt: now - DAY_MS,
    });
    expect(control('supervisor', 'ln_lot', now)).toBe('publicity_already_recorded');
  });

  it('Interp. 55: the pledgor’s own supervisor controls nothing', () => {
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    const [id, other] = [world.id('supervisor'), world.id('holder')];
    const relation = { id, other, kind: 'family', evidence: ref };
    accepted(world.submit('supervisor', 'party-registry', 'declare_affiliation', relation));
    const publicity = { kind: 'control', controlAt: world.nowMs() };
    const control = { id: 'ln_lot', publicity };
    expect(world.submit('supervisor', 'lien', 'record_publicity', control).code).toBe(
      'supervisor_not_independent',
    );
    expect(world.must(liens, 'ln_lot').state).not.toBe('EFFECTIVE');
  });
});

describe('release', () => {
  const release = (alias: string, id: string, expectedVersion = 1) =>
    world.submit(alias, 'lien', 'release', { id, expectedVersion }).code;

  it('ends a lien, and the asset’s list with the last one', () => {
    world = ownedLotWorld();
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    expect(release('bank', 'ln_none')).toBe('object_not_found');
    expect(release('bank2', 'ln_lot')).toBe('signer_not_party_to_object');
    expect(release('bank', 'ln_lot', 4)).toBe('object_version_is_stale');
    expect(release('bank', 'ln_lot')).toBe('success');
    expect(world.read(onAsset, 'lt_own')).toBeUndefined();
    expect(release('bank', 'ln_lot', 2)).toBe('state_forbids_command');
  });

  it('of a receipt goes through the receipt', () => {
    world = establishedWorld();
    const id = world.must(receipts, 'wr_oil').lien ?? '';
    expect(release('bank', id, 2)).toBe('lien_belongs_to_receipt');
  });

  it('asks the facility that it secures', () => {
    world = ownedLotWorld();
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge()));
    register(world, withPledge(world, 'wr_oil'));
    register(world, 'ln_lot');
    const attest = {
      id: 'pl_oil',
      evidence: { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'a/b' },
    };
    accepted(world.submit('supervisor', 'pledge-facility', 'attest_control', attest));
    expect(world.must(liens, 'ln_lot')).toMatchObject({ state: 'EFFECTIVE', version: 3 });
    accepted(draw(world, 429_000_000n));
    expect(release('bank', 'ln_lot', 3)).toBe('release_would_breach_ltv');
  });
});

describe('proofs of absence', () => {
  it('name the keys of the receipt and of its lot', async () => {
    world = ownedLotWorld();
    const holder = world.id('holder');
    const keys = ['lien/onAsset/wr_oil', 'lien/onAsset/lt_oil', `lien/onAsset/${holder}`];
    expect(lienProofKeys({ id: 'wr_oil', lot: 'lt_oil', holder })).toEqual(keys);
    const ask = () => queries.noLienProof.run(world.reader(), { receipt: 'wr_oil' } as never);
    expect(await ask()).toEqual({ data: { receipt: 'wr_oil', free: true }, proofRef: keys });
    withPledge(world, 'wr_oil');
    expect(await ask()).toEqual({ data: { receipt: 'wr_oil', free: false }, proofRef: keys });
    const unknown = await queries.noLienProof.run(world.reader(), { receipt: 'wr_no' } as never);
    expect(unknown).toEqual({ data: null, proofRef: [] });
  });

  it('encumbrances gives class, state, times and the key that proves the list', async () => {
    world = establishedWorld();
    const answer = await queries.encumbrances.run(world.reader(), { asset: 'wr_oil' } as never);
    expect(answer.proofRef).toEqual(['lien/onAsset/wr_oil']);
    expect(answer.data).toMatchObject({ liens: [{ class: 'PLEDGE_RECEIPT', state: 'EFFECTIVE' }] });
  });
});
