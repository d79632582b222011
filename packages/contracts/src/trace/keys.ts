import { burdens } from '../burdens.js';
import { defineTable, tableList } from '../table.js';
import { indexText } from './indexText.js';
import {
  bodySchema,
  custodySchema,
  custodyStepSchema,
  eventIdUseSchema,
  eventSchema,
  locationSchema,
  lotEventListSchema,
  lotEventSchema,
  lotLinkSchema,
} from './schema.js';
import { timeIndexText } from './timeIndexText.js';
import {
  directionSchema,
  lotCountsSchema,
  lotPlaceSchema,
  reportSchema,
  supplySchema,
  tracedLotSchema,
  transformationSchema,
  unitCodeUseSchema,
  unitSchema,
  unitStepSchema,
} from './unitSchema.js';

const contract = 'trace';
const SEQUENCE_DIGITS = 10;

/** `event/<key>`; identifiers in its indexes are written by `indexText`. */
export const traceEvents = defineTable({
  contract,
  name: 'event',
  schema: eventSchema,
  indexes: {
    epc: (record) => [...record.epcs, ...some(record.parentId)].map(indexText),
    type: (record) => [indexText(record.type)],
    bizStep: (record) => some(record.bizStep).map(indexText),
    disposition: (record) => some(record.disposition).map(indexText),
    readPoint: (record) => some(record.readPoint).map(indexText),
    bizLocation: (record) => some(record.bizLocation).map(indexText),
    eventId: (record) => some(record.eventId).map(indexText),
    submitter: (record) => [record.submitter],
    eventTime: (record) => [timeIndexText(record.eventTimeMs, 'up')],
    eventTimeDown: (record) => [timeIndexText(record.eventTimeMs, 'down')],
    recordTime: (record) => [timeIndexText(record.recordedAt, 'up')],
    recordTimeDown: (record) => [timeIndexText(record.recordedAt, 'down')],
    /** Events with more or longer identifiers than `epc` holds: whoever asks by EPC looks here. */
    unindexed: (record) => (record.epcs.length < record.epcCount ? ['epc'] : []),
  },
  visibility: { originOf: [{ table: 'trace/lotEvent', index: 'event' }] },
});
/** `body/<key>/<piece, from 0>` */
export const bodies = defineTable({
  contract,
  name: 'body',
  schema: bodySchema,
  visibility: { parties: () => [], as: (_record, [key = '']) => [`trace/event/${key}`] },
});
/** `eventId/<digest of the eventID>` */
export const eventIds = defineTable({
  contract,
  name: 'eventId',
  schema: eventIdUseSchema,
  visibility: { parties: () => [], as: ({ hashHex }) => [`trace/event/${hashHex}`] },
});
/** `location/<gln>` */
export const locations = defineTable({
  contract,
  name: 'location',
  schema: locationSchema,
  indexes: { party: (record) => [record.party] },
  visibility: { anyone: true },
});
/** `lotEvents/<lot>` */
export const lotEventLists = defineTable({
  contract,
  name: 'lotEvents',
  schema: lotEventListSchema,
});
/** `lotEvent/<lot>/<sequence, ten digits>`: all events of a lot in the order of linking. */
export const lotEventEntries = defineTable({
  contract,
  name: 'lotEvent',
  schema: lotEventSchema,
  indexes: { lot: (record) => [record.lot], event: (record) => [record.event] },
  visibility: { as: (record) => [record.lot] },
});
/** `lotLink/<lot>/<key>`: an event is linked to a lot once. */
export const lotLinks = defineTable({ contract, name: 'lotLink', schema: lotLinkSchema });
/** `custody/<lot>` */
export const custodies = defineTable({
  contract,
  name: 'custody',
  schema: custodySchema,
  indexes: {
    custodian: (record) => [record.custodian],
    receiver: (record) => some(record.receiver),
    state: (record) => [record.state],
  },
  visibility: { as: (record) => [record.lot] },
});
/** `custodyStep/<lot>/<step, ten digits>` */
export const custodySteps = defineTable({
  contract,
  name: 'custodyStep',
  schema: custodyStepSchema,
  indexes: { lot: (record) => [record.lot] },
  visibility: { as: (record) => [record.lot] },
});

