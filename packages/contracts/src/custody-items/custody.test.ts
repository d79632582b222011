import { dayFromTime, partyKeyTable } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { onAsset } from '../lien/keys.js';
import { alerts } from '../monitoring/keys.js';
import type { World } from '../testkit.js';
import {
  custodyWorld,
  move,
  must,
  ORDER,
  paper,
  personOf,
  register,
  rfidOf,
  stocktake,
  stored,
  VAULT,
} from './custodyWorld.js';
import { custodyItems } from './index.js';
import { handovers, items, movements, slots, vaults } from './keys.js';
import { statusCodes } from './statusCodes.js';

const DAY_MS = 86_400_000;
const reach = createReach();
const start = () => reach.watch(custodyWorld());

afterAll(() => {
  expect(reach.missing('custody-items', statusCodes)).toEqual([]);
});

describe('a vault', () => {
  it('is opened by approver, keeper and auditor; its auditor enrols persons', () => {
    const world = start();
    const open = (changes: object = {}, alias = 'approver') =>
      world.submit(alias, 'custody-items', 'open_vault', {
        id: 'ci_v2',
        name: 'V',
        keeper: world.id('keeper'),
        auditor: world.id('auditor'),
        ...changes,
      }).code;
    expect(open({}, 'keeper')).toBe('signer_lacks_role');
    expect(open({ id: VAULT })).toBe('id_already_exists');
    expect(open({ auditor: world.id('keeper') })).toBe('parties_must_differ');
    expect(open({ auditor: world.id('owner') })).toBe('reference_not_found');
    const enrol = (alias: string, changes: object = {}) =>
      world.submit(alias, 'custody-items', 'enrol', {
        vault: VAULT,
        party: world.id('owner'),
        personRef: personOf('77'),
        ...changes,
      }).code;
    expect(enrol('keeper')).toBe('signer_lacks_role');
    expect(enrol('auditor2')).toBe('signer_not_party_to_object');
    expect(enrol('auditor', { vault: 'ci_none' })).toBe('object_not_found');
    expect(enrol('auditor', { party: 'dev:nobody' })).toBe('party_not_active');
    expect(enrol('auditor')).toBe('success');
  });

  it('K4: an item is announced with its business object, owner and RFID', () => {
    const world = start();
    const send = (changes: object = {}, alias = 'keeper') =>
      register(world, 'ci_1', changes as never, alias).code;
    expect(send({}, 'owner')).toBe('signer_lacks_role');
    expect(send({}, 'second')).toBe('signer_not_party_to_object');
    expect(send({ vault: 'ci_none' })).toBe('reference_not_found');
    expect(send({ owner: 'dev:nobody' })).toBe('reference_not_found');
    for (const linkedTo of ['po_none', 'ln_none', 'pl_none', 'wr_none', 'lt_none', 'zz_1']) {
      expect(send({ linkedTo })).toBe('reference_not_found');
    }
    expect(send()).toBe('success');
    expect(send()).toBe('id_already_exists');
    expect(register(world, 'ci_2', { rfid: rfidOf('ci_1') }).code).toBe('rfid_is_taken');
    expect(world.must(items, 'ci_1')).toMatchObject({ state: 'PENDING_IN', linkedTo: ORDER });
  });
});

