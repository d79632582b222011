import {
  assertNever,
  compareText,
  hexFromBytes,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  utf8FromText,
} from '@triflow/protocol';
import { canonicalTime, canonicalValue, canonicalWord, scalarText } from './canonicalForm.js';
import type { Prefixes } from './context.js';
import { type EpcisEvent, expandedName } from './document.js';
import { timeMsFromText } from './eventTime.js';
import {
  type HashField,
  type HashGroup,
  leftOutEverywhere,
  leftOutOfEvent,
  orderedFields,
  tailFields,
} from './hashOrder.js';

/** The hash function of the event hash: SHA-256. Handed in, because contracts get the chain's. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What is needed to turn names and values of one event into their canonical text. */
interface Scope {
  readonly prefixes: Prefixes;
  readonly ignored: ReadonlySet<string>;
}

const ILMD = 'ilmd';

/** The event's hash ID as a named-information URI (CBV 2.0 section 8.9). */
export function eventHash(event: EpcisEvent, sha256: Sha256): string {
  return `ni:///sha-256;${hashHex(event, sha256)}?ver=CBV2.0`;
}

/**
 * What tells one record of an event from another, fit for a state key: the hash in hexadecimal,
 * and for an error declaration, which hashes like the event it declares wrong, a dot and its
 * declarationTime in milliseconds (design section 5.8).
 */
export function eventKey(event: EpcisEvent, sha256: Sha256): string {
  const hex = hashHex(event, sha256);
  const declaration = event.json.errorDeclaration;
  if (!isJsonObject(declaration)) return hex;
  const declaredMs = timeMsFromText(scalarText(declaration.declarationTime ?? ''));
  return `${hex}.${declaredMs ?? 0}`;
}

/**
 * The text that is hashed: the same for every spelling of the same event (CBV 2.0 section 8.9,
 * design section 5). Any JSON object has one; whether it is an event is for validation to say.
 */
export function preHash(event: EpcisEvent): string {
  const scope: Scope = { prefixes: event.prefixes, ignored: event.ignored };
  const { json } = event;
  let text = `eventType=${scalarText(json.type ?? '')}`;
  for (const field of orderedFields) text += memberText(field, json, scope);
  return text + sortedJoin(tailEntries(json, scope));
}

function hashHex(event: EpcisEvent, sha256: Sha256): string {
  return hexFromBytes(sha256(utf8FromText(preHash(event))));
}

function tailEntries(json: JsonObject, scope: Scope): string[] {
  const entries = tailFields.map((field) => memberText(field, json, scope));
  for (const field of [...orderedFields, ...tailFields]) {
    const value = json[field.name];
    if (value !== undefined) entries.push(leftoverText(field, value, scope));
  }
  const listed = new Set([...orderedFields, ...tailFields].map((field) => field.name));
  for (const [name, value] of Object.entries(json)) {
    if (listed.has(name) || leftOutOfEvent.has(name) || isLeftOut(name, scope)) continue;
    if (name === ILMD && isEmpty(value)) continue;
    entries.push(...extensionEntries(name, value, scope));
  }
  return entries;
}

/** The text of a listed member; empty when it is absent, empty or to be ignored. */
function memberText(field: HashField, parent: JsonObject, scope: Scope): string {
  const value = parent[field.name];
  return value === undefined || isLeftOut(field.name, scope) ? '' : fieldText(field, value, scope);
}

function fieldText(field: HashField, value: JsonValue, scope: Scope): string {
  switch (field.form) {
    case 'list': {
      const items = isJsonArray(value) ? value : [value];
      const elements = sortedJoin(items.map((item) => fieldText(field.element, item, scope)));
      return elements === '' ? '' : field.name + elements;
    }
    case 'group':
      if (isJsonArray(value)) return sortedJoin(value.map((item) => fieldText(field, item, scope)));
      return isJsonObject(value) ? groupText(field, value, scope) : '';
    case 'time':
    case 'verbatim':
    case 'value':
    case 'word': {
      if (isJsonArray(value)) return sortedJoin(value.map((item) => fieldText(field, item, scope)));
      if (isJsonObject(value)) return sortedJoin(extensionEntries(field.name, value, scope));
      const text = leafText(field, value, scope);
      return text === '' ? '' : `${field.name}=${text}`;
    }
    default:
      return assertNever(field, 'fieldText');
  }
}

