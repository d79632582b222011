import { CodedError } from '@triflow/protocol';
import type { Client, Committed } from '@triflow/sdk';
import { isTriflowError } from '@triflow/sdk';
import { type ClientOptions, connect } from './connect.js';
import { print, remark } from './output.js';
import { commandSchema, parametersOf, readParams } from './parameters.js';

export interface WriteOptions extends ClientOptions {
  readonly params?: string;
  readonly validForBlocks?: string;
}

/** A command as the command line gave it, parameters in the API's JSON form. */
export interface CommandWords {
  readonly contract: string;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Signs a command, sends it and waits for its proved outcome. */
export async function write(words: CommandWords, options: WriteOptions): Promise<void> {
  const { client } = await connect(options, 'writes');
  const input = await inputOf(client, words, options);
  const prepared = await client.transaction(input, buildOptions(options));
  remark(options, `${prepared.id} signed; last height ${prepared.validUntilHeight}`);
  printCommitted(options, await prepared.commit());
}

/** The command with parameters in memory form, its expected version read where none was given. */
export async function inputOf(
  client: Client,
  { contract, name, params }: CommandWords,
  options: WriteOptions,
): Promise<{ contract: string; name: string; params: unknown }> {
  const schema = commandSchema(contract, name);
  const full = { ...params, ...(await versionOf(client, schema, params, options)) };
  const memory = await readParams(schema, JSON.stringify(full));
  return { contract, name: name.replaceAll('-', '_'), params: memory };
}

/** How long the transaction may wait. */
export function buildOptions({ validForBlocks }: WriteOptions): { validForBlocks?: number } {
  if (validForBlocks === undefined) return {};
  if (/^\d{1,6}$/.test(validForBlocks)) return { validForBlocks: Number(validForBlocks) };
  throw new CodedError('REQUEST_INVALID', '--valid-for-blocks must be a whole number');
}

/** What became of it, with who vouches for that. */
export function printCommitted(options: ClientOptions, done: Committed): void {
  const { txId, outcome, height, index, verified, events } = done;
  print(options, { outcome, txId, height, index, verified, events }, [
    `${outcome} at height ${height}: ${txId}`,
    `signed by ${verified?.signers} of ${verified?.of} validators`,
    ...events.map(({ type }) => `event  ${type}`),
  ]);
}

/** The version that stands now, read verified and told, so that a change in between is refused. */
async function versionOf(
  client: Client,
  schema: Parameters<typeof parametersOf>[0],
  params: Readonly<Record<string, unknown>>,
  options: WriteOptions,
): Promise<{ expectedVersion?: number }> {
  const { id } = params;
  const wants = parametersOf(schema).some(({ name, optional }) => {
    return name === 'expectedVersion' && !optional;
  });
  if (!wants || typeof id !== 'string' || 'expectedVersion' in params) return {};
  const { json } = await client.record(id).catch((error: unknown) => {
    if (isTriflowError(error, 'AUTH_NOT_VISIBLE')) return { json: undefined };
    throw error;
  });
  if (typeof json !== 'object' || json === null || !('version' in json)) return {};
  if (typeof json.version !== 'number') return {};
  remark(options, `${id} stands at version ${json.version}`);
  return { expectedVersion: json.version };
}
