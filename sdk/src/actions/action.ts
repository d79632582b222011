import { type CommandParams, type ContractName, contractSchemas } from '@triflow/contracts/schemas';
import { type CborMap, type Command, encodeCanonical, joinPointer } from '@triflow/protocol';
import type { z } from 'zod';
import type { ClientCore } from '../client/clientCore.js';
import { TriflowError } from '../errors/triflowError.js';
import type { PreparedTransaction } from '../transactions/preparedTransaction.js';
import { prepareTransaction } from '../transactions/prepareTransaction.js';
import { type BuildOptions, signTransaction } from '../transactions/signedTransaction.js';

export type CommandName<N extends ContractName> = keyof (typeof contractSchemas)[N]['commands'] &
  string;

/** Signs a transaction of one command; it is sent when the caller says so. */
export type Action<P> = (
  core: ClientCore,
  parameters: P,
  options?: BuildOptions,
) => Promise<PreparedTransaction>;

/** What a caller may hand in by name: parameters in memory form, checked when it is built. */
export interface CommandInput {
  readonly contract: string;
  readonly name: string;
  readonly params: unknown;
}

/** The action of a contract's command. */
export function action<N extends ContractName, C extends CommandName<N>>(
  contract: N,
  name: C,
): Action<CommandParams<N, C>> {
  return (core, params, options) => transact(core, { contract, name, params }, options);
}

/** A command with its parameters' types, for a transaction of several. */
export function command<N extends ContractName, C extends CommandName<N>>(
  contract: N,
  name: C,
  params: CommandParams<N, C>,
): CommandInput {
  return { contract, name, params };
}

/** Signs one transaction of one or more commands: all take effect or none. */
export async function transact(
  core: ClientCore,
  commands: CommandInput | readonly CommandInput[],
  options?: BuildOptions,
): Promise<PreparedTransaction> {
  const list = isList(commands) ? commands : [commands];
  const checked = list.map((input, index) => checkCommand(input, `/commands/${index}`));
  return prepareTransaction(core, await signTransaction(core, checked, options));
}

/** Holds a command against its contract's schema. `REQUEST_INVALID` names the member's path. */
export function checkCommand({ contract, name, params }: CommandInput, path: string): Command {
  const schema = schemaOf(contract, name);
  if (schema === undefined) {
    throw invalid(`there is no command ${contract}.${name}`, path);
  }
  const parsed = schema.safeParse(params);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const inside = (issue?.path ?? []).reduce<string>(
      (pointer, step) => joinPointer(pointer, String(step)),
      `${path}/params`,
    );
    throw invalid(`${contract}.${name}: ${inside} ${issue?.message ?? 'is wrong'}`, inside);
  }
  const map = parsed.data as CborMap;
  try {
    encodeCanonical(map);
  } catch (cause) {
    throw invalid(`${contract}.${name}: the parameters cannot be encoded`, path, cause);
  }
  return { contract, name, params: map };
}

function schemaOf(contract: string, name: string): z.ZodType | undefined {
  const known: Readonly<Record<string, { commands: Readonly<Record<string, z.ZodType>> }>> =
    contractSchemas;
  const commands = Object.hasOwn(known, contract) ? known[contract]?.commands : undefined;
  return commands !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
}

function isList(value: CommandInput | readonly CommandInput[]): value is readonly CommandInput[] {
  return Array.isArray(value);
}

function invalid(message: string, path: string, cause?: unknown): TriflowError {
  return new TriflowError('REQUEST_INVALID', message, { details: { path }, cause });
}
