import {
  isJsonArray,
  isJsonObject,
  type JsonValue,
  joinPointer,
  limits,
  textFromJson,
} from '@triflow/protocol';
import { addFault, type EpcisFault } from './faults.js';
import { standardPrefixes } from './vocabulary.js';

/** Prefixes in force and the IRIs they stand for. */
export type Prefixes = ReadonlyMap<string, string>;

const KNOWN_CONTEXTS: ReadonlySet<string> = new Set([
  'https://ref.gs1.org/standards/epcis/epcis-context.jsonld',
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  'https://gs1.github.io/EPCIS/epcis-context.jsonld',
]);
const REFUSED_KEYWORDS: ReadonlySet<string> = new Set(['@import', '@vocab', '@base']);

/** The entries of a @context: text, an object, or an array of these. */
export function contextEntries(context: JsonValue | undefined): readonly JsonValue[] {
  if (context === undefined) return [];
  return isJsonArray(context) ? context : [context];
}

/**
 * The prefixes that a @context adds to those already in force; later entries win (design section
 * 2). Nothing is ever loaded. Faults: `context_is_not_known`, `context_keyword_refused`,
 * `context_redefines_standard_term`, `context_malformed`, `context_too_large`.
 */
export function readContext(
  context: JsonValue | undefined,
  inForce: Prefixes,
  path: string,
  faults: EpcisFault[],
): Prefixes {
  if (context === undefined) return inForce;
  if (textFromJson(context).length > limits.contextTextMax) {
    addFault(faults, 'context_too_large', path, `over ${limits.contextTextMax} characters`);
    return inForce;
  }
  const prefixes = new Map(inForce);
  for (const [index, entry] of contextEntries(context).entries()) {
    const at = isJsonArray(context) ? joinPointer(path, index) : path;
    if (typeof entry === 'string') {
      if (KNOWN_CONTEXTS.has(entry)) continue;
      addFault(
        faults,
        'context_is_not_known',
        at,
        'contexts are not loaded; this one is not built in',
      );
    } else if (isJsonObject(entry)) {
      for (const [name, term] of Object.entries(entry)) {
        readTerm(prefixes, name, term, joinPointer(at, name), faults);
      }
    } else {
      addFault(faults, 'context_malformed', at, 'a context is text or an object');
    }
  }
  if (prefixes.size > limits.contextPrefixesMax) {
    addFault(faults, 'context_too_large', path, `over ${limits.contextPrefixesMax} prefixes`);
  }
  return prefixes;
}

/** An IRI for `prefix:local` when the prefix is known; undefined otherwise. */
export function expandName(
  name: string,
  prefixes: Prefixes,
): readonly [string, string] | undefined {
  const colon = name.indexOf(':');
  if (colon < 0) return undefined;
  const iri = prefixes.get(name.slice(0, colon));
  return iri === undefined ? undefined : [iri, name.slice(colon + 1)];
}

function readTerm(
  prefixes: Map<string, string>,
  name: string,
  term: JsonValue,
  path: string,
  faults: EpcisFault[],
): void {
  if (name.startsWith('@')) {
    if (!REFUSED_KEYWORDS.has(name)) return;
    addFault(faults, 'context_keyword_refused', path, `${name} is not allowed`);
    return;
  }
  const iri = isJsonObject(term) ? term['@id'] : term;
  if (typeof iri !== 'string') {
    // A term that only states a type, such as {"ex:date": {"@type": "xsd:date"}}, names no prefix.
    if (isJsonObject(term) && iri === undefined && name.includes(':')) return;
    addFault(faults, 'context_malformed', path, 'a prefix stands for an IRI');
    return;
  }
  const standard = standardPrefixes.get(name);
  if (standard !== undefined && standard !== iri) {
    const message = `${name} stands for ${standard}`;
    addFault(faults, 'context_redefines_standard_term', path, message);
    return;
  }
  prefixes.set(name, iri);
}
