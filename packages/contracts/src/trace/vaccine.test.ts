import { sha256 } from '@triflow/crypto';
import { limits } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { assetAlerts } from '../monitoring/keys.js';
import type { World } from '../testkit.js';
import { trace } from './index.js';
import { lotCounts, reports, tracedLots, unitSteps, units } from './keys.js';
import { statusCodes } from './statusCodes.js';
import { keyOf, traceTools } from './traceWorld.js';
import {
  act,
  bindLogger,
  CASE,
  certificate,
  codeOf,
  commissionUnits,
  HOUR_MS,
  LOT,
  logTemperatures,
  MAX_GAP_MS,
  MINUTE_MS,
  emptyVaccineWorld as makeEmptyVaccineWorld,
  releasedWorld as makeReleasedWorld,
  vaccineWorld as makeVaccineWorld,
  must,
  openVaccineLot,
  PACKS,
  PALLET,
  packInto,
  paper,
  releaseLot,
  travel,
} from './vaccineWorld.js';

const DAY_MS = 24 * HOUR_MS;
const reach = createReach();
const emptyVaccineWorld = () => reach.watch(makeEmptyVaccineWorld());
const vaccineWorld = () => reach.watch(makeVaccineWorld());
const releasedWorld = () => reach.watch(makeReleasedWorld());

afterAll(() => {
  const ofUnits = Object.fromEntries(
    Object.entries(statusCodes).filter(([, number]) => number >= statusCodes.vaccine_terms_missing),
  );
  expect(reach.missing('trace', ofUnits)).toEqual([]);
});

describe('lots', () => {
  it('are opened by any maker, of vaccine by an MAH with expiry and whole packs', () => {
    const world = emptyVaccineWorld();
    const lot = (changes: object, alias = 'maker') =>
      world.submit(alias, 'trace', 'open_lot', {
        id: 'lt_x',
        kind: 'vaccine',
        sku: 'A',
        name: 'A',
        made: { value: 5n, unit: 'H87', scale: 0 },
        expiryDay: 30_000,
        ...changes,
      }).code;
    expect(lot({}, 'cdc')).toBe('signer_lacks_role');
    expect(lot({ expiryDay: undefined })).toBe('vaccine_terms_missing');
    expect(lot({ made: { value: 5n, unit: 'KGM', scale: 0 } })).toBe('unit_does_not_match');
    expect(lot({ made: { value: -5n, unit: 'H87', scale: 0 } })).toBe('amount_must_be_positive');
    expect(lot({ expiryDay: 10 })).toBe('lot_is_expired');
    expect(lot({ lineage: ['lt_none'] })).toBe('reference_not_found');
    expect(lot({})).toBe('success');
    expect(lot({})).toBe('id_already_exists');
    const goods = { id: 'lt_y', kind: 'goods', expiryDay: undefined };
    expect(lot(goods, 'stranger')).toBe('success');
    expect(world.must(tracedLots, 'lt_y').release.state).toBe('NOT_NEEDED');
  });

  it('T4: vaccine records are kept five years past expiry, and no member can name a person', () => {
    const world = vaccineWorld();
    const { expiryDay = 0, keepUntilDay = 0 } = world.must(tracedLots, LOT);
    expect(keepUntilDay - expiryDay).toBeGreaterThanOrEqual(5 * 365);
    for (const name of ['name', 'patient', 'idNumber', 'phone', 'note']) {
      const outcome = act(world, 'clinic', 'dispense', PACKS[0], { [name]: 'x' });
      expect(`${name} ${outcome.code}`).toBe(`${name} params_are_invalid`);
    }
  });

  it('the release authority releases or refuses, once, at the version it read (V 26)', () => {
    const world = vaccineWorld();
    const decide = (name: string, changes: object = {}, alias = 'release') =>
      world.submit(alias, 'trace', name, {
        id: LOT,
        expectedVersion: 1,
        certificate,
        ...(name === 'refuse_lot' ? { reason: 'potency' } : {}),
        ...changes,
      }).code;
    for (const name of ['release_lot', 'refuse_lot']) {
      expect(decide(name, {}, 'maker')).toBe('signer_lacks_role');
      expect(decide(name, { id: 'lt_none' })).toBe('object_not_found');
      expect(decide(name, { expectedVersion: 9 })).toBe('object_version_is_stale');
    }
    world.submit('stranger', 'trace', 'open_lot', goodsLot('lt_g', 5n));
    expect(decide('release_lot', { id: 'lt_g' })).toBe('lot_is_not_vaccine');
    expect(decide('release_lot')).toBe('success');
    expect(decide('refuse_lot', { expectedVersion: 2 })).toBe('state_forbids_command');
    expect(world.must(tracedLots, LOT).release).toMatchObject({
      state: 'RELEASED',
      by: world.id('release'),
      certificate,
    });
  });
});

