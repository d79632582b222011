import { allContracts } from '@triflow/contracts';
import { type ContractName, contractSchemas } from '@triflow/contracts/schemas';
import { defined, jsonFromMemory, type Schema } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verb } from './connect.js';
import { writeVerb } from './objects.js';
import { commandNames, commandSchema, parametersOf, readParams } from './parameters.js';
import { kebab } from './settings.js';
import type { CommandWords } from './writing.js';

const RUNS_EACH = 25;
const DAY_MS = 86_400_000;
/** Values that some schema in a union of some contract asks for. */
const SAMPLES = [
  ...['CNY', 'KGM', 'wr_0007', 'uscc:91420100TRFW00049U', 'ZD-2026-7', 'a'.repeat(64)],
  ...[0, 1, 20_000, 1_790_000_000_000, 1n, 100n, true],
];
const commands = allContracts.flatMap(({ name }) => {
  if (!isContract(name)) return [];
  return commandNames(name).map((command) => ({ contract: name, command }));
});

/** As far as a schema says how a value is written; what it means is the contract's own matter. */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

describe('a verb made from a contract’s schema', () => {
  it('is there for each command that a party may sign', () => {
    expect(commands.length).toBeGreaterThan(100);
  });

  it.each(commands)('$contract $command: flags mean exactly its parameters', async (one) => {
    const schema = commandSchema(one.contract, one.command);
    await fc.assert(
      fc.asyncProperty(valuesOf(schema), fc.boolean(), async (params, asJson) => {
        const json = jsonFromMemory(schema, params) as Readonly<Record<string, unknown>>;
        const words = asJson ? ['--params', JSON.stringify(json)] : wordsOf(schema, json, one);
        const said = await saidBy(one, words);
        expect(said).toEqual({ contract: one.contract, name: one.command, params: json });
        expect(await readParams(schema, JSON.stringify(said.params))).toEqual(params);
      }),
      { numRuns: RUNS_EACH },
    );
  });
});

async function saidBy(
  { contract, command }: (typeof commands)[number],
  words: readonly string[],
): Promise<CommandWords> {
  let said: CommandWords | undefined;
  const verb = writeVerb(contract, command, command, async (given) => {
    said = given;
  });
  await verb.exitOverride().parseAsync([...words], { from: 'user' });
  return defined(said, 'the verb was carried out');
}

/** What a user types: a flag for each member, the rest as JSON. */
function wordsOf(
  schema: Schema,
  json: Readonly<Record<string, unknown>>,
  { command }: (typeof commands)[number],
): string[] {
  const common = new Set(verb(command, '').options.map(({ long }) => long));
  const words: string[] = [];
  const rest: Record<string, unknown> = {};
  const forms = new Map(parametersOf(schema).map(({ name, form }) => [name, form]));
  for (const [name, value] of Object.entries(json)) {
    const flag = `--${kebab(name)}`;
    if (common.has(flag)) rest[name] = value;
    else words.push(flag, forms.get(name) === 'json' ? JSON.stringify(value) : String(value));
  }
  if (Object.keys(rest).length > 0) words.push('--params', JSON.stringify(rest));
  return words;
}

/** Values in memory form that have the schema's shape. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, ...parts } = definitionOf(schema);
  const inner = parts.innerType ?? parts.in;
  switch (type) {
    case 'object':
      return membersOf(parts.shape ?? {});
    case 'array':
      return fc.array(valuesOf(defined(parts.element, 'an element')), { maxLength: 3 });
    case 'record':
      return fc.dictionary(textValues(), valuesOf(defined(parts.valueType, 'a value')), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 'union':
      return fc.oneof(...(parts.options ?? []).map((one) => fittingOf(one)));
    case 'enum':
      return fc.constantFrom(...Object.values(parts.entries ?? {}));
    case 'literal':
      return fc.constantFrom(...(parts.values ?? []));
    case 'bigint':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'boolean':
      return fc.boolean();
    case 'number':
      return numbersOf(schema);
    case 'string':
      return textValues();
    case 'custom':
      return textValues();
    default:
      return valuesOf(defined(inner, `a schema of type ${type}`));
  }
}

/** Which of a union is meant is told by what fits, so these values do. */
function fittingOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, ...parts } = definitionOf(schema);
  if (type === 'object') return membersOf(parts.shape ?? {}, fittingOf);
  const inner = parts.innerType ?? parts.in;
  if (inner !== undefined) return fittingOf(inner);
  const fitting = SAMPLES.filter((sample) => schema.safeParse(sample).success);
  return fitting.length > 0 ? fc.constantFrom(...fitting) : valuesOf(schema);
}

function membersOf(
  shape: Readonly<Record<string, Schema>>,
  memberOf = valuesOf,
): fc.Arbitrary<unknown> {
  const optional = Object.entries(shape).filter(([, one]) => {
    return ['optional', 'default'].includes(definitionOf(one).type);
  });
  const names = new Set(optional.map(([name]) => name));
  const values = Object.fromEntries(
    Object.entries(shape).map(([name, one]) => [name, memberOf(one)]),
  );
  const requiredKeys = Object.keys(shape).filter((name) => !names.has(name));
  return fc.record(values, { requiredKeys, noNullPrototype: true });
}

/** Times and days are written as texts: whole milliseconds, and days, of this era. */
function numbersOf(schema: Schema): fc.Arbitrary<number> {
  const written = jsonFromMemory(schema, 0);
  if (typeof written !== 'string') return fc.integer({ min: -999_999, max: 2 ** 48 });
  const isTime = written.includes('T');
  return fc.integer({ min: 0, max: 40_000 }).map((day) => (isTime ? day * DAY_MS + day : day));
}

/** Also what looks like an option, a number, JSON, or nothing. */
function textValues(): fc.Arbitrary<string> {
  const odd = fc.constantFrom(
    '',
    '-',
    '--yes',
    '-5',
    '7',
    'true',
    'null',
    '{"a":1}',
    '仓单 №1',
    'a=b',
  );
  return fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 20 })).filter((text) => {
    // Read as bytes where a schema has none: `hex:` is theirs.
    return !text.startsWith('hex:');
  });
}

function definitionOf(schema: Schema): Definition {
  return (schema as unknown as { _zod: { def: Definition } })._zod.def;
}

function isContract(name: string): name is ContractName {
  return Object.hasOwn(contractSchemas, name);
}
