import { describe, expect, it } from 'vitest';
import {
  captureOf,
  type EventName,
  events,
  faultsOf,
  instance,
  type Members,
  quantity,
  queryOf,
  report,
} from '../testEvents.js';

describe('level schema accepts', () => {
  it.each<[string, EventName, Members]>([
    ['each type of event', 'object', {}],
    ['an aggregation', 'aggregation', {}],
    ['an association', 'association', {}],
    ['a transaction', 'transaction', {}],
    ['a transformation', 'transformation', {}],
    ['an extension type', 'extension', {}],
    ['an empty epcList', 'object', { epcList: [] }],
    ['a quantity list alone', 'object', { epcList: undefined, quantityList: [quantity] }],
    ['an unknown quantity', 'object', { quantityList: [{ epcClass: instance }] }],
    [
      'a sensor at a read point',
      'object',
      {
        epcList: undefined,
        readPoint: { id: 'urn:r:1' },
        sensorElementList: [{ sensorReport: [report] }],
      },
    ],
    [
      'a report of an exception only',
      'object',
      { sensorElementList: [{ sensorReport: [{ exception: 'ALARM_CONDITION' }] }] },
    ],
    [
      'master data with ADD',
      'object',
      { action: 'ADD', ilmd: { 'ex:a': 1, 'cbvmda:lotNumber': 'L' } },
    ],
    [
      'any member in a place',
      'object',
      { readPoint: { id: 'urn:r:1', note: 'x', 'ex:y': [] }, bizLocation: { id: 'geo:1,2' } },
    ],
    ['one or several certificates', 'object', { certificationInfo: ['https://c.org/1'] }],
    ['one certificate', 'object', { certificationInfo: 'https://c.org/1' }],
    [
      'an error declaration with extensions',
      'object',
      { errorDeclaration: { declarationTime: '2026-03-02T00:00:00Z', 'ex:by': 'x' } },
    ],
    [
      'vocabulary as URI and prefixed name',
      'object',
      { bizStep: 'https://ref.gs1.org/cbv/BizStep-packing', disposition: 'ex:frozen' },
    ],
    [
      'a persistent disposition anywhere',
      'aggregation',
      { persistentDisposition: { set: ['damaged'] } },
    ],
    ['a disaggregation of all', 'aggregation', { action: 'DELETE', childEPCs: undefined }],
    ['an aggregation without parent', 'aggregation', { action: 'OBSERVE', parentID: undefined }],
    ['a dissociation of all', 'association', { action: 'DELETE', childEPCs: undefined }],
    ['a transaction that ends', 'transaction', { action: 'DELETE', epcList: undefined }],
    [
      'one side with a transformationID',
      'transformation',
      { outputQuantityList: undefined, transformationID: 'urn:t:1' },
    ],
    ['the widest zone offset', 'object', { eventTimeZoneOffset: '-14:00' }],
    ['duplicates where the schema does', 'aggregation', { childEPCs: [instance, instance] }],
  ])('%s', (_, name, members) => {
    expect(faultsOf({ ...events[name], ...members }, 'schema')).toEqual([]);
  });

  it('a capture document with everything around its events', () => {
    const { '@context': _, ...event } = events.object;
    const header = {
      epcisMasterData: {
        vocabularyList: [
          {
            type: 'urn:epcglobal:epcis:vtype:BusinessLocation',
            vocabularyElementList: [
              {
                id: 'urn:l:1',
                attributes: [{ id: 'urn:a:1', attribute: 1 }],
                children: ['urn:l:2'],
              },
            ],
          },
        ],
      },
      'ex:note': 'x',
    };
    const members = {
      id: 'https://d.org/1',
      sender: 's',
      receiver: 'r',
      instanceIdentifier: 'i',
      epcisHeader: header,
    };
    expect(faultsOf({ ...captureOf(event), ...members }, 'schema')).toEqual([]);
  });

  it('a query document and its empty result', () => {
    expect(faultsOf(queryOf(), 'schema')).toEqual([]);
    expect(faultsOf(queryOf(events.object), 'schema')).toEqual([]);
  });
});