describe('commissioning', () => {
  it('puts up to 256 serials into a lot in one command, each once for ever', () => {
    const world = emptyVaccineWorld();
    must(openVaccineLot(world, LOT, 258));
    const ids = Array.from({ length: limits.serialsPerCommandMax }, (_, i) => `vu_u${i}`);
    expect(commissionUnits(world, LOT, 1, [...ids, 'vu_one-more']).code).toBe('params_are_invalid');
    expect(commissionUnits(world, LOT, 1, ids).code).toBe('success');
    expect(world.must(lotCounts, LOT).commissioned).toEqual({ units: 256, packs: 256 });
    const again = { units: [{ id: 'vu_new', code: codeOf('vu_u0') }] };
    expect(commissionUnits(world, LOT, 1, ['vu_u0']).code).toBe('unit_already_commissioned');
    expect(commissionUnits(world, LOT, 1, [], again).code).toBe('unit_already_commissioned');
    const fresh = { id: 'vu_new', code: codeOf('vu_new') };
    const twice = { units: [fresh, { id: 'vu_other', code: codeOf('vu_new') }] };
    expect(commissionUnits(world, LOT, 1, [], twice).code).toBe('unit_already_commissioned');
    expect(commissionUnits(world, LOT, 1, ['vu_a', 'vu_b', 'vu_c']).code).toBe(
      'lot_quantity_exceeded',
    );
    expect(commissionUnits(world, LOT, 2, ['vu_case1']).code).toBe('success');
  });

  it('refuses strangers, bad codes, events of other serials, and lots past it', () => {
    const world = vaccineWorld();
    const send = (changes: object, alias = 'maker') =>
      world.submit(alias, 'trace', 'commission', {
        lot: LOT,
        level: 1,
        units: [{ id: 'vu_x', code: codeOf('vu_x') }],
        ...changes,
      }).code;
    expect(send({}, 'maker2')).toBe('signer_not_party_to_object');
    expect(send({ lot: 'lt_none' })).toBe('object_not_found');
    const bad = ['12345678901234567890123', 'https://id.gs1.org/01/10614141073465/21/x'];
    for (const code of [...bad, 'https://id.gs1.org/01/10614141073464']) {
      expect(send({ units: [{ id: 'vu_x', code }] })).toBe('unit_code_is_invalid');
    }
    expect(send({ event: '0'.repeat(64) })).toBe('reference_not_found');
    expect(send({ units: [{ id: 'vu_n', code: '81234567890123456789' }] })).toBe('success');
    must(releaseLot(world, LOT));
    expect(send({})).toBe('state_forbids_command');
    expect(send({ level: 2 })).toBe('success');
  });

  it('names a recorded event that adds these very serials, or none', () => {
    const world = vaccineWorld();
    const { record } = traceTools(sha256);
    const event = (members: object) =>
      keyOf(
        record(world, 'maker', {
          action: 'ADD',
          bizStep: 'commissioning',
          disposition: 'active',
          epcList: [codeOf('vu_x')],
          readPoint: { id: world.id('maker') },
          ...members,
        }),
      );
    const right = event({});
    const observed = event({ action: 'OBSERVE' });
    const other = event({ epcList: [codeOf('vu_y')] });
    const send = (key: string) => commissionUnits(world, LOT, 1, ['vu_x'], { event: key }).code;
    expect(send(observed)).toBe('event_does_not_fit');
    expect(send(other)).toBe('event_does_not_fit');
    expect(send(right)).toBe('success');
    expect(world.must(units, 'vu_x').event).toBe(right);
  });

  it('of a refused, recalled or expired lot is over', () => {
    const refused = vaccineWorld();
    const reason = { certificate, reason: 'potency' };
    must(
      refused.submit('release', 'trace', 'refuse_lot', { id: LOT, expectedVersion: 1, ...reason }),
    );
    expect(commissionUnits(refused, LOT, 2, ['vu_x']).code).toBe('lot_release_refused');
    const recalled = vaccineWorld();
    must(recall(recalled));
    expect(commissionUnits(recalled, LOT, 1, ['vu_x']).code).toBe('lot_is_recalled');
    const expired = vaccineWorld();
    expired.advance(400 * DAY_MS);
    expect(commissionUnits(expired, LOT, 1, ['vu_x']).code).toBe('lot_is_expired');
  });
});

