import { parseJson } from '@triflow/protocol';
import {
  type ValidationLevel,
  type ValidationOptions,
  validateDocument,
} from './validateDocument.js';

export type Members = Record<string, unknown>;

/** Documents that the tests of validation start from. */
export const context = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { ex: 'https://e.org/' },
];
export const common = {
  '@context': context,
  eventTime: '2026-03-01T07:30:00Z',
  eventTimeZoneOffset: '+08:00',
};
export const instance = 'urn:epc:id:sgtin:4012345.011111.1';
export const pallet = 'urn:epc:id:sscc:4012345.3111111111';
export const quantity = {
  epcClass: 'urn:epc:class:lgtin:4012345.011111.L',
  quantity: 1.5,
  uom: 'KGM',
};
export const report = { type: 'Temperature', value: 4, uom: 'CEL' };

export const events = {
  object: { ...common, type: 'ObjectEvent', action: 'OBSERVE', epcList: [instance] },
  aggregation: {
    ...common,
    type: 'AggregationEvent',
    action: 'ADD',
    parentID: pallet,
    childEPCs: [instance],
  },
  association: {
    ...common,
    type: 'AssociationEvent',
    action: 'ADD',
    parentID: pallet,
    childEPCs: [instance],
  },
  transaction: {
    ...common,
    type: 'TransactionEvent',
    action: 'ADD',
    bizTransactionList: [{ type: 'po', bizTransaction: 'urn:x:1' }],
    epcList: [instance],
  },
  transformation: {
    ...common,
    type: 'TransformationEvent',
    inputEPCList: [instance],
    outputQuantityList: [quantity],
  },
  extension: { ...common, type: 'ex:WeighingEvent', 'ex:scale': '7' },
} as const;

export type EventName = keyof typeof events;

export function sensed(one: Members): Members {
  return { sensorElementList: [{ sensorReport: [one] }] };
}

export function captureOf(...eventList: unknown[]): Members {
  return {
    '@context': context,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T08:00:00Z',
    epcisBody: { eventList },
  };
}

export function queryOf(...eventList: unknown[]): Members {
  return {
    '@context': context,
    type: 'EPCISQueryDocument',
    epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList } } },
  };
}

/** `code pointer` of every fault. */
export function faultsOf(
  document: unknown,
  level: ValidationLevel,
  options?: ValidationOptions,
): string[] {
  const json = parseJson(JSON.stringify(document));
  if (!json.ok) return [`${json.fault.code} ${json.fault.path}`];
  const read = validateDocument(json.value, level, options);
  return read.ok ? [] : read.fault.map((fault) => `${fault.code} ${fault.path}`);
}
