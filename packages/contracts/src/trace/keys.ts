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

/** The key parts of a numbered record of a lot. */
export function sequenceParts(lot: string, sequence: number): [string, string] {
  return [lot, String(sequence).padStart(SEQUENCE_DIGITS, '0')];
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
);

function some(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