describe('packing', () => {
  it('T1: a unit has one parent, and custody stands at the top of the tree only', () => {
    const world = vaccineWorld();
    must(packInto(world, 'maker', CASE, PACKS));
    expect(packInto(world, 'maker', PALLET, [PACKS[0]]).code).toBe('unit_already_has_parent');
    must(packInto(world, 'maker', PALLET, [CASE]));
    expect(world.must(units, PACKS[0]).top).toBeUndefined();
    expect(world.must(units, CASE)).toMatchObject({ parent: PALLET, units: 4, packs: 3 });
    expect(world.must(units, PALLET)).toMatchObject({ units: 5, packs: 3, children: 1 });
    expect(act(world, 'maker', 'quarantine', CASE, { reason: 'x' }).code).toBe('unit_is_packed');
  });

  it('holds smaller units of the same lot, custodian and state, at most 8 levels', () => {
    const world = vaccineWorld();
    must(openVaccineLot(world, 'lt_v2', 10));
    must(commissionUnits(world, 'lt_v2', 1, ['vu_other']));
    expect(packInto(world, 'maker', CASE, ['vu_other']).code).toBe('units_of_different_lots');
    expect(packInto(world, 'maker', CASE, [PALLET]).code).toBe('packing_level_too_low');
    expect(packInto(world, 'maker', CASE, [CASE]).code).toBe('packing_level_too_low');
    expect(packInto(world, 'maker', CASE, ['vu_none']).code).toBe('object_not_found');
    expect(packInto(world, 'maker', 'vu_none', [CASE]).code).toBe('object_not_found');
    expect(packInto(world, 'cdc', CASE, PACKS).code).toBe('signer_not_party_to_object');
    const parts = { parent: CASE, children: [PACKS[0]] };
    const stale = { ...parts, expectedVersion: 9 };
    expect(world.submit('maker', 'trace', 'pack', stale).code).toBe('object_version_is_stale');
    const event = { ...parts, expectedVersion: 1, event: '0'.repeat(64) };
    expect(world.submit('maker', 'trace', 'pack', event).code).toBe('reference_not_found');
    must(act(world, 'maker', 'quarantine', PACKS[0], { reason: 'seal' }));
    expect(packInto(world, 'maker', CASE, PACKS).code).toBe('units_stand_apart');
    expect(commissionUnits(world, LOT, limits.packingLevelsMax + 1, ['vu_x']).code).toBe(
      'params_are_invalid',
    );
  });

  it('unpacks: what comes out stands as its tree did', () => {
    const world = releasedWorld();
    const unpack = (parent: string, children: readonly string[], alias = 'maker') =>
      act(world, alias, 'unpack', parent, { parent, children: [...children] }).code;
    expect(unpack(PALLET, [PACKS[0]])).toBe('unit_is_not_inside');
    expect(unpack(PALLET, ['vu_none'])).toBe('object_not_found');
    expect(unpack(PALLET, [CASE], 'cdc')).toBe('signer_not_party_to_object');
    must(travel(world, PALLET, 'maker', 'cdc'));
    expect(unpack(CASE, [PACKS[1]], 'cdc')).toBe('success');
    expect(world.must(units, PACKS[1]).top).toMatchObject({
      state: 'RECEIVED',
      custodian: world.id('cdc'),
    });
    expect(world.must(units, PALLET)).toMatchObject({ units: 4, packs: 2 });
    expect(world.must(lotCounts, LOT).byState.RECEIVED).toEqual({ units: 5, packs: 3 });
  });

  it('joins a tree to a box or device for long, and parts them', () => {
    const world = vaccineWorld();
    const join = (name: string, other: string, alias = 'maker') =>
      act(world, alias, name, CASE, { with: other }).code;
    expect(join('associate', 'dv_logger', 'cdc')).toBe('signer_not_party_to_object');
    expect(join('associate', 'vu_none')).toBe('reference_not_found');
    expect(join('associate', CASE)).toBe('parties_must_differ');
    expect(join('associate', PALLET)).toBe('success');
    expect(join('associate', PALLET)).toBe('already_joined');
    expect(join('dissociate', 'dv_logger')).toBe('not_joined');
    expect(join('dissociate', PALLET)).toBe('success');
    for (let i = 0; i < limits.associationsPerUnitMax; i += 1) join('associate', `dv_d${i}`);
    expect(join('associate', 'dv_more')).toBe('bound_exceeded');
  });
});

