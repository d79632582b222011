import type { VocabularyName } from './vocabulary.js';

/**
 * One member in the order of the event hash (design section 5.1). A value that is an array gives
 * one entry an element under the same name; a `list` stands once and holds its elements.
 */
export type HashField =
  | { readonly name: string; readonly form: 'time' | 'verbatim' | 'value' }
  | { readonly name: string; readonly form: 'word'; readonly vocabulary: VocabularyName }
  | HashGroup
  | { readonly name: string; readonly form: 'list'; readonly element: HashField };

/** An object: its own fields in order; an open one keeps its extensions with it. */
export interface HashGroup {
  readonly name: string;
  readonly form: 'group';
  readonly fields: readonly HashField[];
  readonly open: boolean;
}

const sensorMetadata: HashGroup = {
  name: 'sensorMetadata',
  form: 'group',
  open: true,
  fields: [
    time('time'),
    time('startTime'),
    time('endTime'),
    value('deviceID'),
    value('deviceMetadata'),
    value('rawData'),
    value('dataProcessingMethod'),
    value('bizRules'),
  ],
};

const sensorReport: HashGroup = {
  name: 'sensorReport',
  form: 'group',
  open: true,
  fields: [
    word('type', 'sensorType'),
    word('exception', 'exception'),
    value('deviceID'),
    value('deviceMetadata'),
    value('rawData'),
    value('dataProcessingMethod'),
    time('time'),
    value('microorganism'),
    value('chemicalSubstance'),
    value('value'),
    word('component', 'component'),
    value('stringValue'),
    value('booleanValue'),
    value('hexBinaryValue'),
    value('uriValue'),
    value('minValue'),
    value('maxValue'),
    value('meanValue'),
    value('sDev'),
    value('percRank'),
    value('percValue'),
    value('uom'),
    value('coordinateReferenceSystem'),
  ],
};

/** The members that stand in this order, whatever the document's. */
export const orderedFields: readonly HashField[] = [
  time('eventTime'),
  { name: 'eventTimeZoneOffset', form: 'verbatim' },
  value('certificationInfo'),
  value('parentID'),
  list('epcList', value('epc')),
  list('inputEPCList', value('epc')),
  list('childEPCs', value('epc')),
  quantities('quantityList'),
  quantities('childQuantityList'),
  quantities('inputQuantityList'),
  list('outputEPCList', value('epc')),
  quantities('outputQuantityList'),
  value('action'),
  value('transformationID'),
  word('bizStep', 'bizStep'),
  word('disposition', 'disposition'),
  group('persistentDisposition', [word('set', 'disposition'), word('unset', 'disposition')]),
  { ...group('readPoint', [value('id')]), open: true },
  { ...group('bizLocation', [value('id')]), open: true },
  list('sensorElementList', {
    name: 'sensorElement',
    form: 'group',
    open: true,
    fields: [sensorMetadata, sensorReport],
  }),
];

/** Lists of the tail, where whole strings are sorted together with the extensions. */
export const tailFields: readonly HashField[] = [
  list('bizTransactionList', group('', [word('type', 'transactionType'), value('bizTransaction')])),
  list('sourceList', group('', [word('type', 'partyType'), value('source')])),
  list('destinationList', group('', [word('type', 'partyType'), value('destination')])),
];

/** Members of an event that never take part; `ilmd` has a place of its own in the tail. */
export const leftOutOfEvent: ReadonlySet<string> = new Set([
  'type',
  'eventID',
  'recordTime',
  'errorDeclaration',
]);

/** Members that never take part at any depth: they say nothing about what happened. */
export const leftOutEverywhere: ReadonlySet<string> = new Set([
  '@context',
  'comment',
  'rdfs:comment',
]);

function time(name: string): HashField {
  return { name, form: 'time' };
}

function value(name: string): HashField {
  return { name, form: 'value' };
}

function word(name: string, vocabulary: VocabularyName): HashField {
  return { name, form: 'word', vocabulary };
}

function group(name: string, fields: readonly HashField[]): HashGroup {
  return { name, form: 'group', fields, open: false };
}

function list(name: string, element: HashField): HashField {
  return { name, form: 'list', element };
}

function quantities(name: string): HashField {
  return list(name, group('quantityElement', [value('epcClass'), value('quantity'), value('uom')]));
}
