import fc from 'fast-check';
import { z } from 'zod';

const schemaShape = z.looseObject({});
const parameterShape = z.object({
  name: z.string(),
  in: z.enum(['path', 'query']),
  required: z.boolean(),
  schema: schemaShape,
});
const operationShape = z.looseObject({
  operationId: z.string(),
  parameters: z.array(parameterShape),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()) })),
});
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
});

type Schema = Readonly<Record<string, unknown>>;
type Parameter = z.infer<typeof parameterShape>;

/** One operation of the document. */
export interface Operation extends z.infer<typeof operationShape> {
  readonly path: string;
  readonly method: string;
}

/** A request made from an operation; `isBroken` says that a part of it was made wrong on purpose. */
export interface MadeRequest {
  readonly operation: Operation;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly isBroken: boolean;
}

/** All operations that a document describes. */
export function operationsOf(document: unknown): readonly Operation[] {
  const { paths } = documentShape.parse(document);
  return Object.entries(paths).flatMap(([path, methods]) => {
    return Object.entries(methods).map(([method, operation]) => {
      return { ...operation, path, method: method.toUpperCase() };
    });
  });
}

interface Known {
  readonly words: readonly string[];
  readonly tokens: readonly string[];
}

/**
 * Requests for an operation: parameters and bodies by their schemas, real names of things among
 * them, and in half of the requests something broken.
 */
export function requestsOf(operation: Operation, known: Known): fc.Arbitrary<MadeRequest> {
  return fc.oneof(madeRequest(operation, known, false), madeRequest(operation, known, true));
}

function madeRequest(
  operation: Operation,
  known: Known,
  isBroken: boolean,
): fc.Arbitrary<MadeRequest> {
  const parameters = operation.parameters.map((one) => parameterOf(one, known.words, isBroken));
  const parts = {
    parameters: fc.tuple(...parameters),
    extra: isBroken ? fc.option(brokenText, { freq: 6 }) : fc.constant(null),
    body: bodyOf(operation, isBroken),
    method: isBroken
      ? fc.oneof({ weight: 9, arbitrary: fc.constant(operation.method) }, otherMethod)
      : fc.constant(operation.method),
    accept: fc.constantFrom('application/json', '*/*', 'text/html', 'application/xml'),
    token: fc.constantFrom(undefined, ...known.tokens, ...(isBroken ? ['ts_none', '\u007f'] : [])),
  };
  return fc.record(parts).map(({ parameters: values, extra, body, method, accept, token }) => {
    const headers: Record<string, string> = { accept };
    if (token !== undefined) headers.authorization = `Bearer ${encodeURI(token)}`;
    if (body.type !== undefined) headers['content-type'] = body.type;
    const url = urlOf(operation, values, extra);
    const sent = method === 'GET' || method === 'HEAD' ? undefined : body.bytes;
    return { operation, method, url, headers, body: sent, isBroken };
  });
}

interface Value {
  readonly name: string;
  readonly in: Parameter['in'];
  readonly text: string | undefined;
}

const otherMethod = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
const brokenText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '%', '%00', '%zz', '..', '../../etc/passwd', "' or 1=1", '-1', '1e9', 'NaN'),
  fc.constantFrom('9007199254740993', '\u202e', '仓单'.repeat(80), 'x'.repeat(3_000), '[]', '{}'),
);

function parameterOf(
  { name, in: where, required, schema }: Parameter,
  words: readonly string[],
  isBroken: boolean,
): fc.Arbitrary<Value> {
  // A wait would only make the run long.
  const valid = name === 'wait' ? fc.constant('0') : textOf(schema, words);
  const text = isBroken ? fc.oneof({ weight: 3, arbitrary: valid }, brokenText) : valid;
  const given =
    where === 'path' || (required && !isBroken) ? text : fc.option(text, { nil: undefined });
  return given.map((value) => ({ name, in: where, text: value }));
}

/** A parameter's text: by its schema, or a word that means something here. */
function textOf(schema: Schema, words: readonly string[]): fc.Arbitrary<string> {
  const made = jsonOf(schema, 0).map((value) => {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  });
  return schema.type === 'string' && schema.enum === undefined
    ? fc.oneof(made, fc.constantFrom(...words))
    : made;
}

const DEPTH_MAX = 4;

/** A JSON value that fits a schema of the kinds that the document uses. */
function jsonOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) {
    return fc.oneof(...alternatives.map((one: Schema) => jsonOf(one, depth + 1)));
  }
  if (depth > DEPTH_MAX) return fc.constant(null);
  switch (schema.type) {
    case 'string':
      return stringOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: number(schema.minimum, 0), max: number(schema.maximum, 1_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(jsonOf((schema.items ?? {}) as Schema, depth + 1), { maxLength: 3 });
    case 'object':
      return objectOf(schema, depth);
    default:
      return fc.oneof(fc.constant('x'), fc.integer(), fc.constant(null));
  }
}

function stringOf(schema: Schema): fc.Arbitrary<string> {
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern));
  const maxLength = Math.min(40, number(schema.maxLength, 40));
  return fc.string({ minLength: number(schema.minLength, 0), maxLength });
}

function objectOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const members = Object.fromEntries(
    properties.map(([name, member]) => [name, jsonOf(member, depth + 1)]),
  );
  const requiredKeys = (schema.required ?? []) as string[];
  return fc.record(members, { requiredKeys });
}

interface Body {
  readonly type: string | undefined;
  readonly bytes: string | Uint8Array | undefined;
}

function bodyOf({ requestBody }: Operation, isBroken: boolean): fc.Arbitrary<Body> {
  const none: fc.Arbitrary<Body> = fc.constant({ type: undefined, bytes: undefined });
  if (requestBody === undefined) return none;
  const good = Object.entries(requestBody.content).map(([type, { schema }]) => {
    const isJson = type === 'application/json';
    const bytes = isJson
      ? jsonOf((schema ?? {}) as Schema, 0).map((value) => JSON.stringify(value))
      : fc.uint8Array({ maxLength: 200 });
    return bytes.map((made): Body => ({ type, bytes: made }));
  });
  if (!isBroken) return fc.oneof(...good);
  const types = [...Object.keys(requestBody.content), 'text/plain', 'application/xml', 'a/b;c=%'];
  const bad = fc.record({
    type: fc.constantFrom(...types),
    bytes: fc.oneof(
      fc.constantFrom('', '{', '{"a":1,"a":2}', '[]', 'null', '{"transaction":1.5}', '\u0000'),
      fc.json().map((text) => text),
      fc.uint8Array({ maxLength: 400 }),
      fc.constant('['.repeat(5_000)),
    ),
  });
  return fc.oneof(none, bad, ...good);
}

function urlOf({ path }: Operation, values: readonly Value[], extra: string | null): string {
  let url = path;
  const query: string[] = [];
  for (const { name, in: where, text } of values) {
    if (text === undefined) continue;
    const encoded = encodeLoosely(text);
    if (where === 'path') url = url.replace(`{${name}}`, () => encoded);
    else query.push(`${name}=${encoded}`);
  }
  if (extra !== null) query.push(`${encodeLoosely(extra)}=1`);
  return query.length === 0 ? url : `${url}?${query.join('&')}`;
}

/** What stands for broken escapes is sent as it is, but for what no HTTP client can send. */
function encodeLoosely(text: string): string {
  const whole = Buffer.from(text).toString();
  if (!whole.startsWith('%')) return encodeURIComponent(whole);
  return whole.replace(/[^!-~]/gu, (one) => encodeURIComponent(one));
}

function number(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : fallback;
}