describe('transformation', () => {
  it('uses lots up, makes others, and never more than there is (L1)', () => {
    const world = emptyVaccineWorld();
    const open = (id: string, value: bigint) =>
      must(world.submit('maker', 'trace', 'open_lot', goodsLot(id, value)));
    for (const [id, value] of [
      ['lt_a', 100n],
      ['lt_b', 50n],
      ['lt_c', 0n],
      ['lt_d', 0n],
    ] as const) {
      open(id, value);
    }
    const kg = (value: bigint) => ({ value, unit: 'KGM', scale: 0 });
    const make = (inputs: object[], outputs: object[], alias = 'maker') =>
      world.submit(alias, 'trace', 'transform', { inputs, outputs } as never).code;
    const a = { lot: 'lt_a', quantity: kg(60n) };
    const c = { lot: 'lt_c', quantity: kg(100n) };
    expect(make([a], [c])).toBe('outputs_exceed_inputs');
    const b = { lot: 'lt_b', quantity: kg(50n) };
    expect(make([a, { ...b, quantity: kg(51n) }], [c])).toBe('lot_quantity_exceeded');
    expect(make([a, b], [c], 'maker2')).toBe('signer_not_party_to_object');
    expect(make([a, { ...b, lot: 'lt_none' }], [c])).toBe('object_not_found');
    expect(make([a, a], [c])).toBe('lot_is_its_own_origin');
    expect(make([a, b], [c])).toBe('success');
    expect(world.must(tracedLots, 'lt_c')).toMatchObject({
      made: kg(100n),
      ancestors: ['lt_a', 'lt_b'],
    });
    expect(make([a], [c])).toBe('lot_quantity_exceeded');
    expect(make([{ ...c, quantity: kg(10n) }], [{ lot: 'lt_a', quantity: kg(10n) }])).toBe(
      'state_forbids_command',
    );
    const half = { lot: 'lt_a', quantity: { value: 5n, unit: 'KGM', scale: 1 } };
    expect(make([half], [{ lot: 'lt_d', quantity: kg(1n) }])).toBe(
      'quantity_has_too_many_decimals',
    );
    const boxes = { lot: 'lt_d', quantity: { value: 1n, unit: 'H87', scale: 0 } };
    expect(make([{ ...a, quantity: kg(1n) }], [boxes])).toBe('unit_does_not_match');
  });
});

describe('shipping', () => {
  it('fails in the order of the README', () => {
    const world = vaccineWorld();
    const ship = (id: string, changes: object = {}, alias = 'maker') =>
      act(world, alias, 'ship', id, { to: world.id('cdc'), ...changes }).code;
    expect(ship('vu_none')).toBe('object_not_found');
    expect(ship(CASE, {}, 'stranger')).toBe('signer_lacks_role');
    expect(ship(CASE, {}, 'carrier')).toBe('signer_not_party_to_object');
    expect(ship(CASE, { expectedVersion: 9 })).toBe('object_version_is_stale');
    expect(ship(CASE)).toBe('lot_not_released');
    must(packInto(world, 'maker', CASE, PACKS));
    expect(ship(PACKS[0])).toBe('unit_is_packed');
    must(releaseLot(world, LOT));
    expect(ship(CASE, { to: world.id('maker') })).toBe('parties_must_differ');
    expect(ship(CASE, { to: world.id('stranger') })).toBe('receiver_may_not_take_vaccine');
    expect(ship(CASE, { to: world.id('clinic') })).toBe('clinic_supply_only_through_cdc');
    expect(ship(CASE, { monitoredAs: PALLET })).toBe('not_joined');
    must(act(world, 'maker', 'quarantine', CASE, { reason: 'label' }));
    expect(ship(CASE)).toBe('unit_is_quarantined');
    must(act(world, 'maker', 'qa_release', CASE, { evidence: paper }));
    expect(ship(CASE)).toBe('success');
    expect(ship(CASE)).toBe('state_forbids_command');
    world.submit('maker', 'trace', 'open_lot', goodsLot('lt_g', 5n));
    must(commissionUnits(world, 'lt_g', 1, ['vu_g']));
    expect(ship('vu_g')).toBe('lot_is_not_vaccine');
  });

  it('T3: nothing is shipped that was not commissioned before; nothing refused, expired, recalled', () => {
    const refused = vaccineWorld();
    const no = { id: LOT, expectedVersion: 1, certificate, reason: 'potency' };
    must(refused.submit('release', 'trace', 'refuse_lot', no));
    expect(shipTo(refused, 'cdc')).toBe('lot_release_refused');
    const expired = vaccineWorld();
    must(releaseLot(expired, LOT));
    expired.advance(400 * DAY_MS);
    expect(shipTo(expired, 'cdc')).toBe('lot_is_expired');
    const recalled = vaccineWorld();
    must(releaseLot(recalled, LOT));
    must(recall(recalled));
    expect(shipTo(recalled, 'cdc')).toBe('lot_is_recalled');
    expect(act(recalled, 'maker', 'ship', 'vu_never', { to: recalled.id('cdc') }).code).toBe(
      'object_not_found',
    );
  });

  it('a carrier ships what it has for its principal; a CDC supplies clinics', () => {
    const world = releasedWorld();
    handOver(world, 'maker', 'carrier', PALLET);
    must(logTemperatures(world, [500]));
    must(act(world, 'carrier', 'ship', PALLET, { to: world.id('cdc') }));
    expect(world.must(units, PALLET).top?.shipment).toMatchObject({ from: world.id('maker') });
    must(logTemperatures(world, [500, 500]));
    must(act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }));
    expect(travel(world, PALLET, 'cdc', 'clinic').code).toBe('success');
    expect(world.must(units, PALLET).top).toMatchObject({ principal: world.id('clinic') });
  });

  it('direct_supply: a maker supplies a clinic on the written direction of a CDC', () => {
    const world = vaccineWorld();
    must(releaseLot(world, LOT));
    const direct = (alias: string, clinic: string, lot = LOT) =>
      world.submit(alias, 'trace', 'direct_supply', {
        lot,
        clinic: world.id(clinic),
        direction: paper,
      }).code;
    expect(direct('maker', 'clinic')).toBe('signer_lacks_role');
    expect(direct('cdc', 'clinic', 'lt_none')).toBe('object_not_found');
    expect(direct('cdc', 'stranger')).toBe('receiver_may_not_take_vaccine');
    expect(direct('cdc', 'clinic')).toBe('success');
    expect(direct('cdc', 'clinic')).toBe('id_already_exists');
    expect(shipTo(world, 'clinic2')).toBe('clinic_supply_only_through_cdc');
    expect(shipTo(world, 'clinic')).toBe('success');
  });
});

