import { signerFromSeed } from '@triflow/crypto';
import { type CborMap, type Contract, dayFromTime, hexFromBytes, limits } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { monitoring } from '../monitoring/index.js';
import { alerts } from '../monitoring/keys.js';
import { given, type World } from '../testkit.js';
import { partyRegistry } from './index.js';
import { areAffiliated } from './internal.js';
import { affiliations, governors, keyOwners, parties, partyKeys, views } from './keys.js';
import { statusCodes } from './statusCodes.js';

const USCC = 'uscc:9144030071526726XG';
const evidence = { hash: `sha256:${'0a'.repeat(32)}`, mediaType: 'application/pdf' };
const reach = createReach();

afterAll(() => {
  expect(reach.missing('party-registry', statusCodes)).toEqual([]);
});

describe('register_party', () => {
  it('P2: admits a party whose key signs from the next height', () => {
    const world = start();
    expect(register(world).code).toBe('success');
    const party = world.must(parties, USCC);
    expect(party).toMatchObject({ state: 'ACTIVE', version: 1, keyIds: ['main'] });
    const key = world.must(partyKeys, USCC, 'main');
    expect(key.fromHeight).toBe(3);
    expect(world.must(keyOwners, hexFromBytes(key.publicKey)).party).toBe(USCC);
  });

  it('wants a GOVERNOR, a fresh id, right check characters and a good key', () => {
    const world = start();
    expect(register(world, {}, 'buyer').code).toBe('signer_lacks_role');
    expect(register(world, { id: 'uscc:9144030071526726XH' }).code).toBe('party_id_check_failed');
    expect(register(world, { key: { keyId: 'main', ...key(1, new Uint8Array(32)) } }).code).toBe(
      'key_is_invalid',
    );
    register(world);
    expect(register(world).code).toBe('id_already_exists');
    expect(register(world, { id: 'gln:4012345000115' }).code).toBe('key_already_registered');
  });

  it('wants the licence of a licensed role', () => {
    const world = start();
    const roles = ['LENDER'];
    expect(register(world, { roles }).code).toBe('licence_missing_or_expired');
    const expired = licence(world, -1);
    expect(register(world, { roles, licences: [expired] }).code).toBe('licence_missing_or_expired');
    expect(register(world, { roles, licences: [licence(world, 0)] }).code).toBe('success');
  });
});

describe('keys', () => {
  it('a party adds a key for itself, and a GOVERNOR for it', () => {
    const world = start();
    expect(addKey(world, 'buyer', 'second', 2).code).toBe('success');
    expect(addKey(world, 'governor', 'third', 3).code).toBe('success');
    expect(world.must(parties, world.id('buyer')).keyIds).toEqual(['second', 'third']);
    // P2: from the height after the block that it stands in.
    expect(world.must(partyKeys, world.id('buyer'), 'second').fromHeight).toBe(3);
  });

  it('a key may say by a digest which person holds it', () => {
    const world = start();
    const personRef = `sha256:${'5e'.repeat(32)}`;
    const held = { id: world.id('buyer'), keyId: 'mine', personRef, ...key(2) };
    expect(submit(world, 'buyer', 'add_key', held).code).toBe('success');
    expect(world.must(partyKeys, world.id('buyer'), 'mine').personRef).toBe(personRef);
    const named = { ...held, keyId: 'other', personRef: 'Li Ming', ...key(3) };
    expect(submit(world, 'buyer', 'add_key', named).code).toBe('params_are_invalid');
  });

  it('P1: refuses strangers, known key ids, known keys and too many', () => {
    const world = start();
    expect(addKey(world, 'seller', 'second', 2).code).toBe('signer_not_party_to_object');
    addKey(world, 'buyer', 'second', 2);
    expect(addKey(world, 'buyer', 'second', 3).code).toBe('id_already_exists');
    expect(addKey(world, 'buyer', 'third', 2).code).toBe('key_already_registered');
    const taken = { ...key(2), keyId: 'mine', id: world.id('seller') };
    expect(submit(world, 'governor', 'add_key', taken).code).toBe('key_already_registered');
    const nobody = { ...key(4), keyId: 'x', id: 'dev:nobody' };
    expect(submit(world, 'governor', 'add_key', nobody).code).toBe('object_not_found');
    for (let i = 1; i < limits.keysPerPartyMax; i += 1) addKey(world, 'buyer', `k${i}`, 10 + i);
    expect(addKey(world, 'buyer', 'last', 99).code).toBe('bound_exceeded');
  });

  it('P2: a revoked key stops at the next height and its id never comes back', () => {
    const world = start();
    addKey(world, 'buyer', 'one', 2);
    addKey(world, 'buyer', 'two', 3);
    expect(revokeKey(world, 'seller', 'one', 3).code).toBe('signer_not_party_to_object');
    expect(revokeKey(world, 'buyer', 'one', 1).code).toBe('object_version_is_stale');
    expect(revokeKey(world, 'buyer', 'three', 3).code).toBe('party_key_not_found');
    expect(revokeKey(world, 'buyer', 'one', 3).code).toBe('success');
    expect(world.must(partyKeys, world.id('buyer'), 'one').toHeight).toBeGreaterThan(4);
    expect(revokeKey(world, 'buyer', 'two', 4).code).toBe('last_key_cannot_be_revoked');
    expect(addKey(world, 'buyer', 'one', 5).code).toBe('id_already_exists');
    expect(addKey(world, 'buyer', 'new', 2).code).toBe('key_already_registered');
  });
});

