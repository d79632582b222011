import { sha256 } from '@triflow/crypto';
import { type CborMap, limits, textFromUtf8, utf8FromText } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { pendingsOf, type World } from '../testkit.js';
import { trace } from './index.js';
import { indexText } from './indexText.js';
import { bodies, custodies, custodySteps, lotEventLists, traceEvents } from './keys.js';
import type { TraceEventRecord } from './schema.js';
import { statusCodes } from './statusCodes.js';
import {
  CONTEXT,
  eventText,
  GLN,
  keyOf,
  PLACE,
  traceTools,
  traceWorld,
  withOpenReceipt,
} from './traceWorld.js';

const { record, recordParams } = traceTools(sha256);
const SGTIN = 'https://id.gs1.org/01/10614141073464/21/2017';
const reach = createReach();
const FIRST_UNIT_STATUS = statusCodes.vaccine_terms_missing;

afterAll(() => {
  const ofEvents = Object.fromEntries(
    Object.entries(statusCodes).filter(([, number]) => number < FIRST_UNIT_STATUS),
  );
  expect(reach.missing('trace', ofEvents)).toEqual([]);
});

describe('record_event', () => {
  it('keeps facts and bytes under the event hash, once', () => {
    const world = start();
    const members = { 'triflow:submitter': world.id('shipper') };
    const outcome = record(world, 'shipper', members);
    const key = keyOf(outcome);
    expect(world.must(traceEvents, key)).toMatchObject({
      bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
      epcs: [SGTIN],
      epcCount: 1,
      standing: 'declared',
      validationLevel: 'conformance',
    });
    expect(textFromUtf8(world.must(bodies, key, '0').bytes)).toBe(eventText(members));
    const before = world.fingerprint();
    const again = record(world, 'shipper', members);
    expect(again).toMatchObject({ code: 'success', events: [] });
    expect(record(world, 'stranger', members).code).toBe('success');
    expect(world.fingerprint()).toBe(before);
  });

  it('refuses what is too large, no event, or hashed otherwise', () => {
    const world = start();
    const params = recordParams(eventText({ 'triflow:submitter': world.id('shipper') }));
    const send = (changes: CborMap) =>
      world.submit('shipper', 'trace', 'record_event', { ...params, ...changes }).code;
    const large = new Uint8Array(limits.eventDocumentBytesMax + 1).fill(32);
    expect(send({ event: large })).toBe('bound_exceeded');
    expect(send({ event: utf8FromText('{"type":') })).toBe('event_is_invalid');
    expect(send({ event: utf8FromText('[]') })).toBe('event_is_invalid');
    const badAction = eventText({ action: 'LOOK' });
    expect(send({ event: utf8FromText(badAction) })).toBe('event_is_invalid');
    const wide = { '@context': [CONTEXT, { w: `https://w.example/${'x'.repeat(300)}/` }] };
    expect(send({ event: utf8FromText(eventText(wide)) })).toBe('event_is_invalid');
    const other = `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`;
    expect(send({ hash: other })).toBe('event_hash_differs');
    expect(send({ hash: 'sha256:00' })).toBe('params_are_invalid');
  });

  it('a rule of conformance is asked unless the level is schema', () => {
    const world = start();
    const members = {
      type: 'AggregationEvent',
      epcList: undefined,
      action: 'ADD',
      childEPCs: ['urn:epc:id:sgtin:0614141.107346.2017'],
      'triflow:submitter': world.id('shipper'),
    };
    expect(record(world, 'shipper', members).code).toBe('event_is_invalid');
    const outcome = record(world, 'shipper', members, { validationLevel: 'schema' });
    expect(world.must(traceEvents, keyOf(outcome)).validationLevel).toBe('schema');
  });

  it('the submitter stands in the event, the strongest standing counts', () => {
    const world = start();
    const submitter = { 'triflow:submitter': world.id('shipper') };
    expect(record(world, 'shipper', {}).code).toBe('submitter_not_in_event');
    expect(record(world, 'stranger', submitter).code).toBe('submitter_not_in_event');
    const party = (alias: string) => world.id(alias);
    const source = { sourceList: [{ type: 'possessing_party', source: party('shipper') }] };
    const to = { destinationList: [{ type: 'owning_party', destination: party('carrier') }] };
    const sensor = {
      sensorElementList: [
        {
          sensorMetadata: { deviceID: party('probe') },
          sensorReport: [{ type: 'Temperature', value: 4, uom: 'CEL' }],
        },
      ],
    };
    const both = { ...source, ...to, ...sensor, ...submitter };
    expect(standing(world, 'shipper', { ...both, bizStep: 'packing' })).toBe('source');
    expect(standing(world, 'carrier', { ...both, bizStep: 'loading' })).toBe('destination');
    expect(standing(world, 'probe', { ...both, bizStep: 'holding' })).toBe('device');
    const place = { readPoint: { id: party('keeper') } };
    expect(standing(world, 'keeper', { ...place, bizStep: 'storing' })).toBe('keeper');
    expect(standing(world, 'shipper', { ...submitter, bizStep: 'staging_outbound' })).toBe(
      'declared',
    );
  });

  it('a GLN counts once its party has registered it', () => {
    const world = start();
    expect(record(world, 'shipper', {}).code).toBe('submitter_not_in_event');
    world.submit('shipper', 'trace', 'register_location', { gln: GLN });
    expect(standing(world, 'shipper', {})).toBe('keeper');
    const link = { readPoint: { id: `https://id.gs1.org/414/${GLN}/254/gate-2` } };
    expect(standing(world, 'shipper', link)).toBe('keeper');
  });

  it('an eventID stands for one content; its error declaration shares it', () => {
    const world = start();
    const members = {
      eventID: 'urn:uuid:6e0c6fe8-1c9a-4c4c-8f0e-1d2b4a7a7f01',
      'triflow:submitter': world.id('shipper'),
    };
    const first = keyOf(record(world, 'shipper', members));
    const changed = { ...members, bizStep: 'receiving' };
    expect(record(world, 'shipper', changed).code).toBe('event_id_already_used');
    const errorDeclaration = { declarationTime: '2026-01-05T09:00:00Z', reason: 'incorrect_data' };
    const declared = keyOf(record(world, 'shipper', { ...members, errorDeclaration }));
    expect(declared.startsWith(`${first}.`)).toBe(true);
    expect(world.must(traceEvents, declared).isErrorDeclaration).toBe(true);
  });

  it('an event near the limit is kept in pieces', async () => {
    const world = start();
    const filler = 'x'.repeat(60_000);
    const members = { 'triflow:submitter': world.id('shipper'), 'triflow:note': filler };
    const key = keyOf(record(world, 'shipper', members));
    expect(world.must(traceEvents, key).bodyPieces).toBe(2);
    const { data, proofRef } = await ask(world, trace, 'event', { key });
    expect(textFromUtf8((data as { body: Uint8Array }).body)).toBe(eventText(members));
    expect(proofRef).toHaveLength(3);
    const none = await ask(world, trace, 'event', { key: '0'.repeat(64) });
    expect(none.data).toBeNull();
  });
});