describe('receiving', () => {
  it('takes papers and a whole record in range', () => {
    const world = releasedWorld();
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    must(logTemperatures(world, [500, 520, 480]));
    const receive = (changes: object = {}, alias = 'cdc') =>
      act(world, alias, 'receive', PALLET, { releaseCopy: certificate, ...changes }).code;
    expect(receive({}, 'maker')).toBe('signer_lacks_role');
    expect(receive({}, 'city')).toBe('signer_not_party_to_object');
    expect(receive({ expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(receive({ releaseCopy: undefined })).toBe('lot_release_copy_missing');
    expect(receive({ releaseCopy: paper })).toBe('lot_release_copy_missing');
    expect(receive()).toBe('success');
    expect(receive()).toBe('state_forbids_command');
    expect(world.must(units, PALLET).top).toMatchObject({
      state: 'RECEIVED',
      custodian: world.id('cdc'),
    });
  });

  it('a gap longer than maxGap, at the start, inside or at the end, lets nothing be received', () => {
    const journey = (steps: (world: World) => unknown) => {
      const world = releasedWorld();
      must(logTemperatures(world, [500]));
      must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
      steps(world);
      return act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }).code;
    };
    const incomplete = 'temperature_record_incomplete';
    expect(journey(() => undefined)).toBe(incomplete);
    expect(journey((world) => must(logTemperatures(world, [500])))).toBe('success');
    expect(
      journey((world) => {
        world.advance(MAX_GAP_MS + MINUTE_MS);
        must(logTemperatures(world, [500]));
      }),
    ).toBe(incomplete);
    expect(journey((world) => world.advance(MAX_GAP_MS + MINUTE_MS))).toBe(incomplete);
    const world = vaccineWorld();
    must(releaseLot(world, LOT));
    must(act(world, 'maker', 'ship', CASE, { to: world.id('cdc') }));
    const unwatched = act(world, 'cdc', 'receive', CASE, { releaseCopy: certificate });
    expect(unwatched.code).toBe(incomplete);
  });

  it('an hour out of range lets nothing be received; less than an hour does', () => {
    const journey = (values: readonly number[]) => {
      const world = releasedWorld();
      must(logTemperatures(world, [500]));
      must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
      must(logTemperatures(world, values));
      return act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }).code;
    };
    expect(journey([500, 900, 900, 900, 900, 900, 500])).toBe('success');
    expect(journey([500, 900, 900, 900, 900, 900, 900, 900, 500])).toBe('temperature_out_of_range');
    expect(journey([500, 100, 100, 100, 100, 100, 100, 100, 500])).toBe('temperature_out_of_range');
  });

  it('an hour out of range counts as well where the logger’s clock runs ahead of the blocks', () => {
    const world = releasedWorld();
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    must(logTemperatures(world, [500, 900, 900, 900, 900, 900, 900, 500], 5 * MINUTE_MS));
    const received = act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate });
    expect(received.code).toBe('temperature_out_of_range');
  });

  it('what was recalled or has expired on the way is refused, not received', () => {
    const world = releasedWorld();
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    must(recall(world));
    const received = act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate });
    expect(received.code).toBe('lot_is_recalled');
    expect(world.submit('cdc', 'trace', 'refuse', { id: PALLET, reason: 'recalled' }).code).toBe(
      'success',
    );
  });

  it('refuse: the goods are held, and a report is due at once (V 37)', async () => {
    const world = releasedWorld();
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    const refuse = (alias: string, id = PALLET) =>
      world.submit(alias, 'trace', 'refuse', { id, reason: 'no record' });
    expect(refuse('cdc', 'vu_none').code).toBe('object_not_found');
    expect(refuse('city').code).toBe('signer_not_party_to_object');
    const outcome = refuse('cdc');
    expect(outcome.code).toBe('success');
    expect(outcome.events.map((event) => event.type)).toEqual(['unit.quarantined', 'report.due']);
    expect(world.must(units, PALLET).top).toMatchObject({
      state: 'QUARANTINED',
      former: 'COMMISSIONED',
      custodian: world.id('maker'),
    });
    expect(refuse('cdc').code).toBe('state_forbids_command');
    const [report] = world.records(reports);
    expect(report).toMatchObject({
      cause: 'temperature_record_incomplete',
      reporter: world.id('cdc'),
    });
    const due = await ask(world, trace, 'reportsDue', {});
    expect((due.data as { items: unknown[] }).items).toHaveLength(1);
    const number = world.must(units, PALLET).steps;
    const file = (alias: string, no = number) =>
      world.submit(alias, 'trace', 'file_report', { id: PALLET, number: no, report: paper }).code;
    expect(file('maker')).toBe('signer_not_party_to_object');
    expect(file('cdc', 1)).toBe('object_not_found');
    expect(file('cdc')).toBe('success');
    expect(file('cdc')).toBe('report_already_filed');
    const left = await ask(world, trace, 'reportsDue', { reporter: world.id('cdc') });
    expect((left.data as { items: unknown[] }).items).toEqual([]);
  });

  it('a box with the logger vouches for what is joined to it', () => {
    const world = vaccineWorld();
    must(releaseLot(world, LOT));
    bindLogger(world, PALLET);
    must(act(world, 'maker', 'associate', CASE, { with: PALLET }));
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', CASE, { to: world.id('cdc'), monitoredAs: PALLET }));
    expect(act(world, 'maker', 'dissociate', CASE, { with: PALLET }).code).toBe(
      'state_forbids_command',
    );
    must(logTemperatures(world, [500, 500]));
    const received = act(world, 'cdc', 'receive', CASE, { releaseCopy: certificate });
    expect(received.code).toBe('success');
  });
});

