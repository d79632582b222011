import { limits, type ReadContext } from '@triflow/protocol';
import { piecesOf, type ReadEvent } from './readEvent.js';
import type { Standing, TraceEventRecord, ValidationLevel } from './schema.js';

/** The facts of an event as they are kept. Text over the limit is left out: the body has it. */
export function eventRecord(
  context: ReadContext,
  { key, hash, facts }: ReadEvent,
  given: {
    readonly bytes: Uint8Array;
    readonly standing: Standing;
    readonly validationLevel: ValidationLevel;
  },
): TraceEventRecord {
  const epcs = facts.epcs.filter(isShort);
  return {
    key,
    hash,
    type: isShort(facts.type) ? facts.type : 'extension',
    eventId: short(facts.eventId),
    eventTimeMs: facts.eventTimeMs,
    action: short(facts.action),
    bizStep: short(facts.bizStep),
    disposition: short(facts.disposition),
    readPoint: short(facts.readPoint),
    bizLocation: short(facts.bizLocation),
    sources: shortIds(facts.sources),
    destinations: shortIds(facts.destinations),
    parentId: short(facts.parentId),
    epcs: epcs.slice(0, limits.epcsIndexedPerEventMax),
    epcCount: facts.epcs.length,
    isErrorDeclaration: facts.errorDeclaration !== undefined,
    submitter: context.sender,
    standing: given.standing,
    validationLevel: given.validationLevel,
    bodyBytes: given.bytes.length,
    bodyPieces: piecesOf(given.bytes).length,
    recordedAt: context.timeMs,
    recordedDay: context.day,
  };
}

/** The part of a key that an event shares with its error declarations. */
export function hashHexOf(key: string): string {
  return key.slice(0, 2 * 32);
}

function short(text: string | undefined): string | undefined {
  return text !== undefined && isShort(text) ? text : undefined;
}

function shortIds(list: readonly { readonly id: string }[]): string[] {
  return list
    .map((one) => one.id)
    .filter(isShort)
    .slice(0, limits.partiesPerEventMax);
}

function isShort(text: string): boolean {
  return text.length <= limits.indexTextMax;
}
