import { memoryFromJson } from '@triflow/protocol';
import type { z } from 'zod';
import { invalidBySchema } from './problems.js';

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

const INTEGER = /^(0|-?[1-9][0-9]{0,15})$/;

/**
 * Parameters of a contract's query from the members of a URL's query, which are all text: whole
 * numbers and booleans are read where the schema wants them, a list may be one member or several,
 * decimal text, times and days as in JSON. Throws REQUEST_INVALID.
 */
export function paramsFromQuery(
  schema: z.ZodType,
  query: Readonly<Record<string, unknown>>,
): unknown {
  const shape = shapeOf(schema);
  const typed = Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const member = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [name, member === undefined ? value : typedValue(member, value)];
    }),
  );
  const parsed = schema.safeParse(memoryFromJson(schema, typed));
  if (!parsed.success) throw invalidBySchema(parsed.error);
  return parsed.data;
}

/** The members that a schema of parameters knows. */
export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  return definitionOf(schema).shape ?? {};
}

function typedValue(schema: z.ZodType, value: unknown): unknown {
  const definition = definitionOf(schema);
  if (definition.type === 'array' && definition.element !== undefined) {
    const element = definition.element;
    const items = Array.isArray(value) ? value : [value];
    return items.map((item) => typedValue(element, item));
  }
  if (typeof value !== 'string') return value;
  if (definition.type === 'boolean') return booleanFromText(value);
  if (definition.type !== 'number' || !INTEGER.test(value)) return value;
  return Number(value);
}

function booleanFromText(text: string): unknown {
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : text;
}

/** The definition below optional, nullable, default and readonly. */
function definitionOf(schema: z.ZodType): Definition {
  const definition: Definition = schema._zod.def as unknown as Definition;
  const inner = definition.innerType ?? definition.in;
  return inner === undefined ? definition : definitionOf(inner);
}
