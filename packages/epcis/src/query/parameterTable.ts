import type { VocabularyName } from '../vocabulary.js';
import type { ExtensionPlace, TimeField, TypedList } from './eventQuery.js';

/** `EQ_` members of the event, with the vocabulary of their bare words (design section 4). */
export const eventWords: ReadonlyMap<string, VocabularyName | undefined> = new Map([
  ['action', undefined],
  ['bizStep', 'bizStep'],
  ['disposition', 'disposition'],
  ['persistentDisposition_set', 'disposition'],
  ['persistentDisposition_unset', 'disposition'],
  ['readPoint', undefined],
  ['bizLocation', undefined],
  ['transformationID', undefined],
  ['eventID', undefined],
  ['errorReason', 'errorReason'],
  ['correctiveEventID', undefined],
]);

/** Takes hexadecimal digits in either case. */
export const hexMember = 'hexBinaryValue';

/** `EQ_` members of a sensor report; those of its metadata count as if on every report. */
export const reportWords: ReadonlyMap<string, VocabularyName | undefined> = new Map([
  ['type', 'sensorType'],
  ['deviceID', undefined],
  ['dataProcessingMethod', undefined],
  ['microorganism', undefined],
  ['chemicalSubstance', undefined],
  ['bizRules', undefined],
  ['stringValue', undefined],
  ['booleanValue', undefined],
  [hexMember, undefined],
  ['uriValue', undefined],
]);

/** `GE_` and `LT_` times of the event; the second spelling is that of the published schema. */
export const eventTimes: ReadonlyMap<string, TimeField> = new Map([
  ['eventTime', 'eventTime'],
  ['recordTime', 'recordTime'],
  ['errorDeclarationTime', 'errorDeclarationTime'],
  ['errorDeclaration_Time', 'errorDeclarationTime'],
]);

/** `GE_` and `LT_` times of a sensor report or its metadata. */
export const reportTimes: ReadonlySet<string> = new Set(['time', 'startTime', 'endTime']);

/** Measured numbers, asked for with a unit: `GE_value_CEL`. */
export const numericMembers: ReadonlySet<string> = new Set([
  'value',
  'minValue',
  'maxValue',
  'meanValue',
  'sDev',
  'percValue',
]);

/** `MATCH_` names and the members that hold their identifiers. */
export const epcMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['epc', ['epcList', 'childEPCs']],
  ['parentID', ['parentID']],
  ['inputEPC', ['inputEPCList']],
  ['outputEPC', ['outputEPCList']],
  ['anyEPC', ['epcList', 'childEPCs', 'parentID', 'inputEPCList', 'outputEPCList']],
]);

/** `MATCH_` names and the lists whose elements hold their classes. */
export const epcClassMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['epcClass', ['quantityList', 'childQuantityList']],
  ['inputEPCClass', ['inputQuantityList']],
  ['outputEPCClass', ['outputQuantityList']],
  ['anyEPCClass', ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList']],
]);

/** `EQ_` lists whose type stands in the parameter's name: `EQ_source_owning_party`. */
export const typedLists: ReadonlyMap<TypedList, VocabularyName> = new Map([
  ['bizTransaction', 'transactionType'],
  ['source', 'partyType'],
  ['destination', 'partyType'],
]);

/** What stands before an extension's name for its place; nothing means the event itself. */
export const extensionPlaces: readonly (readonly [start: string, place: ExtensionPlace])[] = [
  ['ILMD_', 'ilmd'],
  ['SENSORELEMENT_', 'sensorElement'],
  ['SENSORMETADATA_', 'sensorMetadata'],
  ['SENSORREPORT_', 'sensorReport'],
  ['ERROR_DECLARATION_', 'errorDeclaration'],
  ['readPoint_', 'readPoint'],
  ['bizLocation_', 'bizLocation'],
];