describe('roles and licences', () => {
  it('a licensed role needs its licence', () => {
    const world = start();
    expect(role(world, 'grant_role', 'BANK', 1).code).toBe('licence_missing_or_expired');
    const paper = { id: world.id('buyer'), licence: licence(world, 30, 'banking') };
    expect(submit(world, 'governor', 'record_licence', paper).code).toBe('success');
    expect(submit(world, 'governor', 'record_licence', paper).code).toBe(
      'licence_already_recorded',
    );
    expect(role(world, 'grant_role', 'BANK', 1).code).toBe('object_version_is_stale');
    expect(role(world, 'grant_role', 'BANK', 2).code).toBe('success');
    expect(role(world, 'grant_role', 'BANK', 3).code).toBe('state_forbids_command');
    expect(world.must(parties, world.id('buyer')).roles).toEqual(['BUYER', 'BANK']);
    expect(role(world, 'revoke_role', 'BANK', 3).code).toBe('success');
    expect(role(world, 'revoke_role', 'BANK', 4).code).toBe('state_forbids_command');
    expect(role(world, 'grant_role', 'CARRIER', 4).code).toBe('success');
  });

  it('DOC_EXPIRY: a licence that ended unrenewed is flagged by anyone, and ended by the renewal', () => {
    const world = start(partyRegistry, monitoring);
    const id = world.id('buyer');
    const flag = (changes: CborMap = {}) =>
      submit(world, 'carrier', 'flag_licence_expiry', { id, kind: 'banking', ...changes }).code;
    const record = (days: number, kind = 'banking') =>
      submit(world, 'governor', 'record_licence', { id, licence: licence(world, days, kind) }).code;
    expect(flag({ id: 'dev:nobody' })).toBe('object_not_found');
    expect(flag()).toBe('reference_not_found');
    expect(record(0)).toBe('success');
    expect(record(9, 'transport')).toBe('success');
    expect(flag()).toBe('deadline_not_reached');
    world.advance(2 * 86_400_000);
    expect([flag(), flag()]).toEqual(['success', 'success']);
    expect(flag({ kind: 'transport' })).toBe('deadline_not_reached');
    expect(world.records(alerts)).toMatchObject([
      { kind: 'DOC_EXPIRY', asset: id, owner: id, episode: 'banking.1', state: 'RAISED' },
    ]);
    expect(record(-1)).toBe('success');
    expect(record(30, 'trade')).toBe('success');
    expect(world.records(alerts)[0]?.state).toBe('RAISED');
    expect(record(30)).toBe('success');
    expect(world.records(alerts)[0]?.state).toBe('RESOLVED');
  });

  it('without monitoring an ended licence is flagged to nobody', () => {
    const world = start();
    const id = world.id('buyer');
    const ended = { id, licence: licence(world, -1) };
    expect(submit(world, 'governor', 'record_licence', ended).code).toBe('success');
    const flag = { id, kind: 'finance' };
    expect(submit(world, 'carrier', 'flag_licence_expiry', flag).events).toEqual([]);
  });

  it('is for GOVERNORs, and bounded', () => {
    const world = start();
    const buyer = world.id('buyer');
    const grant = { id: buyer, role: 'CARRIER', expectedVersion: 1 };
    expect(submit(world, 'seller', 'grant_role', grant).code).toBe('signer_lacks_role');
    const nobody = { id: 'dev:nobody', role: 'CARRIER', expectedVersion: 1 };
    expect(submit(world, 'governor', 'grant_role', nobody).code).toBe('object_not_found');
    expect(submit(world, 'governor', 'revoke_role', nobody).code).toBe('object_not_found');
    const noPaper = { id: 'dev:nobody', licence: licence(world, 1) };
    expect(submit(world, 'governor', 'record_licence', noPaper).code).toBe('object_not_found');
    for (let i = 0; i < limits.licencesPerPartyMax; i += 1) {
      const paper = { id: buyer, licence: licence(world, i, 'other') };
      expect(submit(world, 'governor', 'record_licence', paper).code).toBe('success');
    }
    const more = { id: buyer, licence: licence(world, 100, 'other') };
    expect(submit(world, 'governor', 'record_licence', more).code).toBe('bound_exceeded');
  });

  it('the governors are known, bounded, and never none', () => {
    const world = start();
    const known = () => world.must(governors, 'all').active;
    const alone = { id: world.id('governor'), expectedVersion: 1 };
    expect(known()).toEqual([world.id('governor')]);
    const off = { ...alone, role: 'GOVERNOR' };
    const last = 'last_governor_cannot_leave';
    expect(submit(world, 'governor', 'revoke_role', off).code).toBe(last);
    expect(submit(world, 'regulator', 'suspend', alone).code).toBe(last);
    expect(role(world, 'grant_role', 'GOVERNOR', 1).code).toBe('success');
    expect(known()).toEqual([world.id('governor'), world.id('buyer')]);
    expect(submit(world, 'regulator', 'suspend', alone).code).toBe('success');
    expect(known()).toEqual([world.id('buyer')]);
    const back = { ...alone, expectedVersion: 2 };
    expect(submit(world, 'regulator', 'reinstate', back).code).toBe('success');
    expect(known()).toHaveLength(2);
    const many = Array.from({ length: limits.governorsMax }, () => world.id('buyer'));
    world.plant(governors, ['all'], { active: many });
    expect(register(world, { roles: ['GOVERNOR'] }).code).toBe('bound_exceeded');
  });

  it('a party with the role PLATFORM alone signs nothing', () => {
    const world = start();
    const own = { ...key(9), id: world.id('platform'), keyId: 'mine' };
    expect(submit(world, 'platform', 'add_key', own).code).toBe('signer_lacks_role');
  });
});

