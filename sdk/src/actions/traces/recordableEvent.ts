import { eventHash, eventKey, validateDocument } from '@triflow/contracts/schemas';
import { sha256 } from '@triflow/crypto';
import { parseJson, utf8FromText } from '@triflow/protocol';
import { TriflowError } from '../../errors/triflowError.js';

/** An EPCIS event with what `recordEvent` asks beside it. */
export interface RecordableEvent {
  /** Its own JSON object as UTF-8. */
  readonly event: Uint8Array;
  /** `ni:///sha-256;…?ver=CBV2.0`. */
  readonly hash: string;
  /** Under which it will be found: the hash in hexadecimal. */
  readonly key: string;
}

/**
 * Checks one EPCIS 2.0 event, given as its own JSON object with its `@context`, and computes its
 * hash (CBV 2.0 section 8.9), so that it can be recorded. `EVENT_IS_INVALID` names the rules that
 * it breaks.
 */
export function recordableEvent(
  json: string,
  level: 'schema' | 'conformance' = 'conformance',
): RecordableEvent {
  const event = utf8FromText(json);
  const parsed = parseJson(event);
  if (!parsed.ok) throw invalid(parsed.fault.message, [parsed.fault]);
  const document = validateDocument(parsed.value, level);
  if (!document.ok) {
    const [first] = document.fault;
    throw invalid(`${first?.path ?? ''} ${first?.message ?? ''}`, document.fault);
  }
  const { kind, events } = document.value;
  const [only] = events;
  if (kind !== 'event' || only === undefined) throw invalid('not one event, but a document', []);
  return { event, hash: eventHash(only, sha256), key: eventKey(only, sha256) };
}

function invalid(message: string, faults: readonly unknown[]): TriflowError {
  return new TriflowError('EVENT_IS_INVALID', message, { details: { faults } });
}
