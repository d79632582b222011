import { createHash } from 'node:crypto';
import { parseJson, textFromTime } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { readContext } from '../context.js';
import { readDocument } from '../document.js';
import { eventHash } from '../eventHash.js';
import { events, instance, type Members, pallet, sensed } from '../testEvents.js';
import { standardPrefixes } from '../vocabulary.js';
import type { RecordedEvent } from './eventQuery.js';
import { masterDataIds } from './masterData.js';
import { matchesQuery } from './matchesQuery.js';
import { parseQuery, type QueryParameters } from './parseQuery.js';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const prefixes = readContext({ ex: 'https://e.org/' }, standardPrefixes, '', []);
const recordTimeMs = 1_772_409_600_000;

function recorded(members: Members): RecordedEvent {
  const json = parseJson(JSON.stringify(members));
  const document = readDocument(json.ok ? json.value : null);
  const event = document.ok ? document.value.events[0] : undefined;
  if (event === undefined) expect.fail('no event');
  return { event, recordTimeMs, hash: eventHash(event, sha256) };
}

function parametersOf(query: Record<string, string>): QueryParameters {
  return new Map(Object.entries(query).map(([name, text]) => [name, text.split('|')]));
}

function matches(members: Members, query: Record<string, string>): boolean {
  const read = parseQuery(parametersOf(query), prefixes);
  if (!read.ok) expect.fail(JSON.stringify(read.fault));
  return matchesQuery(recorded(members), read.value);
}

const link = 'https://id.gs1.org/01/04012345111118/21/1';
const place = 'urn:epc:id:sgln:4012345.00005.0';
const object: Members = {
  ...events.object,
  eventID: 'urn:uuid:1',
  action: 'ADD',
  bizStep: 'commissioning',
  disposition: 'cbv:Disp-active',
  persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
  readPoint: { id: 'urn:epc:id:sgln:4012345.00005.dock-1', 'ex:gate': 7 },
  bizLocation: { id: place },
  quantityList: [
    { epcClass: 'urn:epc:class:lgtin:4012345.011111.L', quantity: 1.5, uom: 'TNE' },
    { epcClass: 'urn:epc:idpat:sgtin:4012345.022222.*', quantity: 12 },
  ],
  bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epc:id:gdti:4012345.11111.123' }],
  sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00001' }],
  destinationList: [{ type: 'cbv:SDT-location', destination: place }],
  ilmd: { 'ex:grade': 'A', 'ex:deep': { 'ex:assay': 99.97, 'ex:day': '2026-03-01T00:00:00Z' } },
  'ex:weight': '007',
  'ex:box': { 'ex:colour': 'red' },
};
const sensor: Members = {
  ...events.object,
  sensorElementList: [
    {
      sensorMetadata: {
        deviceID: 'urn:epc:id:giai:4000001.111',
        startTime: '2026-03-01T07:00:00Z',
        endTime: '2026-03-01T07:30:00Z',
        bizRules: 'https://e.org/rule',
        'ex:model': 'T1',
      },
      sensorReport: [
        { type: 'Temperature', value: 4, uom: 'CEL', percRank: 50, time: '2026-03-01T07:10:00Z' },
        { type: 'RelativeHumidity', value: 60, minValue: 55, uom: 'A93', 'ex:probe': 'h2' },
        { type: 'Temperature', value: 21.5, uom: 'CEL', hexBinaryValue: 'AF', booleanValue: true },
      ],
      'ex:cell': 'a',
    },
  ],
};
const transformation: Members = {
  ...events.transformation,
  transformationID: 'urn:x:t1',
  inputQuantityList: [
    { epcClass: 'urn:epc:class:lgtin:4012345.033333.I', quantity: 3, uom: 'LTR' },
  ],
  outputEPCList: ['urn:epc:id:sgtin:4012345.044444.9'],
};
const declared: Members = {
  ...object,
  errorDeclaration: {
    declarationTime: '2026-03-02T00:00:00Z',
    reason: 'incorrect_data',
    correctiveEventIDs: ['urn:uuid:2'],
    'ex:why': 'typo',
  },
};

