import { allContracts } from '@triflow/contracts';
import { verifyGenesisKeys } from '@triflow/crypto';
import { enabledContracts, genesisState } from '@triflow/ledger';
import { faultsMax, type Genesis, parseGenesis } from '@triflow/protocol';
import { z } from 'zod';
import type { Join } from './ceremonyFiles.js';
import { isSignedJoin } from './joinRequest.js';

const VALIDATORS_WANTED = 4;
/** How far a part's clock may be ahead of the one that looks. */
const CLOCK_AHEAD_MS = 5_000;

export interface GenesisProblem {
  /** An `error` would stop the chain or a node; a `warning` is a choice to be made knowingly. */
  readonly severity: 'error' | 'warning';
  readonly what: string;
}

/** What is wrong or unwise with a genesis, before anybody signs it. */
export function genesisProblems(
  genesis: Genesis,
  parts: { readonly joins?: readonly Join[]; readonly nowMs: number },
): GenesisProblem[] {
  const { joins = [], nowMs } = parts;
  return [
    ...formProblems(genesis),
    ...stateProblems(genesis),
    ...seatProblems(genesis),
    ...joins.flatMap((join) => joinProblems(genesis, join, nowMs)),
    ...hostProblems(joins),
    ...(genesis.timeMs > nowMs + CLOCK_AHEAD_MS ? [warning('its time is in the future')] : []),
  ];
}

function formProblems(genesis: Genesis): GenesisProblem[] {
  const parsed = parseGenesis(genesis);
  if (!parsed.ok) return [error(parsed.fault.message)];
  const keys = verifyGenesisKeys(genesis);
  if (!keys.ok) return [error(`${keys.fault.path ?? ''} ${keys.fault.message}`)];
  const { missing } = enabledContracts(genesis, allContracts);
  return missing.map((name) => error(`this program lacks the contract ${name}`));
}

/** The contracts read the parties and parameters as the first block will. */
function stateProblems(genesis: Genesis): GenesisProblem[] {
  try {
    genesisState(genesis, enabledContracts(genesis, allContracts).contracts);
    return [];
  } catch (cause) {
    const text = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    return [error(text.replace(/\s+/g, ' '))];
  }
}

function seatProblems({ validators, parties, devnet }: Genesis): GenesisProblem[] {
  const problems: GenesisProblem[] = [];
  const faults = faultsMax(validators.length);
  if (validators.length < VALIDATORS_WANTED && !devnet) {
    const text = `${validators.length} validators tolerate no fault: ${VALIDATORS_WANTED} are needed`;
    problems.push(error(text));
  }
  for (const { id, name } of parties) {
    const seats = validators.filter(({ party }) => party === id).length;
    if (devnet || seats <= Math.max(1, faults)) continue;
    problems.push(warning(`${name} has ${seats} seats: it could stop the chain by itself`));
  }
  if (!parties.some(({ roles }) => roles.includes('GOVERNOR'))) {
    problems.push(error('no party is GOVERNOR: nothing could ever be changed'));
  }
  return problems;
}

function joinProblems(genesis: Genesis, join: Join, nowMs: number): GenesisProblem[] {
  const { id } = join.party;
  const problems: GenesisProblem[] = [];
  if (!isSignedJoin(join)) problems.push(error(`the part of ${id} is not signed by its key`));
  const party = genesis.parties.find((one) => one.id === id);
  const seat = genesis.validators.find((one) => one.id === join.validator?.id);
  const isTaken =
    isSame(party, join.party) &&
    (join.validator === undefined ||
      isSame(seat, { ...join.validator, party: id, power: 1 as const }));
  if (!isTaken) problems.push(error(`the genesis does not say of ${id} what its part says`));
  if (join.madeAtMs > nowMs + CLOCK_AHEAD_MS) {
    const ahead = Math.round((join.madeAtMs - nowMs) / 1_000);
    problems.push(error(`the clock of ${id} was ${ahead} s ahead of this one`));
  }
  return problems;
}

function hostProblems(joins: readonly Join[]): GenesisProblem[] {
  const hosts = new Map<string, string>();
  return joins.flatMap(({ party, validator, address }) => {
    if (validator === undefined || address === undefined) return [];
    const host = address.slice(0, address.lastIndexOf(':'));
    const other = hosts.get(host);
    hosts.set(host, party.id);
    if (other === undefined) return [];
    return [warning(`${party.id} and ${other} give the same host ${host}: one fault takes both`)];
  });
}

/** Members in any order. */
function isSame(a: object | undefined, b: object): boolean {
  return a !== undefined && sortedText(a) === sortedText(b);
}

function sortedText(value: object): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function error(what: string): GenesisProblem {
  return { severity: 'error', what };
}

function warning(what: string): GenesisProblem {
  return { severity: 'warning', what };
}