describe('affiliation', () => {
  it('P3: holds both ways, and its chain is found with the path', async () => {
    const world = start();
    expect(declare(world, 'buyer', 'buyer', 'seller').code).toBe('success');
    expect(declare(world, 'regulator', 'seller', 'carrier').code).toBe('success');
    expect(world.must(affiliations, world.id('seller')).others).toHaveLength(2);
    const a = world.id('buyer');
    const b = world.id('carrier');
    const { data } = await ask(world, partyRegistry, 'areAffiliated', { a, b });
    expect(data).toEqual({ answer: 'affiliated', path: [a, world.id('seller'), b] });
    // What commands of other contracts ask, and the other way round.
    const reader = { get: world.read };
    expect(areAffiliated(reader, a, b)).toBe('affiliated');
    expect(areAffiliated(reader, b, a)).toBe('affiliated');
    expect(areAffiliated(reader, a, world.id('governor'))).toBe('not_affiliated');
    const none = await ask(world, partyRegistry, 'areAffiliated', { a, b: world.id('governor') });
    expect(none.data).toEqual({ answer: 'not_affiliated', path: [] });
  });

  it('R14: a search stops at eight steps, and says that it is incomplete', () => {
    const names = Array.from({ length: 11 }, (_, index) => `n${index}`);
    const parties = Object.fromEntries(names.map((name) => [name, ['SUPPLIER'] as const]));
    const world = given({ contracts: [partyRegistry], parties });
    for (const [index, name] of names.slice(1).entries()) {
      const subject = world.id(`n${index}`);
      const declared = { kind: 'controls' as const, evidence, since: 0, declaredBy: subject };
      const relation = { ...declared, subject, other: world.id(name) };
      world.plant(affiliations, [subject], { others: [relation] });
    }
    const answer = (to: string) => areAffiliated({ get: world.read }, world.id('n0'), world.id(to));
    expect(answer('n8')).toBe('affiliated');
    expect(answer('n9')).toBe('search_incomplete');
  });

  it('refuses unknown parties, strangers, itself and repetition', () => {
    const world = start();
    expect(declare(world, 'carrier', 'buyer', 'seller').code).toBe('signer_not_party_to_object');
    expect(declare(world, 'buyer', 'buyer', 'buyer').code).toBe('parties_must_differ');
    declare(world, 'buyer', 'buyer', 'seller');
    expect(declare(world, 'buyer', 'buyer', 'seller').code).toBe('affiliation_already_declared');
    expect(declare(world, 'seller', 'seller', 'buyer').code).toBe('success');
    const params = { id: world.id('buyer'), other: 'dev:nobody', kind: 'family', evidence };
    expect(submit(world, 'buyer', 'declare_affiliation', params).code).toBe('reference_not_found');
    const unknown = { ...params, id: 'dev:nobody' };
    expect(submit(world, 'regulator', 'declare_affiliation', unknown).code).toBe(
      'object_not_found',
    );
  });
});