describe('a query finds', () => {
  it.each<[string, Members, Record<string, string>]>([
    ['everything without conditions', object, {}],
    ['a type of event', object, { eventType: 'AggregationEvent|ObjectEvent' }],
    [
      'an extension type by its IRI',
      events.extension,
      { eventType: 'https://e.org/WeighingEvent' },
    ],
    ['times from', object, { GE_eventTime: '2026-03-01T15:30:00+08:00' }],
    ['times before', object, { LT_eventTime: '2026-03-01T07:30:00.001Z' }],
    ['record times', object, { GE_recordTime: textFromTime(recordTimeMs) }],
    ['an action', object, { EQ_action: 'OBSERVE|ADD' }],
    ['a bare word', object, { EQ_bizStep: 'commissioning' }],
    ['a word in full', object, { EQ_bizStep: 'https://ref.gs1.org/cbv/BizStep-commissioning' }],
    ['an old word', object, { EQ_bizStep: 'urn:epcglobal:cbv:bizstep:commissioning' }],
    ['a word that the event writes with a prefix', object, { EQ_disposition: 'active' }],
    ['what was set', object, { EQ_persistentDisposition_set: 'completeness_verified' }],
    ['what was unset', object, { EQ_persistentDisposition_unset: 'completeness_inferred' }],
    ['a place by its link', object, { EQ_bizLocation: 'https://a.org/414/4012345000054' }],
    ['a place with what lies in it', object, { WD_readPoint: place }],
    ['the place itself', object, { WD_bizLocation: place }],
    ['a transformation', transformation, { EQ_transformationID: 'urn:x:t1' }],
    ['an eventID', object, { EQ_eventID: 'urn:uuid:0|urn:uuid:1' }],
    ['an event by its hash', object, { EQ_eventID: recorded(object).hash }],
    ['an EPC by URN', object, { MATCH_epc: instance }],
    ['an EPC by link', object, { MATCH_epc: link }],
    ['a child', events.aggregation, { MATCH_epc: link }],
    ['instances of a class', object, { MATCH_epc: 'urn:epc:idpat:sgtin:4012345.011111.*' }],
    ['instances of a company', object, { MATCH_epc: 'urn:epc:idpat:sgtin:4012345.*.*' }],
    ['a parent', events.aggregation, { MATCH_parentID: pallet }],
    ['any company parent', events.aggregation, { MATCH_anyEPC: 'urn:epc:idpat:sscc:4012345.*' }],
    ['an input', transformation, { MATCH_inputEPC: instance }],
    ['an output', transformation, { MATCH_outputEPC: 'urn:epc:id:sgtin:4012345.044444.9' }],
    ['any EPC', transformation, { MATCH_anyEPC: instance }],
    ['a class', object, { MATCH_epcClass: 'https://id.gs1.org/01/04012345111118/10/L' }],
    ['a class pattern', object, { MATCH_epcClass: 'urn:epc:idpat:sgtin:4012345.022222.*' }],
    [
      'an input class',
      transformation,
      { MATCH_inputEPCClass: 'urn:epc:class:lgtin:4012345.033333.I' },
    ],
    [
      'an output class',
      transformation,
      { MATCH_outputEPCClass: 'urn:epc:class:lgtin:4012345.011111.L' },
    ],
    ['any class', transformation, { MATCH_anyEPCClass: 'urn:epc:class:lgtin:4012345.033333.I' }],
    [
      'a business transaction',
      object,
      { EQ_bizTransaction_po: 'https://id.gs1.org/253/4012345111118123' },
    ],
    ['a source', object, { EQ_source_owning_party: 'urn:epc:id:pgln:4012345.00001' }],
    ['a destination by the full type', object, { 'EQ_destination_cbv:SDT-location': place }],
    ['a count', object, { EQ_quantity: '12' }],
    ['a quantity in another unit', object, { EQ_quantity_KGM: '1500' }],
    ['a range of quantity', object, { GT_quantity_KGM: '1499.9', LE_quantity_KGM: '1500' }],
    ['sensor data at all', sensor, { EXISTS_sensorElementList: '' }],
    ['a type of report', sensor, { EQ_type: 'Temperature' }],
    ['a type of report in full', sensor, { EQ_type: 'gs1:RelativeHumidity' }],
    ['a value in another unit (TCR-53)', sensor, { GE_value_KEL: '294.65' }],
    [
      'one report that satisfies both (TCR-53)',
      sensor,
      { EQ_type: 'Temperature', GE_value_CEL: '20' },
    ],
    ['a range in one report', sensor, { GE_value_CEL: '2', LT_value_CEL: '8' }],
    ['two reports without a type', sensor, { LT_value_CEL: '8', GE_value_A93: '60' }],
    ['a rank', sensor, { EQ_percRank: '50.0' }],
    ['a smallest value', sensor, { LE_minValue_A93: '55' }],
    [
      'a time of measuring',
      sensor,
      { GE_time: '2026-03-01T07:10:00Z', LT_time: '2026-03-01T07:11:00Z' },
    ],
    [
      'a period of the metadata',
      sensor,
      { GE_startTime: '2026-03-01T07:00:00Z', LT_endTime: '2026-03-01T08:00:00Z' },
    ],
    [
      'metadata as if on every report',
      sensor,
      { EQ_deviceID: 'https://id.gs1.org/8004/4000001111', EQ_type: 'RelativeHumidity' },
    ],
    ['rules of business', sensor, { EQ_bizRules: 'ex:rule' }],
    ['bytes in either case', sensor, { EQ_hexBinaryValue: 'af' }],
    ['yes or no', sensor, { EQ_booleanValue: 'true' }],
    ['an extension', object, { 'EQ_ex:weight': '7.0' }],
    ['an extension by IRI', object, { 'EQ_https://e.org/weight': '7' }],
    ['an extension in order', object, { 'GT_ex:weight': '6', 'LT_ex:weight': '8' }],
    ['an extension inside another', object, { 'EQ_INNER_ex:colour': 'blue|red' }],
    ['master data', object, { 'EQ_ILMD_ex:grade': 'A' }],
    ['master data inside', object, { 'GE_INNER_ILMD_ex:assay': '99.9' }],
    ['a time in master data', object, { 'LT_INNER_ILMD_ex:day': '2026-03-02T00:00:00+08:00' }],
    ['an extension of the read point', object, { 'EQ_readPoint_ex:gate': '7' }],
    ['an extension of an element', sensor, { 'EQ_SENSORELEMENT_ex:cell': 'a' }],
    ['an extension of metadata', sensor, { 'EQ_SENSORMETADATA_ex:model': 'T1' }],
    ['an extension of a report', sensor, { 'EXISTS_SENSORREPORT_ex:probe': 'true' }],
    ['that an extension exists', object, { 'EXISTS_ex:box': '' }],
    ['that one exists inside', object, { 'EXISTS_INNER_ILMD_ex:assay': '' }],
    ['an error declaration', declared, { EXISTS_errorDeclaration: '' }],
    ['when it was declared', declared, { GE_errorDeclarationTime: '2026-03-02T00:00:00Z' }],
    ['its other spelling', declared, { LT_errorDeclaration_Time: '2026-03-03T00:00:00Z' }],
    ['why it was declared', declared, { EQ_errorReason: 'cbv:ER-incorrect_data' }],
    ['what corrects it', declared, { EQ_correctiveEventID: 'urn:uuid:2' }],
    ['an extension of a declaration', declared, { 'EQ_ERROR_DECLARATION_ex:why': 'typo' }],
  ])('%s', (_, event, query) => {
    expect(matches(event, query)).toBe(true);
  });
});

