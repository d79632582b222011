import {
  type Client,
  type CommandInput,
  type Committed,
  isTriflowError,
  type PreparedTransaction,
  type Verified,
} from '@triflow/sdk';
import type { Cast } from './cast.js';
import type { LineKind, Reporter } from './reporter.js';
import { expectSame, present, ScenarioError } from './scenarioError.js';

/** How long one try waits for an outcome; the next sends the same bytes again. */
const COMMIT_TIMEOUT_MS = 20_000;
const COMMIT_TRIES_MAX = 6;
/** Generous: a transaction may wait for the validators to go on without one of them. */
const VALID_FOR_BLOCKS = 300;
/** Another node, after fail-over, may be a few blocks behind. */
const BEHIND_PAUSE_MS = 50;
const BEHIND_TRIES_MAX = 400;
/** Statements of time lie this much before now: a block's clock may lag a little. */
const CLOCK_MARGIN_MS = 1_000;

/** A ledger's clock that is ahead by more than this was moved there. */
const CLOCK_AHEAD_MS = 60_000;
const CLOCK_READER = 'governor';

/** What a read gives, as the SDK's readers do. */
interface Read {
  readonly height: number;
  readonly verified: Verified | undefined;
}

/** What was done so far. */
export interface Tally {
  committed: number;
  readonly rejected: Record<string, number>;
  readonly parties: Set<string>;
  /** EPCIS events that gateways recorded, and devices' readings that became evidence. */
  captured: number;
  readings: number;
  readsVerified: number;
}

/** A refusal that the story wants, proved in its block. */
export interface Refusal {
  readonly code: string;
  readonly txId: string;
  readonly height: number;
}

/** Where a scenario plays: parties act, countersign, read and tell. */
export interface Stage {
  readonly cast: Cast;
  readonly tally: Tally;
  /** A time that no block to come lies before; the ledger's clock may be ahead. */
  readonly nowMs: () => number;
  /** Sets that time by the newest block, and gives the block's. */
  readonly setClock: () => Promise<number>;
  /** Signs and commits one transaction of a party. */
  readonly act: (
    alias: string,
    commands: CommandInput | readonly CommandInput[],
  ) => Promise<Committed>;
  /**
   * The first signs the command, or several in one transaction; the others countersign each in
   * their order. The last one's signature takes effect.
   */
  readonly agree: (
    aliases: readonly string[],
    commands: CommandInput | readonly CommandInput[],
  ) => Promise<Committed>;
  /** Commits a transaction that must be refused; fails when it takes effect. */
  readonly refused: (
    alias: string,
    commands: CommandInput | readonly CommandInput[],
    code: string,
  ) => Promise<Refusal>;
  /** A verified read, not older than anything this stage has seen. */
  readonly read: <T extends Read>(
    alias: string,
    read: (client: Client) => Promise<T>,
  ) => Promise<T>;
  readonly tell: (kind: LineKind, text: string, height?: number) => void;
  readonly step: (name: string) => void;
  readonly report: Reporter;
}

/** Sets a stage whose clock goes with the ledger's. */
export async function openStage(cast: Cast, report: Reporter): Promise<Stage> {
  const stage = createStage(cast, report);
  await stage.setClock();
  return stage;
}

