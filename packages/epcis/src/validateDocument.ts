import { isJsonObject, type JsonValue, type Result, success } from '@triflow/protocol';
import { type DocumentKind, documentKind, type EpcisDocument, readDocument } from './document.js';
import type { EpcisFault } from './faults.js';
import { addConformanceFaults, type EventExists } from './validate/conformance.js';
import { documentShapes } from './validate/documentShape.js';

/** How much is asked: the official JSON schema, or all that a capture must keep. */
export type ValidationLevel = 'schema' | 'conformance';

export interface ValidationOptions {
  /** Whether an event of this eventID or hash ID is known; not asked when left out. */
  readonly eventExists?: EventExists;
}

/**
 * Checks an EPCISDocument, an EPCISQueryDocument or a single event (design section 3). Every
 * fault has a code and a JSON pointer, up to limits.epcisFaultsMax of them; rules of conformance
 * are looked at once the shape is right.
 */
export function validateDocument(
  json: JsonValue,
  level: ValidationLevel,
  options: ValidationOptions = {},
): Result<EpcisDocument, readonly EpcisFault[]> {
  const faults: EpcisFault[] = [];
  const kind: DocumentKind = isJsonObject(json) ? documentKind(json) : 'event';
  documentShapes[kind](json, '', faults);
  const document = readDocument(json);
  if (!document.ok) {
    // A shape that cannot be read has been noted above, more exactly.
    const others = document.fault.filter((fault) => fault.code !== 'document_malformed');
    const all = [...faults, ...others];
    return { ok: false, fault: all.length > 0 ? all : document.fault };
  }
  if (faults.length > 0) return { ok: false, fault: faults };
  if (level === 'conformance') addConformanceFaults(document.value, options.eventExists, faults);
  return faults.length > 0 ? { ok: false, fault: faults } : success(document.value);
}