describe('views', () => {
  it('a holder shows an object to a reader until a time, and takes it back', () => {
    const world = start();
    expect(grantView(world, 'buyer', 'seller').code).toBe('success');
    expect(grantView(world, 'carrier', 'seller').code).toBe('success');
    const [first, second] = world.records(views);
    const [object, reader] = ['wr_1', world.id('seller')];
    expect(first).toMatchObject({ object, reader });
    expect([first?.by, second?.by].sort()).toEqual([world.id('buyer'), world.id('carrier')].sort());
    const back = { object, reader };
    expect(submit(world, 'buyer', 'revoke_view', back).code).toBe('success');
    expect(submit(world, 'buyer', 'revoke_view', back).code).toBe('view_not_granted');
    expect(world.records(views).map(({ by }) => by)).toEqual([world.id('carrier')]);
  });

  it('wants an active reader who is another, and a time to come', () => {
    const world = start();
    expect(grantView(world, 'buyer', 'buyer').code).toBe('parties_must_differ');
    expect(grantView(world, 'buyer', 'seller', { until: world.nowMs() }).code).toBe(
      'deadline_has_passed',
    );
    const unknown = { reader: 'dev:nobody' };
    expect(grantView(world, 'buyer', 'seller', unknown).code).toBe('reference_not_found');
    expect(grantView(world, 'buyer', 'seller', { object: 'zz_1' }).code).toBe('params_are_invalid');
  });

  it('a COURT opens what its order names, and nothing without an order', () => {
    const world = start();
    expect(grantView(world, 'court', 'court').code).toBe('view_order_missing');
    expect(grantView(world, 'court', 'court', { order: evidence }).code).toBe('success');
    expect(world.records(views)[0]).toMatchObject({ by: world.id('court'), order: evidence });
  });
});

