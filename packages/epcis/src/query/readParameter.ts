import { type Result, success } from '@triflow/protocol';
import { canonicalValue, canonicalWord, scalarText } from '../canonicalForm.js';
import { expandName, type Prefixes } from '../context.js';
import { type Rational, rationalFromDecimal } from '../decimal.js';
import { timeMsFromText } from '../eventTime.js';
import type { VocabularyName } from '../vocabulary.js';
import { epcPattern } from './epcPattern.js';
import {
  COUNT_UNIT,
  type Comparison,
  type Condition,
  type ExtensionPlace,
  type ExtensionTarget,
  type ExtensionTest,
  type NumberTest,
  type ReportTest,
  type TimeTest,
  type ValueField,
} from './eventQuery.js';
import { vocabularyFields } from './masterData.js';
import {
  epcClassMembers,
  epcMembers,
  eventTimes,
  eventWords,
  extensionPlaces,
  hexMember,
  numericMembers,
  reportTimes,
  reportWords,
  typedLists,
} from './parameterTable.js';

export interface ParameterFault {
  readonly code: string;
  readonly message: string;
}

type Read = Result<Condition, ParameterFault>;

const NAME = /^(EQ_ATTR|EQ|GT|GE|LT|LE|WD|MATCH|EXISTS|HASATTR|EQATTR)_(.+)$/s;
/** A field and the attribute behind it; an extension's own name has no underscore here. */
const FIELD_AND_NAME = /^([^:_]+|[^:_]+:[^_]+)_(.+)$/s;
const WITH_UNIT = /^([A-Za-z]+)_([A-Z0-9]{2,4})$/;
const ACTIONS: readonly string[] = ['ADD', 'OBSERVE', 'DELETE'];
const HEXADECIMAL = /^[0-9A-Fa-f]+$/;
const NO_PLACE: readonly [string, ExtensionPlace] = ['', 'event'];

/** What one parameter asks for. Unknown names are never passed over. */
export function readParameter(name: string, values: readonly string[], prefixes: Prefixes): Read {
  if (name === 'eventType') return valuesOf('eventType', values, prefixes);
  const [, operator = '', subject = ''] = NAME.exec(name) ?? [];
  switch (operator) {
    case 'EXISTS':
      return readExists(name, subject, values, prefixes);
    case 'MATCH':
      return readMatch(name, subject, values, prefixes);
    case 'WD':
      if (subject !== 'readPoint' && subject !== 'bizLocation') return unknown(name);
      if (values.some((value) => value === '')) return wrong('a place is wanted here');
      return success({
        kind: 'within',
        field: subject,
        roots: values.map((value) => canonicalValue(value, prefixes)),
      });
    case 'HASATTR':
      return readAttribute(name, subject, values, prefixes);
    // The published query schema writes it so.
    case 'EQ_ATTR':
    case 'EQATTR': {
      const [, field = '', attribute = ''] = FIELD_AND_NAME.exec(subject) ?? [];
      return readAttribute(name, field, [attribute], prefixes, values);
    }
    case 'EQ':
    case 'GT':
    case 'GE':
    case 'LT':
    case 'LE':
      return readComparison(name, operator, subject, values, prefixes);
    default:
      return unknown(name);
  }
}

function readComparison(
  name: string,
  comparison: Comparison,
  subject: string,
  values: readonly string[],
  prefixes: Prefixes,
): Read {
  const time = eventTimes.get(subject);
  if (time !== undefined) {
    const test = timeTest(comparison, values);
    if (test === undefined) return isTimeTest(comparison) ? wrong(TIME_WANTED) : unknown(name);
    return success({ kind: 'time', field: time, test });
  }
  if (reportTimes.has(subject)) {
    const test = timeTest(comparison, values);
    if (test === undefined) return isTimeTest(comparison) ? wrong(TIME_WANTED) : unknown(name);
    return report(subject, { kind: 'time', test });
  }
  const number = readNumber(comparison, subject, values);
  if (number !== undefined) return number;
  if (comparison === 'EQ') {
    const equal = readEqual(subject, values, prefixes);
    if (equal !== undefined) return equal;
  }
  const target = readTarget(subject, prefixes);
  if (target === undefined) return unknown(name);
  const test = extensionTest(comparison, values, prefixes);
  return test === undefined ? wrong(ORDER_WANTED) : success({ kind: 'extension', target, test });
}