/** Sets a stage for a cast. */
export function createStage(cast: Cast, report: Reporter): Stage {
  const tally: Tally = {
    committed: 0,
    rejected: {},
    parties: new Set(),
    captured: 0,
    readings: 0,
    readsVerified: 0,
  };
  const seen = { height: 0 };
  const clock = { aheadMs: 0 };
  const note = (height: number): void => {
    seen.height = Math.max(seen.height, height);
  };
  const prepare = (alias: string, input: CommandInput | readonly CommandInput[]) => {
    tally.parties.add(alias);
    const build = { validForBlocks: VALID_FOR_BLOCKS };
    return cast.client(alias).transaction(input, build);
  };
  const act: Stage['act'] = async (alias, input) => {
    const committed = await settle(await prepare(alias, input));
    tally.committed += 1;
    note(committed.height);
    return committed;
  };
  return {
    cast,
    tally,
    nowMs: () => Date.now() + clock.aheadMs - CLOCK_MARGIN_MS,
    setClock: async () => {
      const { timeMs = 0 } = await cast.client(CLOCK_READER).head();
      const aheadMs = timeMs - Date.now();
      clock.aheadMs = aheadMs > CLOCK_AHEAD_MS ? aheadMs : 0;
      return timeMs;
    },
    act,
    agree: (aliases, input) => agree(act, aliases, input),
    refused: async (alias, input, code) => {
      const refusal = await refusalOf(await prepare(alias, input));
      expectSame(`the refusal of ${namesOfCommands(input)}`, refusal.code, code);
      tally.rejected[code] = (tally.rejected[code] ?? 0) + 1;
      note(refusal.height);
      return refusal;
    },
    read: async (alias, read) => {
      const found = await freshRead(() => read(cast.client(alias)), seen.height);
      if (found.verified !== undefined) tally.readsVerified += 1;
      note(found.height);
      return found;
    },
    tell: (kind, text, height = seen.height) => report({ event: 'line', kind, text, height }),
    step: (name) => report({ event: 'step', name, height: seen.height }),
    report,
  };
}

/** A party's name as it reads in a sentence. */
export function nameIn({ cast }: Pick<Stage, 'cast'>, alias: string): string {
  return cast.actor(alias).name.replace(/ [^\x20-\x7e]+$/, '');
}

/** Waits for the effect; while the outcome is open the same bytes are sent again. */
async function settle(transaction: PreparedTransaction): Promise<Committed> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction.commit({ timeoutMs: COMMIT_TIMEOUT_MS });
    } catch (error) {
      const mayBeTried = isTriflowError(error) && ['same', 'after'].includes(error.retry);
      if (!mayBeTried || attempt >= COMMIT_TRIES_MAX) throw error;
    }
  }
}

async function agree(
  act: Stage['act'],
  [opener, ...others]: readonly string[],
  input: CommandInput | readonly CommandInput[],
): Promise<Committed> {
  const commands = listOfCommands(input);
  let last = await act(present('who opens', opener), input);
  const opened = last.events.filter((event) => event.type === 'pending.opened');
  expectSame(`what waits after ${namesOfCommands(input)}`, opened.length, commands.length);
  const signatures = opened.map(({ subject: id, data }, at): CommandInput => {
    const { contract } = present('a command', commands[at]);
    return { contract, name: 'countersign', params: { id, pendingId: data.pendingId } };
  });
  for (const alias of others) last = await act(alias, signatures);
  return last;
}

function listOfCommands(input: CommandInput | readonly CommandInput[]): readonly CommandInput[] {
  return 'contract' in input ? [input] : input;
}

function namesOfCommands(input: CommandInput | readonly CommandInput[]): string {
  return listOfCommands(input)
    .map(({ contract, name }) => `${contract}.${name}`)
    .join(', ');
}

async function refusalOf(transaction: PreparedTransaction): Promise<Refusal> {
  try {
    await settle(transaction);
  } catch (error) {
    const height = isTriflowError(error) ? error.details.height : undefined;
    const inBlock = isTriflowError(error) && error.details.outcome === 'rejected';
    if (!inBlock || typeof height !== 'number') throw error;
    return { code: error.code.toLowerCase(), txId: transaction.id, height };
  }
  const message = `${transaction.id} took effect, a refusal is expected`;
  throw new ScenarioError('SCENARIO_DIFFERS', message);
}

/** A node that is behind does not know yet that this party may read what is asked. */
async function readOrBehind<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isTriflowError(error, 'AUTH_NOT_VISIBLE')) return undefined;
    throw error;
  }
}

async function freshRead<T extends Read>(read: () => Promise<T>, height: number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await readOrBehind(read);
    if (found !== undefined && found.height >= height) return found;
    if (attempt >= BEHIND_TRIES_MAX) {
      const newest = found?.height ?? 'older, or nothing is shown to this party';
      const message = `no node has come to height ${height}, the newest is ${newest}`;
      throw new ScenarioError('SCENARIO_DIFFERS', message);
    }
    await new Promise((resolve) => setTimeout(resolve, BEHIND_PAUSE_MS));
  }
}
