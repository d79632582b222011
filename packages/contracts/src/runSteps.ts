import { hashOf } from '@triflow/crypto';
import {
  type CborMap,
  type CborValue,
  commonStatusCodes,
  isCborMap,
  type Table,
  utf8FromText,
} from '@triflow/protocol';
import { brokenInvariants, type Invariant } from './invariant.js';
import type { Outcome, World } from './testkit.js';

/** In which states the histories of this process ended: equal on every machine. */
export const historyDigests: string[] = [];

/** One command that a random run sends. */
export interface RandomCommand {
  readonly alias: string;
  readonly contract: string;
  readonly name: string;
  readonly params: CborMap;
  /** How long the chain waits before the command. */
  readonly waitMs?: number;
}

/** Chooses the next command by what stands; undefined when there is nothing to choose from. */
export type RandomStep = (world: World) => RandomCommand | undefined;

/** A table whose records move through states, and the moves that the lifecycle allows. */
export interface Machine {
  readonly stateOf: (world: World) => ReadonlyMap<string, string>;
  readonly moves: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface RunRules {
  readonly invariants: readonly Invariant[];
  readonly machines: readonly Machine[];
  readonly statusCodes: Readonly<Record<string, number>>;
}

export interface RunReport {
  /** What went wrong, as sentences; empty when all held. */
  readonly problems: readonly string[];
  readonly accepted: number;
}

/** The states of a table's records by id. */
export function machine<T extends { readonly id: string; readonly state: string }>(
  table: Table<T>,
  moves: Machine['moves'],
): Machine {
  return {
    stateOf: (world) => new Map(world.records(table).map((record) => [record.id, record.state])),
    moves,
  };
}

/**
 * Runs steps in a fresh world. After each: a refusal has changed nothing and is a known status,
 * states moved by the lifecycle only, and the invariants hold. At the end the same commands with
 * their members in another order give the same state.
 */
export function runSteps(
  start: () => World,
  steps: readonly RandomStep[],
  rules: RunRules,
): RunReport {
  const world = start();
  const twin = world.fork();
  const problems: string[] = [];
  const sent: RandomCommand[] = [];
  let accepted = 0;
  for (const step of steps) {
    const chosen = step(world);
    if (chosen === undefined) continue;
    const states = rules.machines.map((one) => one.stateOf(world));
    const before = world.revision();
    const outcome = send(world, chosen);
    sent.push(chosen);
    if (outcome.number === 0) accepted += 1;
    else problems.push(...refusalProblems(outcome, rules, world.revision() === before));
    problems.push(...moveProblems(world, rules, states, outcome, chosen.name));
    problems.push(...brokenInvariants(rules.invariants, world));
  }
  for (const command of sent) send(twin, { ...command, params: reversed(command.params) });
  if (twin.fingerprint() !== world.fingerprint())
    problems.push('the order of members changes the state');
  noteHistory(world);
  return { problems, accepted };
}

/** Notes in which state a history ended. */
export function noteHistory(world: World): void {
  historyDigests.push(hashOf(utf8FromText(world.fingerprint())));
}

function send(world: World, { alias, contract, name, params, waitMs = 0 }: RandomCommand): Outcome {
  world.advance(waitMs);
  return world.submit(alias, contract, name, params);
}

function refusalProblems(outcome: Outcome, rules: RunRules, unchanged: boolean): string[] {
  const known = Object.hasOwn(rules.statusCodes, outcome.code);
  const common = Object.hasOwn(commonStatusCodes, outcome.code);
  const problems: string[] = [];
  if (!known && !common) problems.push(`unknown status ${outcome.code}`);
  if (!unchanged) problems.push(`${outcome.code} left writes`);
  return problems;
}

/** A countersigned command takes effect under its own name, not under `countersign`. */
function moveProblems(
  world: World,
  rules: RunRules,
  before: readonly ReadonlyMap<string, string>[],
  outcome: Outcome,
  name: string,
): string[] {
  const completed = outcome.events.find((event) => event.type === 'pending.completed');
  const command = String(completed?.data.command ?? name);
  const problems: string[] = [];
  for (const [index, { stateOf, moves }] of rules.machines.entries()) {
    for (const [id, state] of stateOf(world)) {
      const from = before[index]?.get(id) ?? '*';
      const allowed = (moves[from]?.[command] ?? moves[from]?.[name] ?? '').split(', ');
      const moved = from !== state && !allowed.includes(state);
      if (moved) problems.push(`${command} moved ${id} from ${from} to ${state}`);
    }
  }
  return problems;
}

/** The same members in the opposite order, all the way down. */
function reversed(map: CborMap): CborMap {
  const entries = Object.entries(map).reverse();
  return Object.fromEntries(entries.map(([key, value]) => [key, reversedValue(value)]));
}

function reversedValue(value: CborValue | undefined): CborValue | undefined {
  if (Array.isArray(value)) return value.map((item) => reversedValue(item) ?? null);
  return isCborMap(value) ? reversed(value) : value;
}
