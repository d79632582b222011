import { limits, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { eventRecord, hashHexOf } from '../eventRecord.js';
import { bodies, eventIds, traceEvents } from '../keys.js';
import { linkToLot, mayLink } from '../lotLink.js';
import { piecesOf, type ReadEvent, readEvent } from '../readEvent.js';
import { commandSchemas, type Standing } from '../schema.js';
import { standingIn } from '../standing.js';
import { status } from '../statusCodes.js';

const EVENT_ID_DOMAIN = 'triflow/event-id/1';
const DEFAULT_LEVEL = 'conformance';

type Params = z.infer<typeof commandSchemas.record_event>;

/** Records an EPCIS event once; sent again it is the same answer and no second record. */
export const recordEvent = command({
  who: 'anyone',
  params: commandSchemas.record_event,
  verify: (context, params) => {
    if (params.event.length > limits.eventDocumentBytesMax) return status('bound_exceeded');
    const read = readEvent(context, params.event, params.validationLevel ?? DEFAULT_LEVEL);
    if (read === undefined) return status('event_is_invalid');
    if (read.hash !== params.hash) return status('event_hash_differs');
    if (context.get(traceEvents, read.key) !== undefined) return OK;
    const standing = standingIn(context, read);
    if (standing === undefined) return status('submitter_not_in_event');
    return eventIdProblem(context, read) ?? lotsProblem(context, params, standing) ?? OK;
  },
  execute: (context, params) => {
    const validationLevel = params.validationLevel ?? DEFAULT_LEVEL;
    const read = readEvent(context, params.event, validationLevel);
    const standing = read === undefined ? undefined : standingIn(context, read);
    if (read === undefined) return status('event_is_invalid');
    if (context.get(traceEvents, read.key) !== undefined) return OK;
    if (standing === undefined) return status('submitter_not_in_event');
    const given = { bytes: params.event, standing, validationLevel };
    const record = eventRecord(context, read, given);
    context.put(traceEvents, [read.key], record);
    for (const [piece, bytes] of piecesOf(params.event).entries()) {
      context.put(bodies, [read.key, String(piece)], { bytes });
    }
    noteEventId(context, read);
    const { hash, type, eventTimeMs, bizStep, disposition } = record;
    const facts = { type, eventTimeMs, bizStep, disposition, standing };
    context.emit('event.recorded', read.key, { version: 1, hash, ...facts });
    for (const lot of new Set(params.lots)) linkToLot(context, lot, read.key);
    return OK;
  },
});

/** An eventID names one content; its error declarations share the hash. */
function eventIdProblem(context: ReadContext, { facts, key }: ReadEvent): Status | undefined {
  if (facts.eventId === undefined) return undefined;
  const known = context.get(eventIds, context.digest(EVENT_ID_DOMAIN, facts.eventId));
  const same = known === undefined || known.hashHex === hashHexOf(key);
  return same ? undefined : status('event_id_already_used');
}

function lotsProblem(context: ReadContext, params: Params, standing: Standing): Status | undefined {
  for (const lot of params.lots ?? []) {
    if (findLot(context, lot) === undefined) return status('reference_not_found');
    if (!mayLink(context, lot, standing)) return status('signer_not_party_to_object');
  }
  return undefined;
}

function noteEventId(context: WriteContext, { facts, key }: ReadEvent): void {
  if (facts.eventId === undefined) return;
  const digest = context.digest(EVENT_ID_DOMAIN, facts.eventId);
  context.put(eventIds, [digest], { hashHex: hashHexOf(key) });
}