describe("a lot's story", () => {
  it('the keeper links what it records; who only declares itself does not', () => {
    const world = start();
    const own = { readPoint: { id: world.id('keeper') } };
    expect(record(world, 'keeper', own, { lots: ['lt_1', 'lt_2', 'lt_1'] }).code).toBe('success');
    expect(world.must(lotEventLists, 'lt_1').count).toBe(1);
    const declared = { 'triflow:submitter': world.id('stranger') };
    const lots = { lots: ['lt_1'] };
    expect(record(world, 'stranger', declared, lots).code).toBe('signer_not_party_to_object');
    expect(record(world, 'keeper', { ...own, bizStep: 'storing' }, { lots: ['lt_9'] }).code).toBe(
      'reference_not_found',
    );
  });

  it('link_event_to_lot: keeper, custodian, or a submitter that stands in the event', async () => {
    const world = start();
    const first = keyOf(record(world, 'stranger', { 'triflow:submitter': world.id('stranger') }));
    const link = (alias: string, event: string, lot = 'lt_1') =>
      world.submit(alias, 'trace', 'link_event_to_lot', { event, lot }).code;
    expect(link('keeper', '0'.repeat(64))).toBe('object_not_found');
    expect(link('keeper', first, 'lt_9')).toBe('reference_not_found');
    expect(link('stranger', first)).toBe('signer_not_party_to_object');
    expect(link('keeper', first)).toBe('success');
    expect(link('keeper', first)).toBe('event_already_linked');
    const source = { sourceList: [{ type: 'location', source: world.id('stranger') }] };
    const second = keyOf(record(world, 'stranger', source));
    expect(link('carrier', second)).toBe('signer_not_party_to_object');
    expect(link('stranger', second)).toBe('success');
    const { data } = await ask(world, trace, 'eventsOfLot', { lot: 'lt_1' });
    const { items } = data as { items: { event: string; facts: TraceEventRecord }[] };
    expect(items.map((item) => item.event)).toEqual([first, second]);
    expect(items[1]?.facts.standing).toBe('source');
  });

  it('is read by lot and by EPC, page by page', async () => {
    const world = start();
    const keys: string[] = [];
    for (let minute = 10; minute < 15; minute += 1) {
      const eventTime = `2026-01-05T08:${minute}:00+08:00`;
      const members = { eventTime, readPoint: { id: world.id('keeper') } };
      keys.push(keyOf(record(world, 'keeper', members, { lots: ['lt_1'] })));
    }
    const page = { lot: 'lt_1', limit: '3' };
    const first = await ask(world, trace, 'eventsOfLot', page);
    const { items, next } = first.data as { items: { event: string }[]; next: string };
    expect(items.map((item) => item.event)).toEqual(keys.slice(0, 3));
    const rest = await ask(world, trace, 'eventsOfLot', { ...page, after: next });
    expect(rest.data).toMatchObject({ items: keys.slice(3).map((event) => ({ event })) });
    const byEpc = await ask(world, trace, 'eventsOfEpc', { epc: SGTIN });
    expect((byEpc.data as { items: unknown[] }).items).toHaveLength(5);
    const other = await ask(world, trace, 'eventsOfEpc', { epc: SGTIN.slice(0, -1) });
    expect((other.data as { items: unknown[] }).items).toEqual([]);
    expect(indexText('https://a/ü|')).toBe('https:%2f%2fa%2f%c3%bc%7c');
  });
});