describe('at the clinic', () => {
  it('a smallest pack is dispensed once, by the clinic that has it', () => {
    const world = clinicWorld();
    const dispense = (id: string, alias = 'clinic') => act(world, alias, 'dispense', id).code;
    expect(dispense('vu_none')).toBe('object_not_found');
    expect(dispense(PACKS[2])).toBe('unit_is_packed');
    expect(dispense(PALLET)).toBe('not_a_smallest_pack');
    expect(dispense(PACKS[0], 'cdc')).toBe('signer_lacks_role');
    expect(dispense(PACKS[0], 'clinic2')).toBe('signer_not_party_to_object');
    expect(dispense(PACKS[0])).toBe('success');
    expect(dispense(PACKS[0])).toBe('unit_already_dispensed');
    must(act(world, 'clinic', 'quarantine', PACKS[1], { reason: 'fridge' }));
    expect(dispense(PACKS[1])).toBe('unit_is_quarantined');
    must(act(world, 'maker', 'qa_release', PACKS[1], { evidence: paper }));
    must(recall(world));
    expect(dispense(PACKS[1])).toBe('lot_is_recalled');
    const old = clinicWorld();
    old.advance(400 * DAY_MS);
    expect(act(old, 'clinic', 'dispense', PACKS[0]).code).toBe('lot_is_expired');
  });
});