const TIME_WANTED = 'an RFC 3339 time with a zone is wanted here';
const ORDER_WANTED = 'one number or one time is wanted here';

function readEqual(
  subject: string,
  values: readonly string[],
  prefixes: Prefixes,
): Read | undefined {
  if (eventWords.has(subject)) return valuesOf(subject, values, prefixes);
  if (reportWords.has(subject)) return reportValues(subject, values, prefixes);
  for (const [list, vocabulary] of typedLists) {
    if (!subject.startsWith(`${list}_`)) continue;
    const type = subject.slice(list.length + 1);
    return success({
      kind: 'typed',
      list,
      type: canonicalWord(type, vocabulary, prefixes),
      values: canonical(values, prefixes),
    });
  }
  return undefined;
}

/** A quantity or a measured number; undefined when the name is of neither. */
function readNumber(
  comparison: Comparison,
  subject: string,
  values: readonly string[],
): Read | undefined {
  const [, member = subject, unit] = WITH_UNIT.exec(subject) ?? [];
  const isQuantity = member === 'quantity';
  const isRank = member === 'percRank' && unit === undefined;
  const isMeasured = numericMembers.has(member) && unit !== undefined;
  if (!isQuantity && !isRank && !isMeasured) return undefined;
  const test = numberTest(comparison, values);
  if (test === undefined) return wrong('a number is wanted here');
  if (isQuantity) return success({ kind: 'quantity', unit: unit ?? COUNT_UNIT, test });
  return report(member, { kind: 'number', test, unit });
}

function readMatch(
  name: string,
  subject: string,
  values: readonly string[],
  prefixes: Prefixes,
): Read {
  const members = epcMembers.get(subject) ?? epcClassMembers.get(subject);
  if (members === undefined) return unknown(name);
  if (values.some((value) => value === '')) return wrong('an identifier is wanted here');
  const patterns = values.map((value) => epcPattern(value, prefixes));
  return success({ kind: 'epc', members, patterns });
}

/** `HASATTR_field` lists attributes; `EQATTR_field_attribute` values of one (section 8.2.7.1). */
function readAttribute(
  name: string,
  field: string,
  attributes: readonly string[],
  prefixes: Prefixes,
  values?: readonly string[],
): Read {
  const isStandard = vocabularyFields.some((one) => one === field);
  const target = isStandard ? undefined : readTarget(field, prefixes);
  const isExtension = target?.place === 'event' && !target.inner;
  if (!isStandard && !isExtension) return unknown(name);
  if (attributes.some((one) => one === '')) {
    return values === undefined ? wrong('the name of an attribute is wanted here') : unknown(name);
  }
  return success({
    kind: 'attribute',
    field: target?.iri ?? field,
    names: canonical(attributes, prefixes),
    ...(values !== undefined && { values: canonical(values, prefixes) }),
  });
}

/** `EXISTS_x`, with no value or one that says yes. */
function readExists(
  name: string,
  subject: string,
  values: readonly string[],
  prefixes: Prefixes,
): Read {
  if (values.some((value) => !['', '1', 'true', 'null'].includes(value))) {
    return wrong('it exists: no value, or true');
  }
  if (subject === 'errorDeclaration' || subject === 'sensorElementList') {
    return success({ kind: 'exists', member: subject });
  }
  const target = readTarget(subject, prefixes);
  if (target === undefined) return unknown(name);
  return success({ kind: 'extension', target, test: { kind: 'exists' } });
}

