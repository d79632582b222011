import { type JsonObject, type JsonValue, textFromJson, utf8FromText } from '@triflow/protocol';
import type { EpcisEvent } from './document.js';

/**
 * An event by itself, as it goes on the chain: its own JSON object as UTF-8, members in their
 * order, numerals verbatim, and the @context in force. Read again as a single event it has the
 * same hash. Whether it fits limits.eventDocumentBytesMax is for validation (or the caller) to say.
 */
export function eventBytes(event: EpcisEvent): Uint8Array {
  return utf8FromText(textFromJson(standAlone(event)));
}

function standAlone(event: EpcisEvent): JsonObject {
  const { '@context': own, ...rest } = event.json;
  const [only] = event.context;
  const context: JsonValue =
    event.context.length === 1 && only !== undefined ? only : event.context;
  if (own === undefined) return { '@context': context, ...rest };
  // A single event's @context is the one in force; it stays as it is and where it is.
  if (event.path === '') return event.json;
  return { ...event.json, '@context': context };
}