describe('holds and ends', () => {
  it('quarantine by the custodian, qa_release by the maker on evidence', () => {
    const world = releasedWorld();
    const hold = (alias: string) =>
      act(world, alias, 'quarantine', PALLET, { reason: 'seal' }).code;
    const free = (alias: string) =>
      act(world, alias, 'qa_release', PALLET, { evidence: paper }).code;
    expect(hold('cdc')).toBe('signer_not_party_to_object');
    expect(free('maker')).toBe('state_forbids_command');
    expect(hold('maker')).toBe('success');
    expect(hold('maker')).toBe('state_forbids_command');
    expect(free('cdc')).toBe('signer_not_party_to_object');
    world.plant(assetAlerts, [PALLET], { open: 1, openCritical: 1, critical: ['al_1'] });
    expect(free('maker')).toBe('critical_alert_open');
    world.plant(assetAlerts, [PALLET], { open: 0, openCritical: 0, critical: [] });
    expect(free('maker')).toBe('success');
    expect(world.must(units, PALLET).top).toMatchObject({ state: 'COMMISSIONED' });
  });

  it('destroy: custodian, then a witness that has nothing to do with it', () => {
    const world = releasedWorld();
    const params = (witness: string) => ({
      id: PALLET,
      expectedVersion: world.must(units, PALLET).version,
      witness: world.id(witness),
      reason: 'excursion',
      evidence: paper,
    });
    const open = (alias: string, witness: string) =>
      world.submit(alias, 'trace', 'destroy', params(witness)).code;
    expect(open('cdc', 'witness')).toBe('signer_not_party_to_object');
    expect(open('maker', 'maker')).toBe('parties_must_differ');
    const evidence = {
      id: world.id('maker'),
      other: world.id('witness'),
      kind: 'controls',
      evidence: paper,
    };
    must(world.submit('maker', 'party-registry', 'declare_affiliation', evidence));
    expect(open('maker', 'witness')).toBe('witness_not_independent');
    expect(open('maker', 'regulator')).toBe('success');
    expect(act(world, 'maker', 'quarantine', PALLET, { reason: 'x' }).code).toBe(
      'object_has_pending_command',
    );
    const rejected = world.must(units, PALLET).top?.pending?.pendingId;
    must(world.submit('regulator', 'trace', 'reject', { id: PALLET, pendingId: rejected ?? '' }));
    expect(world.must(units, PALLET).top).toMatchObject({ state: 'COMMISSIONED' });
    expect(open('maker', 'regulator')).toBe('success');
    must(world.countersign('regulator', 'trace', PALLET));
    expect(world.must(lotCounts, LOT).byState.DESTROYED).toEqual({ units: 5, packs: 3 });
    expect(open('maker', 'regulator')).toBe('state_forbids_command');
  });

  it('report_lost by the custodian', () => {
    const world = releasedWorld();
    const lose = (alias: string) =>
      act(world, alias, 'report_lost', PALLET, { reason: 'gone' }).code;
    expect(lose('cdc')).toBe('signer_not_party_to_object');
    expect(lose('maker')).toBe('success');
    expect(lose('maker')).toBe('state_forbids_command');
  });

  it('recall: maker or regulator, once; one mark, every descendant follows', async () => {
    const world = clinicWorld();
    must(act(world, 'clinic', 'dispense', PACKS[0]));
    const before = world.records(units);
    const send = (alias: string, id = LOT) =>
      world.submit(alias, 'trace', 'recall', { id, reason: 'sterility', evidence: paper }).code;
    expect(send('cdc')).toBe('signer_not_party_to_object');
    expect(send('maker', 'lt_none')).toBe('object_not_found');
    expect(send('regulator')).toBe('success');
    expect(send('maker')).toBe('lot_already_recalled');
    expect(world.records(units)).toEqual(before);
    const state = async (id: string) => {
      const { data } = await ask(world, trace, 'unit', { id });
      return (data as { state: string }).state;
    };
    expect(await state(PACKS[0])).toBe('DISPENSED');
    expect(await state(PACKS[2])).toBe('RECALLED');
    const { data } = await ask(world, trace, 'recallImpact', { lot: LOT });
    expect(data).toMatchObject({
      complete: true,
      dispensed: { items: [{ id: PACKS[0], clinic: world.id('clinic') }] },
      lots: [
        { lot: LOT, recalled: true, byState: { RECALLED: { packs: 2 }, DISPENSED: { packs: 1 } } },
      ],
    });
  });

  it('a recalled lot reaches every lot made of it', () => {
    const world = emptyVaccineWorld();
    must(world.submit('maker', 'trace', 'open_lot', goodsLot('lt_bulk', 10n)));
    must(openVaccineLot(world, 'lt_new', 0));
    const inputs = [{ lot: 'lt_bulk', quantity: { value: 10n, unit: 'KGM', scale: 0 } }];
    const outputs = [{ lot: 'lt_new', quantity: { value: 100n, unit: 'H87', scale: 0 } }];
    must(world.submit('maker', 'trace', 'transform', { inputs, outputs }));
    must(commissionUnits(world, 'lt_new', 1, ['vu_n']));
    must(releaseLot(world, 'lt_new'));
    must(world.submit('maker', 'trace', 'recall', { id: 'lt_bulk', reason: 'x', evidence: paper }));
    expect(act(world, 'maker', 'ship', 'vu_n', { to: world.id('cdc') }).code).toBe(
      'lot_is_recalled',
    );
  });

  it('R11: an order stops a tree or a lot until it is lifted', () => {
    const world = releasedWorld();
    const order = (name: string, id: string, alias = 'court') =>
      world.submit(alias, 'trace', name, { id, order: paper }).code;
    expect(order('freeze', PALLET, 'maker')).toBe('signer_lacks_role');
    expect(order('freeze', 'lt_none')).toBe('object_not_found');
    expect(order('freeze', CASE)).toBe('unit_is_packed');
    expect(order('unfreeze', PALLET)).toBe('state_forbids_command');
    for (const id of [PALLET, LOT]) {
      expect(order('freeze', id)).toBe('success');
      expect(order('freeze', id)).toBe('object_is_frozen');
      expect(shipTo(world, 'cdc', PALLET)).toBe('object_is_frozen');
      expect(act(world, 'maker', 'report_lost', PALLET, { reason: 'x' }).code).toBe(
        'object_is_frozen',
      );
      expect(order('unfreeze', id, 'regulator')).toBe('signer_not_party_to_object');
      expect(order('unfreeze', id)).toBe('success');
    }
    expect(shipTo(world, 'cdc', PALLET)).toBe('success');
  });
});

