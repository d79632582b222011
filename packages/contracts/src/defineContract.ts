import {
  assert,
  type CommandHandler,
  type Contract,
  commonStatus,
  type GenesisContext,
  type InternalCommand,
  isOk,
  type ParameterBounds,
  type ParameterValue,
  type QueryAnswer,
  type QueryHandler,
  type QueryReader,
  type ReadContext,
  type Status,
  type Table,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { readParams } from './params.js';
import { signerProblem } from './party-registry/internal.js';
import { type CountersignedCommand, pendingCommands, pendingTable } from './pending.js';
import type { Signer } from './signer.js';

export interface SingleCommand<P> {
  readonly kind: 'single';
  readonly who: Signer;
  readonly params: z.ZodType<P>;
  readonly verify: (context: ReadContext, params: P) => Status;
  readonly execute: (context: WriteContext, params: P) => Status;
}

export type CommandDefinition = SingleCommand<never> | CountersignedCommand<never>;

export interface InternalDefinition {
  readonly callers: readonly string[];
  readonly params: z.ZodType;
  readonly verify: (context: ReadContext, params: never) => Status;
  readonly execute: (context: WriteContext, params: never) => Status;
}

export interface ContractDefinition {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly Table<never>[];
  readonly commands: Readonly<Record<string, CommandDefinition>>;
  readonly internals?: Readonly<Record<string, InternalDefinition>>;
  readonly statusCodes: Readonly<Record<string, number>>;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly parameterBounds?: Readonly<Record<string, ParameterBounds>>;
  readonly genesis?: (context: GenesisContext) => void;
  readonly queries?: Readonly<Record<string, QueryHandler>>;
}

/** A contract with its definition, so that tests and documents can read the command table. */
export interface DefinedContract extends Contract {
  readonly definition: ContractDefinition;
}

/** A command with one signer: parameters, authority, guards in documented order, effect. */
export function command<P>(spec: Omit<SingleCommand<P>, 'kind'>): CommandDefinition {
  const single: SingleCommand<P> = { kind: 'single', ...spec };
  return single as unknown as CommandDefinition;
}

/** An internal command: another contract's step, in its transaction and under its signer. */
export function internalCommand<P>(spec: {
  readonly callers: readonly string[];
  readonly params: z.ZodType<P>;
  readonly verify: (context: ReadContext, params: P) => Status;
  readonly execute: (context: WriteContext, params: P) => Status;
}): InternalDefinition {
  return spec as unknown as InternalDefinition;
}

/** A query over records at one height. */
export function query<P>(spec: {
  readonly params: z.ZodType<P>;
  readonly openTo?: 'anyone';
  readonly run: (reader: QueryReader, params: P) => Promise<QueryAnswer>;
}): QueryHandler {
  return spec as unknown as QueryHandler;
}

/** Puts a contract together: wraps each command with parameter and authority checks. */
export function defineContract(definition: ContractDefinition): DefinedContract {
  const { name } = definition;
  for (const table of definition.tables) {
    assert(table.contract === name, `${name}: table ${table.name} belongs to ${table.contract}`);
  }
  const handlers = new Map<string, CommandHandler>();
  const countersigned = new Map<string, CountersignedCommand<never>>();
  for (const [verb, spec] of Object.entries(definition.commands)) {
    if (spec.kind === 'countersigned') countersigned.set(verb, spec);
    else handlers.set(verb, singleHandler(spec));
  }
  const tables: Table<never>[] = [...definition.tables];
  if (countersigned.size > 0) {
    const pending = pendingTable(name);
    tables.push(...pending.tables);
    for (const [verb, handler] of pendingCommands(pending, countersigned)) {
      assert(!handlers.has(verb), `${name}: ${verb} is made by the countersigning rule`);
      handlers.set(verb, handler);
    }
  }
  return {
    name,
    version: definition.version,
    tables,
    commands: handlers,
    internals: new Map(
      Object.entries(definition.internals ?? {}).map(([verb, spec]) => [verb, internal(spec)]),
    ),
    statusCodes: definition.statusCodes,
    parameters: definition.parameters ?? {},
    ...(definition.parameterBounds === undefined
      ? {}
      : { parameterBounds: definition.parameterBounds }),
    ...(definition.genesis === undefined ? {} : { genesis: definition.genesis }),
    queries: new Map(Object.entries(definition.queries ?? {})),
    definition,
  };
}

function singleHandler(spec: SingleCommand<never>): CommandHandler {
  return (context, raw) => {
    const signer = signerProblem(context, context.sender, spec.who);
    if (signer !== undefined) return signer;
    const params = readParams(spec.params, raw);
    if (params === undefined) return commonStatus('params_are_invalid');
    const status = spec.verify(context, params);
    return isOk(status) ? spec.execute(context, params) : status;
  };
}

function internal(spec: InternalDefinition): InternalCommand {
  return {
    callers: spec.callers,
    run: (context, raw) => {
      const params = readParams(spec.params as z.ZodType<never>, raw);
      if (params === undefined) return commonStatus('params_are_invalid');
      const status = spec.verify(context, params);
      return isOk(status) ? spec.execute(context, params) : status;
    },
  };
}