/** An extension's name behind INNER_ and the name of its place, in this order. */
function readTarget(subject: string, prefixes: Prefixes): ExtensionTarget | undefined {
  const inner = subject.startsWith('INNER_');
  const rest = inner ? subject.slice('INNER_'.length) : subject;
  const [word, place] = extensionPlaces.find(([start]) => rest.startsWith(start)) ?? NO_PLACE;
  const raw = rest.slice(word.length);
  const colon = raw.indexOf(':');
  if (colon < 1 || colon === raw.length - 1) return undefined;
  const expanded = expandName(raw, prefixes);
  const isIri = raw.startsWith('//', colon + 1) || raw.startsWith('urn:');
  const written = isIri ? raw : undefined;
  return { place, inner, raw, iri: expanded === undefined ? written : expanded.join('') };
}

function extensionTest(
  comparison: Comparison,
  values: readonly string[],
  prefixes: Prefixes,
): ExtensionTest | undefined {
  if (comparison === 'EQ') return { kind: 'equal', values: canonical(values, prefixes) };
  const [text = ''] = values;
  const isOrdered = rationalFromDecimal(text) !== undefined || timeMsFromText(text) !== undefined;
  return values.length === 1 && isOrdered ? { kind: 'order', comparison, text } : undefined;
}

function valuesOf(subject: string, values: readonly string[], prefixes: Prefixes): Read {
  const field = subject as ValueField;
  if (values.some((value) => value === '')) return wrong('a value is wanted here');
  if (field === 'action' && values.some((value) => !ACTIONS.includes(value))) {
    return wrong('ADD, OBSERVE or DELETE');
  }
  if (field === 'eventID' || field === 'correctiveEventID') {
    return success({ kind: 'values', field, values: new Set(values.map(scalarText)) });
  }
  const vocabulary = eventWords.get(field);
  return success({ kind: 'values', field, values: wordsOf(values, vocabulary, prefixes) });
}

function reportValues(member: string, values: readonly string[], prefixes: Prefixes): Read {
  if (member === 'booleanValue' && values.some((value) => !['true', 'false'].includes(value))) {
    return wrong('true or false');
  }
  if (member === hexMember) {
    if (values.some((value) => !HEXADECIMAL.test(value))) return wrong('hexadecimal digits');
    return report(member, { kind: 'values', values: new Set(values.map(foldHex)) });
  }
  const vocabulary = reportWords.get(member);
  return report(member, { kind: 'values', values: wordsOf(values, vocabulary, prefixes) });
}

/** Hexadecimal digits in small letters: both spellings are one value. */
export function foldHex(text: string): string {
  return text.replace(/[A-F]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
}

function wordsOf(
  values: readonly string[],
  vocabulary: VocabularyName | undefined,
  prefixes: Prefixes,
): ReadonlySet<string> {
  if (vocabulary === undefined) return canonical(values, prefixes);
  return new Set(values.map((value) => canonicalWord(value, vocabulary, prefixes)));
}

function canonical(values: readonly string[], prefixes: Prefixes): ReadonlySet<string> {
  return new Set(values.map((value) => canonicalValue(value, prefixes)));
}

function isTimeTest(comparison: Comparison): comparison is 'GE' | 'LT' {
  return comparison === 'GE' || comparison === 'LT';
}

function timeTest(comparison: Comparison, values: readonly string[]): TimeTest | undefined {
  const timeMs = values.length === 1 ? timeMsFromText(scalarText(values[0] ?? '')) : undefined;
  return timeMs === undefined || !isTimeTest(comparison) ? undefined : { comparison, timeMs };
}

function numberTest(comparison: Comparison, values: readonly string[]): NumberTest | undefined {
  if (values.length === 0 || (comparison !== 'EQ' && values.length > 1)) return undefined;
  const numbers: Rational[] = [];
  for (const value of values) {
    const number = rationalFromDecimal(value);
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  return { comparison, values: numbers };
}

function report(member: string, test: ReportTest): Read {
  return success({ kind: 'report', member, test });
}

function unknown(name: string): Read {
  const message = `there is no parameter ${name.slice(0, 128)}`;
  return { ok: false, fault: { code: 'query_parameter_unknown', message } };
}

function wrong(message: string): Read {
  return { ok: false, fault: { code: 'query_value_malformed', message } };
}