/** `tracedLot/<lt>`: a lot of serialised or transformed goods, with its marks. */
export const tracedLots = defineTable({
  contract,
  name: 'tracedLot',
  schema: tracedLotSchema,
  indexes: {
    maker: (record) => [record.maker],
    sku: (record) => [record.sku],
    ancestor: (record) => record.ancestors,
    release: (record) => [record.release.state],
  },
  visibility: { originOf: [{ table: 'trace/unit', index: 'lot' }] },
});
/** `lotCounts/<lt>` */
export const lotCounts = defineTable({
  contract,
  name: 'lotCounts',
  schema: lotCountsSchema,
  visibility: { parties: () => [], as: (_record, [lot = '']) => [`trace/tracedLot/${lot}`] },
});
/** `lotPlace/<lt>/<party>` */
export const lotPlaces = defineTable({
  contract,
  name: 'lotPlace',
  schema: lotPlaceSchema,
  indexes: { lot: (record) => [record.lot] },
  visibility: { as: (record) => [`trace/tracedLot/${record.lot}`] },
});
/** `unit/<vu>` */
export const units = defineTable({
  contract,
  name: 'unit',
  schema: unitSchema,
  objectKind: 'vu',
  indexes: {
    lot: (record) => [record.lot],
    parent: (record) => some(record.parent),
    code: (record) => [indexText(record.code)],
    dispensed: (record) => (record.top?.state === 'DISPENSED' ? [record.lot] : []),
    custodian: (record) => some(record.top?.custodian),
    receiver: (record) => some(record.top?.shipment?.to),
    state: (record) => some(record.top?.state),
  },
  visibility: { as: (record) => some(record.parent), originOf: [burdens] },
});
/** `unitCode/<digest of the canonical code>`: a code is on one unit for ever. */
export const unitCodes = defineTable({
  contract,
  name: 'unitCode',
  schema: unitCodeUseSchema,
  visibility: { as: (record) => [record.unit] },
});
/** `unitStep/<vu>/<step, ten digits>` */
export const unitSteps = defineTable({
  contract,
  name: 'unitStep',
  schema: unitStepSchema,
  indexes: { unit: (record) => [record.unit], lot: (record) => [record.lot] },
  visibility: { as: (record) => [record.unit] },
});
/** `transformation/<digest>` */
export const transformations = defineTable({
  contract,
  name: 'transformation',
  schema: transformationSchema,
  indexes: {
    input: (record) => [...new Set(record.inputs.map((part) => part.lot))],
    output: (record) => [...new Set(record.outputs.map((part) => part.lot))],
  },
  visibility: { as: (record) => record.outputs.map(({ lot }) => `trace/tracedLot/${lot}`) },
});
/** `direction/<lt>/<clinic>` */
export const directions = defineTable({
  contract,
  name: 'direction',
  schema: directionSchema,
  visibility: { as: (record) => [`trace/tracedLot/${record.lot}`] },
});
/** `report/<vu>/<number of the step that made it due>` */
export const reports = defineTable({
  contract,
  name: 'report',
  schema: reportSchema,
  indexes: {
    due: (record) => (record.filed === undefined ? ['all', record.reporter] : []),
    lot: (record) => [record.lot],
  },
});
/** `supply/<lt>/<buyer>`: who pays for what a buyer accepts of a lot. */
export const supplies = defineTable({
  contract,
  name: 'supply',
  schema: supplySchema,
  indexes: { lot: (record) => [record.lot], payer: (record) => [record.payer] },
});

/** The key parts of a numbered record of a lot or unit. */
export function sequenceParts(subject: string, sequence: number): [string, string] {
  return [subject, String(sequence).padStart(SEQUENCE_DIGITS, '0')];
}

export const tables = tableList(
  traceEvents,
  bodies,
  eventIds,
  locations,
  lotEventLists,
  lotEventEntries,
  lotLinks,
  custodies,
  custodySteps,
  tracedLots,
  lotCounts,
  lotPlaces,
  units,
  unitCodes,
  unitSteps,
  transformations,
  directions,
  reports,
  supplies,
);

function some(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