describe('a query leaves out', () => {
  it.each<[string, Members, Record<string, string>]>([
    ['another type', object, { eventType: 'AggregationEvent' }],
    ['a time at the end', object, { LT_eventTime: '2026-03-01T07:30:00Z' }],
    ['a time before the start', object, { GE_eventTime: '2026-03-01T07:30:00.001Z' }],
    ['what fits one of two names', object, { EQ_action: 'ADD', EQ_bizStep: 'shipping' }],
    ['a place beside', object, { WD_readPoint: 'urn:epc:id:sgln:4012345.00006.0' }],
    ['a place that contains it', object, { EQ_readPoint: place }],
    ['another EPC', object, { MATCH_epc: 'urn:epc:id:sgtin:4012345.011111.2' }],
    [
      'a class that was not meant as a pattern',
      object,
      { MATCH_epc: 'https://id.gs1.org/01/04012345111118' },
    ],
    ['another company', object, { MATCH_epc: 'urn:epc:idpat:sgtin:4012346.*.*' }],
    ['a parent where children are asked', events.aggregation, { MATCH_epc: pallet }],
    ['inputs where outputs are asked', transformation, { MATCH_outputEPC: instance }],
    [
      'classes where inputs are asked',
      object,
      { MATCH_inputEPCClass: 'urn:epc:class:lgtin:4012345.011111.L' },
    ],
    [
      'a source of another type',
      object,
      { EQ_source_possessing_party: 'urn:epc:id:pgln:4012345.00001' },
    ],
    ['a mass where a count is asked', object, { EQ_quantity: '1.5' }],
    ['a count where a mass is asked', object, { EQ_quantity_KGM: '12' }],
    ['another dimension', object, { GE_quantity_LTR: '0' }],
    [
      'a range that no one element fills',
      object,
      { GE_quantity_KGM: '1501', LT_quantity_KGM: '9000' },
    ],
    [
      'two reports where one is asked (TCR-53)',
      sensor,
      { EQ_type: 'RelativeHumidity', GE_value_CEL: '0' },
    ],
    ['a range between two reports', sensor, { GE_value_CEL: '5', LT_value_CEL: '20' }],
    ['a unit that does not convert', sensor, { GE_value_P1: '0' }],
    ['events without sensors', object, { EXISTS_sensorElementList: '' }],
    ['text where a number is in order', object, { 'GT_ILMD_ex:grade': '1' }],
    ['inner extensions at the top', object, { 'EQ_ex:colour': 'red' }],
    ['top extensions inside', object, { 'EQ_INNER_ex:weight': '7' }],
    ['the same name of another namespace', object, { 'EQ_https://o.org/weight': '7' }],
    ['events without a declaration', object, { EXISTS_errorDeclaration: '' }],
  ])('%s', (_, event, query) => {
    expect(matches(event, query)).toBe(false);
  });

  it('an extension whose prefix nobody declared is compared as it is written', () => {
    const event = { ...events.object, 'zz:mark': 'x' };
    expect(matches(event, { 'EQ_zz:mark': 'x' })).toBe(true);
    expect(matches(event, { 'EQ_yy:mark': 'x' })).toBe(false);
  });

  it('reports of two elements are not mixed with the other element’s metadata', () => {
    const element = { sensorMetadata: { deviceID: 'urn:x:d2' }, sensorReport: [{ type: 'Speed' }] };
    const list = [...((sensor.sensorElementList as unknown[]) ?? []), element];
    const two = { ...sensor, sensorElementList: list };
    expect(matches(two, { EQ_deviceID: 'urn:x:d2', EQ_type: 'Temperature' })).toBe(false);
    expect(matches(two, { EQ_deviceID: 'urn:x:d2', EQ_type: 'Speed' })).toBe(true);
    expect(matches({ ...events.object, ...sensed({ type: 'Speed' }) }, { EQ_type: 'Speed' })).toBe(
      true,
    );
  });
});