function leafText(
  field: Exclude<HashField, { form: 'list' | 'group' }>,
  value: JsonValue,
  scope: Scope,
): string {
  switch (field.form) {
    case 'time':
      return canonicalTime(value);
    case 'verbatim':
      return typeof value === 'string' ? value : scalarText(value);
    case 'value':
      return canonicalValue(value, scope.prefixes);
    case 'word':
      return canonicalWord(value, field.vocabulary, scope.prefixes);
    default:
      return assertNever(field, 'leafText');
  }
}

function groupText(group: HashGroup, value: JsonObject, scope: Scope): string {
  let text = '';
  for (const field of group.fields) text += memberText(field, value, scope);
  text += sortedJoin(
    extraMembers(group, value, scope).flatMap(([name, member]) =>
      staysWith(group, name) ? extensionEntries(name, member, scope) : [],
    ),
  );
  return text === '' ? '' : group.name + text;
}

/** What a group's own text leaves over goes to the tail, under the names of its containers. */
function leftoverText(field: HashField, value: JsonValue, scope: Scope): string {
  if (field.form === 'list') {
    const items = isJsonArray(value) ? value : [value];
    const leftovers = sortedJoin(items.map((item) => leftoverText(field.element, item, scope)));
    return leftovers === '' ? '' : field.name + leftovers;
  }
  if (field.form !== 'group') return '';
  if (isJsonArray(value)) return sortedJoin(value.map((item) => leftoverText(field, item, scope)));
  if (!isJsonObject(value)) return '';
  const entries: string[] = [];
  for (const inner of field.fields) {
    const member = value[inner.name];
    if (member !== undefined) entries.push(leftoverText(inner, member, scope));
  }
  for (const [name, member] of extraMembers(field, value, scope)) {
    if (!staysWith(field, name)) entries.push(...extensionEntries(name, member, scope));
  }
  const text = sortedJoin(entries);
  return text === '' ? '' : field.name + text;
}

function extraMembers(
  group: HashGroup,
  value: JsonObject,
  scope: Scope,
): readonly (readonly [string, JsonValue])[] {
  const own = new Set(group.fields.map((field) => field.name));
  return Object.entries(value).filter(([name]) => !own.has(name) && !isLeftOut(name, scope));
}

function staysWith(group: HashGroup, name: string): boolean {
  return group.open && name.includes(':');
}

/** Entries of an extension member: one a scalar or object, one an element of an array. */
function extensionEntries(name: string, value: JsonValue, scope: Scope): string[] {
  if (value === null) return [];
  if (isJsonArray(value)) return value.flatMap((item) => extensionEntries(name, item, scope));
  const key = expandedName(name, scope.prefixes);
  if (isJsonObject(value)) {
    const members = Object.entries(value).filter(([inner]) => !isLeftOut(inner, scope));
    const entries = members.flatMap(([inner, item]) => extensionEntries(inner, item, scope));
    return [key + sortedJoin(entries)];
  }
  const text = canonicalValue(value, scope.prefixes);
  return [text === '' ? key : `${key}=${text}`];
}

function isLeftOut(name: string, scope: Scope): boolean {
  if (leftOutEverywhere.has(name)) return true;
  return scope.ignored.size > 0 && scope.ignored.has(expandedName(name, scope.prefixes));
}

function isEmpty(value: JsonValue): boolean {
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return scalarText(value) === '' && !isJsonArray(value);
}

/** Entries in the order of their UTF-8 bytes, the empty ones gone, nothing between them. */
function sortedJoin(entries: readonly string[]): string {
  const filled = entries.filter((entry) => entry !== '');
  return filled.sort(compareText).join('');
}
