import { assert } from './assert.js';
import { textFromUtf8 } from './bytes.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';
import { isWellFormedText } from './text.js';

/**
 * JSON text (RFC 8259), strictly: no member named twice, no float ever made. A value keeps its
 * numerals as text; whoever needs an integer asks for one.
 */
export type JsonValue =
  | null
  | boolean
  | string
  | JsonNumeral
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** A JSON object without a prototype, so that only what the text named can be found in it. */
export type JsonObject = { readonly [name: string]: JsonValue };

/** What `JSON.parse` would have given, had every number been a safe integer. */
export type PlainJson =
  | null
  | boolean
  | string
  | number
  | readonly PlainJson[]
  | { readonly [name: string]: PlainJson };

const NUMERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/;
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const SHORT_ESCAPES = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/** A number exactly as the JSON text wrote it. */
export class JsonNumeral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads one JSON text. Faults carry a JSON pointer (RFC 6901): `json_malformed`, `json_not_utf8`,
 * `json_lone_surrogate`, `json_duplicate_member`, `json_member_forbidden` (`__proto__`),
 * `json_too_deep` (over limits.jsonDepthMax), `json_trailing_text`. The caller bounds the size.
 */
export function parseJson(input: string | Uint8Array): Result<JsonValue> {
  const text = typeof input === 'string' ? input : textFromUtf8(input);
  if (text === undefined) return failure('json_not_utf8', 'the bytes are not UTF-8', '');
  return new Reader(text).document();
}

/**
 * Ordinary JavaScript values of a JSON value: integers between plus and minus 2^53 - 1 become
 * numbers, any other numeral is refused (`json_numeral_not_safe_integer`).
 */
export function plainFromJson(value: JsonValue, path = ''): Result<PlainJson> {
  if (value === null || typeof value !== 'object') return success(value);
  if (value instanceof JsonNumeral) return plainNumeral(value, path);
  if (isJsonArray(value)) {
    const items: PlainJson[] = [];
    for (const [index, item] of value.entries()) {
      const plain = plainFromJson(item, joinPointer(path, index));
      if (!plain.ok) return plain;
      items.push(plain.value);
    }
    return success(items);
  }
  const members: Record<string, PlainJson> = {};
  for (const [name, member] of Object.entries(value)) {
    const plain = plainFromJson(member, joinPointer(path, name));
    if (!plain.ok) return plain;
    members[name] = plain.value;
  }
  return success(members);
}

/** JSON text of a value without white space, members in their order, numerals verbatim. */
export function textFromJson(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumeral) return value.text;
  if (isJsonArray(value)) return `[${value.map(textFromJson).join(',')}]`;
  const members = Object.entries(value).map(
    ([name, item]) => `${quoted(name)}:${textFromJson(item)}`,
  );
  return `{${members.join(',')}}`;
}

/**
 * The one JSON text of a plain value (RFC 8785): member names in the order of their UTF-16 units,
 * no white space. Takes objects, arrays, text, booleans, null and safe integers; members that are
 * undefined are left out. Anything else is a bug of the caller's.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), `canonicalJson: ${value} is not a safe integer`);
    return value.toString();
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  assert(isRecord(value), `canonicalJson: ${typeof value} has no JSON form`);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  names.sort(compareUtf16);
  return `{${names.map((name) => `${quoted(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}

/** Whether a JSON value is an object: not null, a numeral or an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  return !(value instanceof JsonNumeral) && !Array.isArray(value);
}

/** Whether a JSON value is an array. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A JSON pointer one step deeper (RFC 6901). */
export function joinPointer(path: string, step: string | number): string {
  return `${path}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function plainNumeral(numeral: JsonNumeral, path: string): Result<number> {
  const number = INTEGER.test(numeral.text) ? Number(numeral.text) : Number.NaN;
  if (!Number.isSafeInteger(number)) {
    return failure('json_numeral_not_safe_integer', 'not an integer within 53 bits', path);
  }
  return success(number === 0 ? 0 : number);
}

function quoted(text: string): string {
  assert(isWellFormedText(text), 'json: text with a lone surrogate');
  let out = '"';
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code !== 0x22 && code !== 0x5c) continue;
    const escaped = SHORT_ESCAPES.get(code) ?? `\\u${code.toString(16).padStart(4, '0')}`;
    out += text.slice(start, i) + escaped;
    start = i + 1;
  }
  return `${out}${text.slice(start)}"`;
}