describe('suspend and reinstate', () => {
  it('a suspended party cannot sign until it is reinstated', () => {
    const world = start();
    const buyer = { id: world.id('buyer'), expectedVersion: 1 };
    expect(submit(world, 'seller', 'suspend', buyer).code).toBe('signer_lacks_role');
    const stale = { ...buyer, expectedVersion: 2 };
    expect(submit(world, 'regulator', 'suspend', stale).code).toBe('object_version_is_stale');
    expect(submit(world, 'regulator', 'reinstate', buyer).code).toBe('state_forbids_command');
    expect(submit(world, 'regulator', 'suspend', buyer).code).toBe('success');
    expect(submit(world, 'regulator', 'suspend', stale).code).toBe('state_forbids_command');
    expect(addKey(world, 'buyer', 'two', 2).code).toBe('party_not_active');
    expect(addKey(world, 'governor', 'two', 2).code).toBe('state_forbids_command');
    expect(role(world, 'grant_role', 'CARRIER', 2).code).toBe('state_forbids_command');
    expect(submit(world, 'governor', 'reinstate', stale).code).toBe('success');
    expect(addKey(world, 'buyer', 'two', 2).code).toBe('success');
    const nobody = { id: 'dev:nobody', expectedVersion: 1 };
    expect(submit(world, 'governor', 'suspend', nobody).code).toBe('object_not_found');
    expect(submit(world, 'governor', 'reinstate', nobody).code).toBe('object_not_found');
    expect(submit(world, 'governor', 'reinstate', { id: 5 }).code).toBe('params_are_invalid');
  });
});

function start(...contracts: readonly Contract[]): World {
  const world = given({
    contracts: contracts.length > 0 ? contracts : [partyRegistry],
    parties: {
      governor: ['GOVERNOR'],
      regulator: ['REGULATOR'],
      buyer: ['BUYER'],
      seller: ['SUPPLIER'],
      carrier: ['CARRIER'],
      court: ['COURT'],
      platform: ['PLATFORM'],
    },
  });
  return reach.watch(world);
}

function submit(world: World, alias: string, name: string, params: CborMap) {
  return world.submit(alias, 'party-registry', name, params);
}

function key(seed: number, publicKey = signerFromSeed(new Uint8Array(32).fill(seed)).publicKey) {
  return { suite: 'ed25519', publicKey };
}

function register(world: World, changes: CborMap = {}, alias = 'governor') {
  const params = { id: USCC, name: 'South Core', roles: ['CORE'], sizeClass: 'large' };
  const first = { keyId: 'main', ...key(1) };
  return submit(world, alias, 'register_party', { ...params, key: first, ...changes });
}

function licence(world: World, days: number, kind = 'finance') {
  const validTo = dayFromTime(world.nowMs()) + days;
  return { kind, number: 'B0001H144030001', scope: 'lending', validTo };
}

function addKey(world: World, alias: string, keyId: string, seed: number) {
  return submit(world, alias, 'add_key', { id: world.id('buyer'), keyId, ...key(seed) });
}

function revokeKey(world: World, alias: string, keyId: string, expectedVersion: number) {
  return submit(world, alias, 'revoke_key', { id: world.id('buyer'), keyId, expectedVersion });
}

function role(world: World, name: string, wanted: string, expectedVersion: number) {
  const params = { id: world.id('buyer'), role: wanted, expectedVersion };
  return submit(world, 'governor', name, params);
}

function grantView(world: World, by: string, reader: string, changes: CborMap = {}) {
  const until = world.nowMs() + 86_400_000;
  const params = { object: 'wr_1', reader: world.id(reader), until };
  return submit(world, by, 'grant_view', { ...params, ...changes });
}

function declare(world: World, alias: string, party: string, other: string) {
  const params = { id: world.id(party), other: world.id(other), kind: 'controls', evidence };
  return submit(world, alias, 'declare_affiliation', params);
}