describe('the door', () => {
  it.each(['put_in', 'return_in', 'check_out', 'release_final'])(
    '%s: two keepers and an approver, three different persons',
    (name) => {
      const world = start();
      const id = 'ci_1';
      if (name === 'put_in') must(register(world, id));
      else stored(world, id, 'A-1');
      const due = dayFromTime(world.nowMs()) + 3;
      const out = { to: world.id('borrower'), due, reason: 'copy' };
      if (name === 'return_in') must(move(world, 'check_out', id, out));
      const own = name === 'put_in' ? { slot: 'A-1' } : {};
      const params = name === 'check_out' ? out : own;
      const send = (changes: object, alias = 'keeper') =>
        move(world, name, id, { ...params, ...changes } as never, [alias]).code;
      expect(send({}, 'owner')).toBe('signer_lacks_role');
      expect(send({}, 'second')).toBe('signer_not_party_to_object');
      expect(move(world, name, 'ci_none', params, ['keeper']).code).toBe('object_not_found');
      expect(send({ expectedVersion: 99 })).toBe('object_version_is_stale');
      for (const second of ['double', 'keeper', 'unknown', 'approver']) {
        expect(send({ second: world.id(second) })).toBe('dual_control_missing');
      }
      expect(send({ approver: world.id('unknown') })).toBe('dual_control_missing');
      expect(send({ approver: world.id('third') })).toBe('dual_control_missing');
      expect(send({ approver: world.id('boss') })).toBe('approver_is_keeper');
      expect(send({})).toBe('success');
      expect(send({})).toBe('object_has_pending_command');
      expect(world.countersign('approver', 'custody-items', id).code).toBe('not_your_turn_to_sign');
      must(world.countersign('second', 'custody-items', id));
      must(world.countersign('approver', 'custody-items', id));
      const last = world.records(movements).at(-1);
      expect(last).toMatchObject({ kind: name, approver: world.id('approver') });
    },
  );

  it('K1: one slot per item, kept while the item is out, free once it is gone', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    must(register(world, 'ci_2'));
    expect(move(world, 'put_in', 'ci_2', { slot: 'A-1' }, ['keeper']).code).toBe('slot_is_taken');
    expect(move(world, 'put_in', 'ci_1', { slot: 'A-2' }, ['keeper']).code).toBe(
      'state_forbids_command',
    );
    const due = dayFromTime(world.nowMs()) + 3;
    must(move(world, 'check_out', 'ci_1', { to: world.id('borrower'), due, reason: 'copy' }));
    expect(move(world, 'put_in', 'ci_2', { slot: 'A-1' }, ['keeper']).code).toBe('slot_is_taken');
    must(move(world, 'return_in', 'ci_1'));
    must(move(world, 'release_final', 'ci_1'));
    expect(world.read(slots, VAULT, 'A-1')).toBeUndefined();
    expect(move(world, 'put_in', 'ci_2', { slot: 'A-1' }).code).toBe('success');
  });

  it('K3: each of the three signs with a key of the enrolled person, not with a colleague’s', () => {
    const world = start();
    must(register(world, 'ci_1'));
    const holds = (alias: string, keyId: string, digits: string) => {
      const party = world.id(alias);
      const key = { party, keyId, suite: 'ed25519' as const, publicKey: new Uint8Array(32) };
      const held = { ...key, fromHeight: 1, personRef: personOf(digits) };
      world.plant(partyKeyTable, [party, keyId], held);
    };
    for (const [alias, digits] of [
      ['keeper', '01'],
      ['second', '02'],
      ['approver', '04'],
    ] as const) {
      holds(alias, 'own', digits);
      holds(alias, 'colleague', '09');
      world.useKey(alias, 'colleague');
      const refused = move(world, 'put_in', 'ci_1', { slot: 'A-1' });
      expect(refused.code).toBe('dual_control_missing');
      if (alias !== 'keeper') {
        const pendingId = world.must(items, 'ci_1').pending?.pendingId ?? '';
        must(world.submit('keeper', 'custody-items', 'reject', { id: 'ci_1', pendingId }));
      }
      world.useKey(alias, 'own');
    }
    must(move(world, 'put_in', 'ci_1', { slot: 'A-1' }));
  });

  it('check_out has a day; past it anyone has DOC_EXPIRY raised, the return clears it', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    const due = dayFromTime(world.nowMs()) + 3;
    const out = (changes: object) =>
      move(world, 'check_out', 'ci_1', {
        to: world.id('borrower'),
        due,
        reason: 'copy',
        ...changes,
      } as never).code;
    const mark = (id = 'ci_1') =>
      world.submit('owner', 'custody-items', 'mark_overdue', { id }).code;
    expect(out({ due: due - 9 })).toBe('deadline_has_passed');
    expect(out({ to: 'dev:nobody' })).toBe('party_not_active');
    expect(mark('ci_none')).toBe('object_not_found');
    expect(mark()).toBe('state_forbids_command');
    expect(out({})).toBe('success');
    expect(mark()).toBe('deadline_not_reached');
    world.advance(5 * DAY_MS);
    expect(mark()).toBe('success');
    expect(world.records(alerts)).toMatchObject([
      { kind: 'DOC_EXPIRY', asset: 'ci_1', owner: world.id('keeper') },
    ]);
    must(move(world, 'return_in', 'ci_1'));
    expect(world.records(alerts)[0]?.state).toBe('RESOLVED');
  });

  it('release_final waits until the item secures nothing (lien_not_released)', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    const entry = { lien: 'ln_1', class: 'MORTGAGE', exclusive: true, state: 'EFFECTIVE' } as const;
    world.plant(onAsset, [ORDER], { asset: ORDER, liens: [{ ...entry, createdAt: 0 }] });
    expect(move(world, 'release_final', 'ci_1', {}, ['keeper']).code).toBe('lien_not_released');
    world.plant(onAsset, [ORDER], { asset: 'po_2', liens: [{ ...entry, createdAt: 0 }] });
  });

  it('R11: an order stops an item until it is lifted by who gave it', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    const order = (name: string, alias = 'court', id = 'ci_1') =>
      world.submit(alias, 'custody-items', name, { id, order: paper }).code;
    expect(order('freeze', 'keeper')).toBe('signer_lacks_role');
    expect(order('freeze', 'court', 'ci_none')).toBe('object_not_found');
    expect(order('unfreeze')).toBe('state_forbids_command');
    expect(order('freeze')).toBe('success');
    expect(order('freeze')).toBe('object_is_frozen');
    expect(move(world, 'release_final', 'ci_1', {}, ['keeper']).code).toBe('object_is_frozen');
    expect(order('unfreeze', 'regulator')).toBe('signer_not_party_to_object');
    expect(order('unfreeze')).toBe('success');
    must(move(world, 'release_final', 'ci_1'));
    expect(order('freeze')).toBe('state_forbids_command');
  });
});