describe('custody of units', () => {
  it('passes by two signatures; vaccine only to carriers and back', () => {
    const world = releasedWorld();
    const open = (alias: string, receiver: string, changes: object = {}) =>
      world.submit(alias, 'trace', 'hand_over', {
        id: PALLET,
        receiver: world.id(receiver),
        expectedVersion: world.must(units, PALLET).version,
        ...changes,
      }).code;
    expect(open('cdc', 'carrier')).toBe('signer_not_party_to_object');
    expect(open('maker', 'maker')).toBe('parties_must_differ');
    expect(open('maker', 'cdc')).toBe('vaccine_moves_by_shipment');
    expect(open('maker', 'carrier', { events: ['0'.repeat(64)] })).toBe('reference_not_found');
    expect(open('maker', 'carrier', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(open('maker', 'carrier')).toBe('success');
    const pendingId = world.must(units, PALLET).top?.pending?.pendingId ?? '';
    const refuse = (alias: string, id: string) =>
      world.submit(alias, 'trace', 'refuse', { id: PALLET, pendingId: id, reason: 'wet' }).code;
    expect(refuse('carrier2', pendingId)).toBe('signer_not_party_to_object');
    expect(refuse('carrier', 'hand-over-9')).toBe('pending_not_found');
    expect(refuse('carrier', pendingId)).toBe('success');
    handOver(world, 'maker', 'carrier', PALLET);
    handOver(world, 'carrier', 'carrier2', PALLET);
    expect(open('carrier2', 'maker')).toBe('success');
    const kinds = world.records(unitSteps).filter((step) => step.unit === PALLET);
    expect(kinds.map((step) => step.kind)).toEqual([
      'commission',
      'refuse',
      'hand_over',
      'hand_over',
    ]);
  });
});

describe('supply', () => {
  it('is agreed by who pays, who receives and the maker, once for a lot and buyer', () => {
    const world = vaccineWorld();
    const terms = (changes: object = {}) => ({
      lot: LOT,
      buyer: world.id('cdc'),
      seller: world.id('maker'),
      packs: 3,
      unitMinor: 8_000n,
      currency: 'CNY',
      days: 60,
      ...changes,
    });
    const open = (changes: object = {}, alias = 'fiscal') =>
      world.submit(alias, 'trace', 'agree_supply', terms(changes)).code;
    expect(open({}, 'cdc')).toBe('signer_lacks_role');
    expect(open({ lot: 'lt_none' })).toBe('object_not_found');
    expect(open({ seller: world.id('maker2') })).toBe('signer_not_party_to_object');
    expect(open({ buyer: world.id('clinic') })).toBe('receiver_may_not_take_vaccine');
    expect(open({ unitMinor: 0n })).toBe('amount_must_be_positive');
    expect(open({ unitMinor: 2n ** 62n })).toBe('amount_out_of_range');
    expect(open({ days: 61 })).toBe('params_are_invalid');
    must(world.agree(['fiscal', 'cdc', 'maker'], 'trace', 'agree_supply', terms()));
    expect(open()).toBe('supply_already_agreed');
  });
});

function goodsLot(id: string, value: bigint) {
  return { id, kind: 'goods', sku: 'BULK', name: 'Bulk', made: { value, unit: 'KGM', scale: 0 } };
}

function recall(world: World) {
  return world.submit('regulator', 'trace', 'recall', { id: LOT, reason: 'x', evidence: paper });
}

function shipTo(world: World, to: string, id: string = CASE): string {
  return act(world, 'maker', 'ship', id, { to: world.id(to) }).code;
}

function handOver(world: World, from: string, to: string, id: string): void {
  const expectedVersion = world.must(units, id).version;
  const params = { id, receiver: world.id(to), expectedVersion };
  must(world.agree([from, to], 'trace', 'hand_over', params));
}

/** The pallet came to the clinic through a CDC; two packs are out of their case. */
function clinicWorld(): World {
  const world = releasedWorld();
  must(travel(world, PALLET, 'maker', 'cdc'));
  must(travel(world, PALLET, 'cdc', 'clinic'));
  const children = [PACKS[0], PACKS[1]];
  must(act(world, 'clinic', 'unpack', CASE, { parent: CASE, children }));
  return world;
}
