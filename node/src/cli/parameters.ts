import { readFile } from 'node:fs/promises';
import { allContracts } from '@triflow/contracts';
import { type ContractName, contractSchemas } from '@triflow/contracts/schemas';
import { bytesFromHexText, CodedError, memoryFromJson, type Schema } from '@triflow/protocol';
import { kebab } from './settings.js';

/** How a member of a command's parameters is typed on the command line. */
export interface Parameter {
  readonly name: string;
  readonly flag: string;
  readonly form: 'text' | 'number' | 'boolean' | 'json';
  readonly optional: boolean;
}

interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
}

const contractNames = Object.keys(contractSchemas).filter(isContract);

/** The commands that a party may sign, of one contract, by name. */
export function commandNames(contract: ContractName): string[] {
  const defined = allContracts.find(({ name }) => name === contract);
  return [...(defined?.commands.keys() ?? [])];
}

/** The schema of a command. `REQUEST_INVALID`, with what there is. */
export function commandSchema(contract: string, command: string): Schema {
  if (!isContract(contract)) {
    const known = contractNames.join(', ');
    throw new CodedError('REQUEST_INVALID', `there is no contract ${contract}: ${known}`);
  }
  const name = command.replaceAll('-', '_');
  const schemas: Readonly<Record<string, Schema>> = contractSchemas[contract].commands;
  const schema = commandNames(contract).includes(name) ? schemas[name] : undefined;
  if (schema !== undefined) return schema;
  const known = commandNames(contract).join(', ');
  throw new CodedError('REQUEST_INVALID', `${contract} has no command ${name}: ${known}`);
}

/** The members of a command's parameters, from its schema; none when it is no plain object. */
export function parametersOf(schema: Schema): Parameter[] {
  return Object.entries(definitionOf(schema).shape ?? {}).map(([name, member]) => {
    const optional = ['optional', 'default'].includes(definitionOf(member).type);
    return { name, flag: kebab(name), form: formOf(member), optional };
  });
}

/**
 * `JSON` or `@file`, in the API's JSON form, as the contract has it in memory. Bytes, which JSON
 * has not, are texts `hex:…`.
 */
export async function readParams(schema: Schema, text: string | undefined): Promise<unknown> {
  return withBytes(memoryFromJson(schema, await readJson(text ?? '{}')));
}

/** A JSON argument, or `@file`. */
export async function readJson(text: string): Promise<Record<string, unknown>> {
  const source = text.startsWith('@') ? await readText(text.slice(1)) : text;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', 'the parameters are no JSON', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CodedError('REQUEST_INVALID', 'the parameters are no JSON object');
}

/** One flag's text in the API's JSON form. */
export function memberValue({ flag, form }: Parameter, text: string): unknown {
  if (form === 'text') return text;
  if (form === 'number') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (form === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', `--${flag} ${text} is no JSON`, { cause });
  }
}

function withBytes(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('hex:')) {
    return bytesFromHexText(value.slice(4)) ?? value;
  }
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBytes(one)]));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', `${path} cannot be read`, { cause });
  }
}

function isContract(name: string): name is ContractName {
  return Object.hasOwn(contractSchemas, name);
}

function formOf(schema: Schema): Parameter['form'] {
  const { type, innerType, in: inner } = definitionOf(schema);
  const next = innerType ?? inner;
  if (next !== undefined) return formOf(next);
  if (type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  return ['object', 'array', 'union', 'record'].includes(type) ? 'json' : 'text';
}

function definitionOf(schema: Schema): Definition {
  return (schema as unknown as { _zod: { def: Definition } })._zod.def;
}
