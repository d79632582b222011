import { z } from 'zod';
import { assert } from './assert.js';
import type { CborValue } from './encoding.js';
import { dayFromText, textFromDay, textFromTime, timeFromText } from './time.js';

/**
 * One zod schema describes a record in memory (money as bigint, time and day as number). These
 * three functions carry it to and from canonical bytes and the wire's JSON, where big integers
 * are decimal strings, times RFC 3339 and days YYYY-MM-DD (architecture section 4). They convert
 * what has the right form and leave the rest for the schema to refuse.
 */
export type Schema = z.ZodType;

/** Milliseconds since 1970 UTC: RFC 3339 in JSON. */
export const timeSchema = z
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ kind: 'time' });
/** Beijing day number: YYYY-MM-DD in JSON. */
export const daySchema = z.number().int().min(0).max(10_000_000).meta({ kind: 'day' });

const DECIMAL = /^(0|-?[1-9][0-9]{0,18})$/;

interface Convert {
  readonly scalar: (value: unknown, kind: string) => unknown;
  /** Which side of the conversion the schema describes: tells a union's members apart. */
  readonly schemaFits: 'before' | 'after';
  /** Whether a value of this schema can change at all; others are left as they are. */
  readonly concerns: (schema: Schema) => boolean;
}

/** Canonical value to the in-memory form that the schema then checks. */
export function memoryFromCbor(schema: Schema, value: CborValue | undefined): unknown {
  const scalar = (item: unknown, kind: string) =>
    kind === 'bigint' && typeof item === 'number' ? BigInt(item) : item;
  return walk(schema, value, { scalar, schemaFits: 'after', concerns: holdsBigint });
}

/** Wire JSON to the in-memory form that the schema then checks. */
export function memoryFromJson(schema: Schema, value: unknown): unknown {
  const concerns = () => true;
  return walk(schema, value, { scalar: scalarFromJson, schemaFits: 'after', concerns });
}

/** In-memory value to wire JSON. */
export function jsonFromMemory(schema: Schema, value: unknown): unknown {
  const concerns = () => true;
  return walk(schema, value, { scalar: jsonFromScalar, schemaFits: 'before', concerns });
}

/** The kind of a schema and the schemas within it. */
export function schemaParts(schema: Schema): SchemaParts {
  return (schema as unknown as { _zod: { def: SchemaParts } })._zod.def;
}

function scalarFromJson(value: unknown, kind: string): unknown {
  if (typeof value !== 'string') return kind === 'bigint' ? refuseNumber(value) : value;
  if (kind === 'bigint') return DECIMAL.test(value) ? BigInt(value) : value;
  if (kind === 'time') {
    const time = timeFromText(value);
    return time.ok ? time.value : value;
  }
  return kind === 'day' ? (dayFromText(value) ?? value) : value;
}

function jsonFromScalar(value: unknown, kind: string): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (kind === 'time' && typeof value === 'number') return textFromTime(value);
  if (kind === 'day' && typeof value === 'number') return textFromDay(value);
  return value;
}

/** A JSON number where a decimal string belongs stays wrong: the schema names it. */
function refuseNumber(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** What a schema is made of, by zod's own names. */
export interface SchemaParts {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
}

function walk(schema: Schema, value: unknown, convert: Convert): unknown {
  if (value === undefined || value === null || !convert.concerns(schema)) return value;
  const definition = schemaParts(schema);
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return walk(definition.innerType as Schema, value, convert);
    case 'pipe':
      return walk(definition.in as Schema, value, convert);
    case 'array':
      if (!Array.isArray(value)) return value;
      return value.map((item) => walk(definition.element as Schema, item, convert));
    case 'object':
      return walkObject(definition.shape ?? {}, value, convert);
    case 'record':
      return walkRecord(definition.valueType as Schema, value, convert);
    case 'union':
      return walkUnion(definition, value, convert);
    default:
      return convert.scalar(value, scalarKind(schema, definition.type));
  }
}

/** What is known of schemas: they are few, and asked for with every record. */
const bigintHolders = new WeakMap<Schema, boolean>();

/** Whether a value of this schema may hold a big integer: all that canonical bytes do not tell. */
function holdsBigint(schema: Schema): boolean {
  const known = bigintHolders.get(schema);
  if (known !== undefined) return known;
  // A schema that leads back to itself may hold one.
  bigintHolders.set(schema, true);
  const { type, innerType, in: input, element, shape, valueType, options } = schemaParts(schema);
  const parts = [innerType, input, element, valueType, ...(options ?? [])];
  const members = [...parts, ...Object.values(shape ?? {})].filter((part) => part !== undefined);
  const holds = type === 'bigint' || members.some(holdsBigint);
  bigintHolders.set(schema, holds);
  return holds;
}

function walkObject(
  shape: Readonly<Record<string, Schema>>,
  value: unknown,
  convert: Convert,
): unknown {
  if (!isPlainObject(value)) return value;
  const converted: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') continue;
    const member = Object.hasOwn(shape, key) ? shape[key] : undefined;
    converted[key] = member === undefined ? value[key] : walk(member, value[key], convert);
  }
  return converted;
}

function walkRecord(member: Schema, value: unknown, convert: Convert): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(member, item, convert)]),
  );
}

/** Of a union's members the first that fits is taken. */
function walkUnion(definition: SchemaParts, value: unknown, convert: Convert): unknown {
  const options = definition.options ?? [];
  for (const option of options) {
    const converted = walk(option, value, convert);
    const described = convert.schemaFits === 'after' ? converted : value;
    if (option.safeParse(described).success) return converted;
  }
  return value;
}

function scalarKind(schema: Schema, type: string): string {
  if (type === 'bigint') return 'bigint';
  if (type !== 'number') return type;
  const meta = schema.meta() as { kind?: string } | undefined;
  const kind = meta?.kind;
  assert(kind === undefined || kind === 'time' || kind === 'day', `shape: unknown kind ${kind}`);
  return kind ?? 'number';
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
