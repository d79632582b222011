import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import {
  captureOf,
  context,
  type EventName,
  events,
  faultsOf,
  type Members,
  report,
  sensed,
} from '../testEvents.js';

describe('level conformance', () => {
  const metadata = { time: '2026-03-01T07:00:00Z', deviceID: 'urn:d:1' };
  const withMetadata = (meta: Members, one: Members) => ({
    sensorElementList: [{ sensorMetadata: meta, sensorReport: [{ ...report, ...one }] }],
  });

  it('accepts what keeps every rule', () => {
    for (const event of Object.values(events)) expect(faultsOf(event, 'conformance')).toEqual([]);
    const sensor = withMetadata(metadata, { bizRules: 'urn:b:1' });
    expect(faultsOf({ ...events.object, ...sensor }, 'conformance')).toEqual([]);
  });

  it.each<[string, EventName, Members, string[]]>([
    [
      'C1: a time in both places',
      'object',
      withMetadata(metadata, { time: '2026-03-01T07:00:00Z' }),
      ['sensor_attribute_in_both_places /sensorElementList/0/sensorReport/0/time'],
    ],
    [
      'C1: a device in both places',
      'object',
      withMetadata(metadata, { deviceID: 'urn:d:1' }),
      ['sensor_attribute_in_both_places /sensorElementList/0/sensorReport/0/deviceID'],
    ],
    [
      'C1: raw data in both places',
      'object',
      withMetadata({ rawData: 'urn:r:1' }, { rawData: 'urn:r:2' }),
      ['sensor_attribute_in_both_places /sensorElementList/0/sensorReport/0/rawData'],
    ],
    [
      'C2: measured after the event',
      'object',
      withMetadata({ time: '2026-03-01T07:30:00.001Z' }, {}),
      ['sensor_time_after_event /sensorElementList/0/sensorMetadata/time'],
    ],
    [
      'C2: reported after the event',
      'object',
      withMetadata({}, { time: '2026-03-01T16:00:00+08:00' }),
      ['sensor_time_after_event /sensorElementList/0/sensorReport/0/time'],
    ],
    [
      'C2: a period that ends before it starts',
      'object',
      withMetadata({ startTime: '2026-03-01T02:00:00Z', endTime: '2026-03-01T01:59:59Z' }, {}),
      ['sensor_period_reversed /sensorElementList/0/sensorMetadata/endTime'],
    ],
    [
      'C3: an aggregation to no parent',
      'aggregation',
      { parentID: undefined },
      ['parent_id_missing /parentID'],
    ],
    [
      'C3: a disaggregation from no parent',
      'aggregation',
      { action: 'DELETE', parentID: undefined },
      ['parent_id_missing /parentID'],
    ],
    ['C4: null', 'object', { 'ex:a': [{ 'ex:b': null }] }, ['null_not_allowed /ex:a/0/ex:b']],
    [
      'C5: a wrong check digit',
      'object',
      { epcList: ['https://x.org/01/09780345418914/21/1'] },
      ['check_digit_is_wrong /epcList/0'],
    ],
    [
      'C5: a wrong location',
      'object',
      { readPoint: { id: 'https://id.gs1.org/414/4012345000116' } },
      ['check_digit_is_wrong /readPoint/id'],
    ],
    [
      'C5: an extension of 16 digits',
      'object',
      { 'ex:a': [{ b: 1234567890123456 }] },
      ['numeral_too_long /ex:a/0/b'],
    ],
    [
      'C5: 16 digits as text',
      'object',
      { readPoint: { id: 'urn:r:1', note: '0.1234567890123456' } },
      ['numeral_too_long /readPoint/note'],
    ],
    [
      'C5: 16 digits of master data',
      'object',
      { action: 'ADD', ilmd: { 'ex:a': '1234567890.123456' } },
      ['numeral_too_long /ilmd/ex:a'],
    ],
    [
      'a sensor type of no list',
      'object',
      sensed({ ...report, type: 'Molar_concentration' }),
      ['word_unknown /sensorElementList/0/sensorReport/0/type'],
    ],
    [
      'an event over 64 KiB',
      'object',
      { 'ex:a': 'x'.repeat(limits.eventDocumentBytesMax) },
      ['event_too_large '],
    ],
  ])('refuses %s, which the schema lets pass', (_, name, members, wanted) => {
    const event = { ...events[name], ...members };
    expect(faultsOf(event, 'schema')).toEqual([]);
    expect(faultsOf(event, 'conformance')).toEqual(wanted);
  });

  it('accepts 15 digits, and more where they are no numeral of an extension', () => {
    const epcList = ['https://id.gs1.org/00/340123453111111115'];
    const event = {
      ...events.object,
      epcList,
      'ex:a': '123456789012345',
      'ex:b': '12345678901234567x',
    };
    expect(faultsOf(event, 'conformance')).toEqual([]);
  });

  it('C4: speaks version 2 only', () => {
    const { '@context': _, ...event } = events.object;
    const versioned = (schemaVersion: string) => ({ ...captureOf(event), schemaVersion });
    expect(faultsOf(versioned('2.0.1'), 'conformance')).toEqual([]);
    expect(faultsOf(versioned('1.2'), 'schema')).toEqual([]);
    expect(faultsOf(versioned('1.2'), 'conformance')).toEqual([
      'schema_version_not_supported /schemaVersion',
    ]);
    expect(faultsOf(versioned('20.1'), 'conformance')).toEqual([
      'schema_version_not_supported /schemaVersion',
    ]);
  });

  it('C4: looks for the corrective events in the document, then outside', () => {
    const { '@context': _, ...event } = events.object;
    const declared = {
      ...event,
      errorDeclaration: {
        declarationTime: '2026-03-02T00:00:00Z',
        correctiveEventIDs: ['urn:uuid:1', 'urn:uuid:2'],
      },
    };
    const document = captureOf(declared, { ...event, eventID: 'urn:uuid:1' });
    const path = '/epcisBody/eventList/0/errorDeclaration/correctiveEventIDs/1';
    expect(faultsOf(document, 'conformance')).toEqual([]);
    expect(faultsOf(document, 'conformance', { eventExists: (id) => id === 'urn:uuid:2' })).toEqual(
      [],
    );
    expect(faultsOf(document, 'conformance', { eventExists: () => false })).toEqual([
      `corrective_event_unknown ${path}`,
    ]);
  });

  it('C6: lets no document say what its hash leaves out', () => {
    const { '@context': _, ...event } = events.object;
    const declared = {
      ...captureOf(event),
      '@context': [...context, { r: 'https://repository-x.example.com/' }],
      'r:ignoreFields': ['ex:a'],
    };
    expect(faultsOf(declared, 'schema')).toEqual([]);
    expect(faultsOf(declared, 'conformance')).toEqual([
      'ignore_fields_not_allowed /r:ignoreFields',
    ]);
  });
});
