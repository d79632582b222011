import {
  type EpcisEvent,
  type EventFacts,
  eventFacts,
  eventHash,
  eventKey,
  validateDocument,
} from '@triflow/epcis';
import { limits, parseJson, type ReadContext } from '@triflow/protocol';
import type { ValidationLevel } from './schema.js';

/** `verify` and `execute` of one command read the same bytes: judged and hashed once. */
const judged = new WeakMap<Uint8Array, { level: ValidationLevel; read: ReadEvent | undefined }>();

/** An event as a command sees it, judged and hashed. */
export interface ReadEvent {
  readonly event: EpcisEvent;
  readonly facts: EventFacts;
  readonly hash: string;
  readonly key: string;
}

/**
 * Reads one event's own JSON object and judges it at a level. Undefined when it is not one event
 * or breaks a rule; which one, `validateDocument` of the epcis package says to who asks before.
 */
export function readEvent(
  context: ReadContext,
  bytes: Uint8Array,
  level: ValidationLevel,
): ReadEvent | undefined {
  const known = judged.get(bytes);
  if (known?.level === level) return known.read;
  const read = judgeEvent(context, bytes, level);
  judged.set(bytes, { level, read });
  return read;
}

/** The event's bytes in pieces that fit a record. */
export function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += limits.eventBodyChunkBytes) {
    pieces.push(bytes.slice(start, start + limits.eventBodyChunkBytes));
  }
  return pieces;
}

function judgeEvent(
  context: ReadContext,
  bytes: Uint8Array,
  level: ValidationLevel,
): ReadEvent | undefined {
  const json = parseJson(bytes);
  if (!json.ok) return undefined;
  const document = validateDocument(json.value, level);
  if (!document.ok || document.value.kind !== 'event') return undefined;
  const [event] = document.value.events;
  if (event === undefined || !hasShortPrefixes(event)) return undefined;
  const sha256 = (text: Uint8Array) => context.hash(text);
  const hash = eventHash(event, sha256);
  const key = eventKey(event, sha256);
  return { event, facts: eventFacts(event), hash, key };
}

/** Long prefixes would let a small event expand to a huge text before it is hashed. */
function hasShortPrefixes({ prefixes }: EpcisEvent): boolean {
  return [...prefixes.values()].every((iri) => iri.length <= limits.indexTextMax);
}