function compareUtf16(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** Reads one value at a time; `undefined` means that `#fault` says why not. */
class Reader {
  readonly #text: string;
  /** Where we are: one step a level, undefined until the level's first member is named. */
  readonly #steps: (string | number | undefined)[] = [];
  #offset = 0;
  #fault: Result<JsonValue> = failure('json_malformed', 'empty', '');

  constructor(text: string) {
    this.#text = text;
  }

  document(): Result<JsonValue> {
    this.#skipSpace();
    const value = this.#value();
    if (value === undefined) return this.#fault;
    this.#skipSpace();
    if (this.#offset === this.#text.length) return success(value);
    return failure('json_trailing_text', `more text at offset ${this.#offset}`, '');
  }

  #value(): JsonValue | undefined {
    switch (this.#text[this.#offset]) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#numeral();
    }
  }

  #nested(read: () => JsonValue | undefined): JsonValue | undefined {
    if (this.#steps.length >= limits.jsonDepthMax) {
      return this.#refuse('json_too_deep', `nested over ${limits.jsonDepthMax} levels`);
    }
    this.#offset += 1;
    this.#steps.push(undefined);
    const value = read();
    this.#steps.pop();
    return value;
  }

  #object(): JsonObject | undefined {
    const members: Record<string, JsonValue> = Object.create(null);
    if (this.#closes('}')) return members;
    do {
      this.#skipSpace();
      if (this.#text[this.#offset] !== '"') return this.#unexpected('a member name');
      const name = this.#string();
      if (name === undefined) return undefined;
      this.#steps[this.#steps.length - 1] = name;
      if (name === '__proto__') return this.#refuse('json_member_forbidden', 'member __proto__');
      if (name in members) return this.#refuse('json_duplicate_member', 'named twice');
      this.#skipSpace();
      if (!this.#takes(':')) return this.#unexpected('a colon');
      this.#skipSpace();
      const value = this.#value();
      if (value === undefined) return undefined;
      members[name] = value;
      this.#skipSpace();
    } while (this.#takes(','));
    return this.#takes('}') ? members : this.#unexpected('a comma or the end of the object');
  }

  #array(): JsonValue[] | undefined {
    const items: JsonValue[] = [];
    if (this.#closes(']')) return items;
    do {
      this.#steps[this.#steps.length - 1] = items.length;
      this.#skipSpace();
      const value = this.#value();
      if (value === undefined) return undefined;
      items.push(value);
      this.#skipSpace();
    } while (this.#takes(','));
    return this.#takes(']') ? items : this.#unexpected('a comma or the end of the array');
  }

  #string(): string | undefined {
    let value = '';
    let start = this.#offset + 1;
    for (let i = start; i < this.#text.length; i += 1) {
      const code = this.#text.charCodeAt(i);
      if (code === 0x22) {
        value += this.#text.slice(start, i);
        this.#offset = i + 1;
        if (isWellFormedText(value)) return value;
        return this.#refuse('json_lone_surrogate', 'text with a lone surrogate');
      }
      if (code < 0x20) break;
      if (code !== 0x5c) continue;
      const escaped = this.#escape(i + 1);
      if (escaped === undefined) return this.#unexpectedAt(i, 'a known escape');
      value += this.#text.slice(start, i) + escaped.text;
      start = escaped.end;
      i = escaped.end - 1;
    }
    return this.#unexpected('a string that ends and has no control characters');
  }

  #escape(at: number): { readonly text: string; readonly end: number } | undefined {
    const letter = this.#text[at] ?? '';
    if (letter === 'u') {
      const hex = this.#text.slice(at + 1, at + 5);
      if (!/^[0-9A-Fa-f]{4}$/.test(hex)) return undefined;
      return { text: String.fromCharCode(Number.parseInt(hex, 16)), end: at + 5 };
    }
    const text = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    return text === undefined ? undefined : { text, end: at + 1 };
  }

  #numeral(): JsonNumeral | undefined {
    NUMERAL.lastIndex = this.#offset;
    const match = NUMERAL.exec(this.#text);
    if (match === null) return this.#unexpected('a value');
    this.#offset += match[0].length;
    return new JsonNumeral(match[0]);
  }

  #word<T extends boolean | null>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#offset)) return this.#unexpected('a value');
    this.#offset += word.length;
    return value;
  }

  #closes(bracket: string): boolean {
    this.#skipSpace();
    return this.#takes(bracket);
  }

  #takes(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    return true;
  }

  #skipSpace(): void {
    while (WHITESPACE.has(this.#text.charCodeAt(this.#offset))) this.#offset += 1;
  }

  #unexpected(wanted: string): undefined {
    return this.#unexpectedAt(this.#offset, wanted);
  }

  #unexpectedAt(offset: number, wanted: string): undefined {
    return this.#refuse('json_malformed', `expected ${wanted} at offset ${offset}`);
  }

  #refuse(code: string, message: string): undefined {
    let path = '';
    for (const step of this.#steps) if (step !== undefined) path = joinPointer(path, step);
    this.#fault = failure(code, message, path);
    return undefined;
  }
}