describe('HASATTR_ and EQATTR_: attributes of master data', () => {
  const bizLocation = 'https://id.gs1.org/414/4012345000054';
  const owner = 'https://id.gs1.org/417/4012345000016';
  const masterData = new Map([
    [bizLocation, new Map([['triflow:party', ['uscc:1']]])],
    [owner, new Map([['urn:epcglobal:cbv:mda:name', ['Saihan Cattle']]])],
    ['urn:x:mine', new Map([['https://e.org/colour', ['red', 'blue']]])],
  ]);
  const asked = (query: Record<string, string>, members: Members = object) => {
    const read = parseQuery(parametersOf(query), prefixes);
    if (!read.ok) expect.fail(JSON.stringify(read.fault));
    const event = recorded(members);
    const ids = new Set(masterDataIds(event.event, read.value));
    const known = new Map([...masterData].filter(([id]) => ids.has(id)));
    return matchesQuery({ ...event, masterData: known }, read.value);
  };

  it.each([
    [{ HASATTR_bizLocation: 'triflow:party' }, true],
    [{ HASATTR_bizLocation: 'triflow:other|triflow:party' }, true],
    [{ HASATTR_bizLocation: 'triflow:other' }, false],
    [{ HASATTR_readPoint: 'triflow:party' }, false],
    [{ HASATTR_bizStep: 'triflow:party' }, false],
    [{ HASATTR_source: 'cbvmda:name' }, true],
    [{ HASATTR_source: 'urn:epcglobal:cbv:mda:name' }, true],
    [{ 'EQATTR_source_cbvmda:name': 'Saihan Cattle' }, true],
    [{ 'EQATTR_source_cbvmda:name': 'Another|Saihan Cattle' }, true],
    [{ 'EQ_ATTR_source_cbvmda:name': 'Saihan Cattle' }, true],
    [{ 'EQATTR_source_cbvmda:name': 'Another' }, false],
    [{ 'EQATTR_destination_triflow:party': 'uscc:1' }, true],
    [{ 'EQATTR_bizLocation_triflow:party': 'uscc:1', HASATTR_source: 'cbvmda:name' }, true],
    [{ 'EQATTR_bizLocation_triflow:party': 'uscc:1', HASATTR_source: 'triflow:party' }, false],
  ] as [Record<string, string>, boolean][])('%j: %s', (query, matched) => {
    expect(asked(query)).toBe(matched);
  });

  it('of an extension field whose values are elements, too', () => {
    const members = { ...object, 'ex:brand': 'urn:x:mine' };
    expect(asked({ 'EQATTR_ex:brand_ex:colour': 'blue' }, members)).toBe(true);
    expect(asked({ 'EQATTR_ex:brand_ex:colour': 'green' }, members)).toBe(false);
    expect(asked({ 'HASATTR_ex:brand': 'ex:colour' }, object)).toBe(false);
  });

  it('without master data nothing matches', () => {
    expect(matches(object, { HASATTR_bizLocation: 'triflow:party' })).toBe(false);
  });
});