describe('stocktake and handing over', () => {
  it('lists missing, extra, misplaced and damaged; items stand so from the signatures', async () => {
    const world = start();
    for (const [id, slot] of [
      ['ci_1', 'A-1'],
      ['ci_2', 'A-2'],
      ['ci_3', 'A-3'],
      ['ci_4', 'A-4'],
    ] as const) {
      stored(world, id, slot);
    }
    must(register(world, 'ci_5'));
    const found = [
      { item: 'ci_1', slot: 'A-1' },
      { item: 'ci_2', slot: 'A-9' },
      { item: 'ci_3', slot: 'A-3', damaged: true },
      { item: 'ci_5', slot: 'A-5' },
    ];
    const number = stocktake(world, found, ['ci_4']);
    expect(world.must(items, 'ci_4').state).toBe('MISSING');
    expect(world.must(items, 'ci_3').state).toBe('DAMAGED');
    const { data } = await ask(world, custodyItems, 'stocktake', { vault: VAULT, number });
    expect(data).toMatchObject({
      state: 'SIGNED',
      blind: true,
      bookItems: 4,
      counted: 4,
      booked: 3,
    });
    const { differences } = data as { differences: { kind: string; item: string }[] };
    expect(differences.map(({ kind, item }) => `${kind} ${item}`)).toEqual([
      'misplaced ci_2',
      'damaged ci_3',
      'extra ci_5',
      'missing ci_4',
    ]);
    expect(world.must(vaults, VAULT)).toMatchObject({ openDifferences: 4, items: 2 });
  });

  it('stands over a snapshot: nothing moves, each item is counted once, the book is whole', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    stored(world, 'ci_2', 'A-2');
    const send = (name: string, params: object, alias = 'keeper', vault = VAULT) =>
      world.submit(alias, 'custody-items', name, { vault, ...params } as never).code;
    const entry = { item: 'ci_1', slot: 'A-1', damaged: false };
    expect(send('count', { entries: [entry] })).toBe('state_forbids_command');
    expect(send('open_stocktake', { blind: false }, 'second')).toBe('signer_not_party_to_object');
    expect(send('open_stocktake', { blind: false }, 'keeper', 'ci_none')).toBe('object_not_found');
    expect(send('open_stocktake', { blind: false })).toBe('success');
    expect(send('open_stocktake', { blind: false })).toBe('stocktake_is_open');
    expect(move(world, 'release_final', 'ci_1', {}, ['keeper']).code).toBe('stocktake_is_open');
    expect(send('count', { entries: [entry] }, 'second')).toBe('signer_not_party_to_object');
    expect(send('count', { entries: [entry, entry] })).toBe('item_already_counted');
    expect(send('count', { entries: [entry] })).toBe('success');
    expect(send('count', { entries: [entry] })).toBe('item_already_counted');
    expect(send('reconcile', { missing: [] })).toBe('stocktake_incomplete');
    expect(send('reconcile', { missing: ['ci_1'] })).toBe('item_already_counted');
    expect(send('reconcile', { missing: ['ci_none'] })).toBe('reference_not_found');
    expect(send('sign', { stocktake: 1 })).toBe('state_forbids_command');
    expect(send('reconcile', { missing: ['ci_2'] }, 'second')).toBe('signer_not_party_to_object');
    expect(send('reconcile', { missing: ['ci_2'] })).toBe('success');
    expect(send('sign', { stocktake: 9 })).toBe('state_forbids_command');
    must(
      world.agree(['keeper', 'auditor'], 'custody-items', 'sign', { vault: VAULT, stocktake: 1 }),
    );
  });

  it('K2: a new keeper takes over on a full count; with differences only by exception', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    stored(world, 'ci_2', 'A-2');
    const whole = [
      { item: 'ci_1', slot: 'A-1' },
      { item: 'ci_2', slot: 'A-2' },
    ];
    const first = stocktake(world, whole);
    const hand = (changes: object = {}, who = ['keeper', 'third']) =>
      world.agree(who, 'custody-items', 'hand_over', {
        vault: VAULT,
        expectedVersion: world.must(vaults, VAULT).version,
        to: world.id('third'),
        stocktake: first,
        ...changes,
      } as never).code;
    expect(hand({ vault: 'ci_none' })).toBe('object_not_found');
    expect(hand({}, ['second'])).toBe('signer_not_party_to_object');
    expect(hand({ expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(hand({ to: world.id('keeper') })).toBe('parties_must_differ');
    expect(hand({ to: world.id('unknown') })).toBe('dual_control_missing');
    expect(hand({ stocktake: 9 })).toBe('full_count_missing');
    must(move(world, 'release_final', 'ci_2'));
    expect(hand()).toBe('full_count_missing');
    const second = stocktake(world, [], ['ci_1']);
    expect(hand({ stocktake: second })).toBe('differences_open');
    const excepted = { stocktake: second, exceptedBy: world.id('approver') };
    expect(hand({ ...excepted, exceptedBy: world.id('double') })).toBe('dual_control_missing');
    const twice = { ...excepted, to: world.id('second'), exceptedBy: world.id('boss') };
    expect(hand(twice)).toBe('approver_is_keeper');
    expect(hand(excepted, ['keeper', 'third', 'approver'])).toBe('success');
    expect(world.must(vaults, VAULT).keeper).toBe(world.id('third'));
    expect(world.records(handovers)).toMatchObject([
      { from: world.id('keeper'), stocktake: second },
    ]);
  });

  it('a difference is settled on evidence by keeper and auditor', () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    stored(world, 'ci_2', 'A-2');
    const number = stocktake(world, [{ item: 'ci_2', slot: 'A-7' }], ['ci_1']);
    const settle = (changes: object, who = ['keeper', 'auditor']) =>
      world.agree(who, 'custody-items', 'settle_difference', {
        vault: VAULT,
        stocktake: number,
        item: 'ci_1',
        kind: 'missing',
        slot: 'A-1',
        evidence: paper,
        ...changes,
      } as never).code;
    expect(settle({}, ['second'])).toBe('signer_not_party_to_object');
    expect(settle({ vault: 'ci_none' })).toBe('object_not_found');
    expect(settle({ kind: 'extra' })).toBe('reference_not_found');
    expect(settle({ slot: 'A-2' })).toBe('slot_is_taken');
    expect(settle({})).toBe('success');
    expect(world.must(items, 'ci_1')).toMatchObject({ state: 'IN_VAULT', slot: 'A-1' });
    expect(settle({})).toBe('reference_not_found');
    expect(settle({ item: 'ci_2', kind: 'misplaced', slot: 'A-7' })).toBe('success');
    expect(world.must(vaults, VAULT).openDifferences).toBe(0);
  });

  it('tells the history of an item and what a vault holds', async () => {
    const world = start();
    stored(world, 'ci_1', 'A-1');
    const history = await ask(world, custodyItems, 'itemHistory', { item: 'ci_1' });
    expect(history.data).toMatchObject({ items: [{ kind: 'put_in', slot: 'A-1' }] });
    expect(await holdings(world)).toEqual(['ci_1']);
  });
});

async function holdings(world: World): Promise<string[]> {
  const { data } = await ask(world, custodyItems, 'vault', { vault: VAULT });
  return (data as { items: { id: string }[] }).items.map(({ id }) => id);
}
