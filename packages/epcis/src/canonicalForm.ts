import { JsonNumeral, type JsonValue } from '@triflow/protocol';
import { expandName, type Prefixes } from './context.js';
import { plainDecimal } from './decimal.js';
import { utcText } from './eventTime.js';
import { canonicalIdentifier } from './identifiers.js';
import { cbvUrns, type VocabularyName, vocabularies } from './vocabulary.js';

/** White space as the published hash vectors trim it; a fixed list, not an engine's table. */
const SPACES: ReadonlySet<number> = new Set([
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
]);

/** The trimmed text of a scalar: numerals as written, `true`, `false`; empty for null. */
export function scalarText(value: JsonValue): string {
  if (typeof value === 'string') return trimmed(value);
  if (typeof value === 'boolean') return String(value);
  return value instanceof JsonNumeral ? value.text : '';
}

/**
 * C(v) of design section 5.3: the one text for all texts that mean the same value. Old CBV URNs
 * and known prefixes are expanded, numerals made plain, GS1 identifiers made canonical links.
 */
export function canonicalValue(value: JsonValue, prefixes: Prefixes): string {
  const expanded = withPrefixExpanded(withCbvUrnReplaced(scalarText(value)), prefixes);
  return plainDecimal(expanded) ?? canonicalIdentifier(expanded);
}

/** A vocabulary value in full: a bare word of the list gets its IRI, else C(v) (section 5.4). */
export function canonicalWord(value: JsonValue, name: VocabularyName, prefixes: Prefixes): string {
  const word = scalarText(value);
  const { base, words } = vocabularies[name];
  return words.has(word) ? base + word : canonicalValue(value, prefixes);
}

/** UTC with milliseconds (section 5.5); text that is no time stays as it is. */
export function canonicalTime(value: JsonValue): string {
  const text = scalarText(value);
  return utcText(text) ?? text;
}

function withCbvUrnReplaced(text: string): string {
  for (const [urn, base] of cbvUrns) {
    if (text.startsWith(urn)) return base + text.slice(urn.length);
  }
  return text;
}

function withPrefixExpanded(text: string, prefixes: Prefixes): string {
  const expanded = expandName(text, prefixes);
  if (expanded === undefined) return text;
  const [iri, local] = expanded;
  return local.startsWith('//') ? text : iri + local;
}

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACES.has(text.charCodeAt(start))) start += 1;
  while (end > start && SPACES.has(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