describe('locations', () => {
  it('belong to who registered them first, until released', () => {
    const world = start();
    const act = (alias: string, name: string, gln = GLN) =>
      world.submit(alias, 'trace', name, { gln }).code;
    expect(act('shipper', 'register_location', '4012345000116')).toBe('gln_check_failed');
    expect(act('shipper', 'register_location')).toBe('success');
    expect(act('stranger', 'register_location')).toBe('location_already_registered');
    expect(act('stranger', 'release_location')).toBe('signer_not_party_to_object');
    expect(act('governor', 'release_location')).toBe('success');
    expect(act('shipper', 'release_location')).toBe('object_not_found');
    expect(act('stranger', 'register_location')).toBe('success');
    expect(PLACE).toContain('4012345');
  });
});

describe('custody', () => {
  it('passes by two signatures, with events as evidence (T1)', async () => {
    const world = start();
    const own = { readPoint: { id: world.id('keeper') } };
    const event = keyOf(record(world, 'keeper', own));
    expect(open(world, 'keeper', 'carrier', 0, { events: [event] })).toBe('success');
    expect(world.must(custodies, 'lt_1')).toMatchObject({
      custodian: world.id('keeper'),
      state: 'HAND_OVER_PENDING',
    });
    expect(world.countersign('carrier2', 'trace', 'lt_1').code).toBe('signer_not_party_to_object');
    expect(world.countersign('carrier', 'trace', 'lt_1').code).toBe('success');
    const { version } = world.must(custodies, 'lt_1');
    expect(world.must(custodies, 'lt_1')).toMatchObject({
      custodian: world.id('carrier'),
      state: 'HELD',
      steps: 1,
    });
    expect(open(world, 'keeper', 'carrier2', version)).toBe('signer_not_party_to_object');
    expect(open(world, 'carrier', 'carrier2', version)).toBe('success');
    const { data } = await ask(world, trace, 'custodyHistory', { lot: 'lt_1' });
    expect(data).toMatchObject({ items: [{ kind: 'hand_over', events: [event] }] });
  });

  it('refuses in the order of the README', () => {
    const world = start();
    const params = { id: 'lt_9', receiver: world.id('carrier'), expectedVersion: 0 };
    expect(world.submit('keeper', 'trace', 'hand_over', params).code).toBe('object_not_found');
    expect(open(world, 'stranger', 'carrier', 0)).toBe('signer_not_party_to_object');
    expect(open(world, 'keeper', 'carrier', 1)).toBe('object_version_is_stale');
    expect(open(world, 'keeper', 'keeper', 0)).toBe('parties_must_differ');
    expect(open(world, 'keeper', 'carrier', 0, { receiver: 'dev:nobody' })).toBe(
      'party_not_active',
    );
    const unknown = { events: ['0'.repeat(64)] };
    expect(open(world, 'keeper', 'carrier', 0, unknown)).toBe('reference_not_found');
    expect(open(world, 'keeper', 'carrier', 0)).toBe('success');
    expect(open(world, 'keeper', 'carrier', 1)).toBe('object_has_pending_command');
    withOpenReceipt(world, 'lt_2');
    expect(open(world, 'keeper', 'carrier', 0, { id: 'lt_2' })).toBe('lot_has_open_receipts');
  });

  it('the receiver refuses with a reason; the giver keeps the goods', () => {
    const world = start();
    open(world, 'keeper', 'carrier', 0);
    const { pendingId } = world.must(custodies, 'lt_1');
    const refuse = (alias: string, changes: CborMap = {}) => {
      const reason = 'seal 7 is broken';
      const params = { id: 'lt_1', pendingId, reason, ...changes };
      return world.submit(alias, 'trace', 'refuse', params).code;
    };
    expect(refuse('carrier', { id: 'lt_2' })).toBe('object_not_found');
    expect(refuse('carrier', { pendingId: 'hand-over-9' })).toBe('pending_not_found');
    expect(refuse('carrier2')).toBe('signer_not_party_to_object');
    expect(refuse('carrier')).toBe('success');
    expect(world.must(custodies, 'lt_1')).toMatchObject({
      custodian: world.id('keeper'),
      state: 'HELD',
      steps: 1,
    });
    expect(world.records(pendingsOf('trace'))).toEqual([]);
    expect(world.records(custodySteps)).toMatchObject([{ kind: 'refuse' }]);
    expect(world.countersign('carrier', 'trace', 'lt_1').code).toBe('pending_not_found');
  });

  it('a hand-over that nobody signs expires and frees the lot', () => {
    const world = start();
    open(world, 'keeper', 'carrier', 0);
    const { pendingId } = world.must(custodies, 'lt_1');
    const expire = () =>
      world.submit('stranger', 'trace', 'expire_pending', { id: 'lt_1', pendingId }).code;
    expect(expire()).toBe('deadline_not_reached');
    world.advance(limits.pendingMs);
    expect(world.countersign('carrier', 'trace', 'lt_1').code).toBe('deadline_has_passed');
    expect(expire()).toBe('success');
    const { version, state } = world.must(custodies, 'lt_1');
    expect(state).toBe('HELD');
    expect(open(world, 'keeper', 'carrier', version)).toBe('success');
  });
});

function start(): World {
  return reach.watch(traceWorld());
}

function standing(world: World, alias: string, members: Readonly<Record<string, unknown>>): string {
  return world.must(traceEvents, keyOf(record(world, alias, members))).standing;
}

function open(
  world: World,
  giver: string,
  receiver: string,
  expectedVersion: number,
  changes: CborMap = {},
): string {
  const params = { id: 'lt_1', receiver: world.id(receiver), expectedVersion, ...changes };
  return world.submit(giver, 'trace', 'hand_over', params).code;
}
