import { setTimeout as pause } from 'node:timers/promises';
import { type Devnet, demoParties } from '@triflow/devnet';
import { assert, defined } from '@triflow/protocol';
import { z } from 'zod';
import { askNode, postTransaction } from '../e2e/askNode.js';
import { rawTransaction } from '../e2e/rawTransaction.js';
import { Random } from '../simulation/random.js';
import type { Manifest } from './manifest.js';
import type { Register, RegisterCall, RegisterOperation } from './registerModel.js';

/** The role that is given and taken: one that nobody's rights in this network hang on. */
const ROLE = 'CARRIER';
const WRITER = 'governor';
const WAIT_SECONDS = 2;
/** A node that stands still does not even refuse. */
const PATIENCE_MS = 2_500;
const VALID_FOR_BLOCKS = 400;
const STALE_PERCENT = 10;
const BETWEEN_ATTEMPTS_MS = 20;
/** A network in order gives every transaction its outcome long before. */
const LAST_ANSWER_MS = 120_000;

/** A transaction whose final outcome a client was told. */
export interface Acknowledged {
  readonly txId: string;
  readonly outcome: 'committed' | 'rejected';
  readonly height: number;
}

/** What the clients of a run have done so far. */
export interface Recorded {
  readonly initial: ReadonlyMap<string, Register>;
  readonly calls: RegisterCall[];
  readonly acknowledged: Acknowledged[];
  /** Answers of nodes that stood below what the client had seen; it asked another one. */
  behind: number;
  expired: number;
  /** Transactions without a final outcome when the clients were stopped: there may be none. */
  readonly unended: string[];
  /** Problems that nodes answered writes with, by their code; another node was asked. */
  readonly problems: Map<string, number>;
}

export interface RegisterClients {
  readonly recorded: Recorded;
  /** No new calls; each client ends the one that it is at. */
  stop(): Promise<void>;
}

interface ClientOptions {
  readonly net: Devnet;
  readonly recorded: Recorded;
  readonly random: Random;
  readonly load: Manifest['load'];
  /** No new calls. */
  readonly ended: AbortSignal;
  /** Not even the answer of a call that is under way. */
  readonly left: AbortSignal;
  /** The greatest height that any client was told of: reads ask for no less. */
  readonly told: { height: number };
}

/**
 * Starts clients of a devnet that give and take a role with versions: compare-and-set registers
 * out of the real contract `party-registry`. Each call is recorded with its start, end and answer.
 */
export async function startRegisterClients(
  net: Devnet,
  { load, seed }: Pick<Manifest, 'load' | 'seed'>,
): Promise<RegisterClients> {
  const keys = demoParties.filter(({ alias }) => alias !== WRITER).slice(0, load.registers);
  const told = { height: 0 };
  const initial = new Map<string, Register>();
  for (const { id } of keys) {
    const read = defined(await readRegister(net.urls[0] ?? '', id), `the party ${id}`);
    initial.set(id, read.register);
  }
  const counts = { behind: 0, expired: 0, unended: [], problems: new Map<string, number>() };
  const recorded: Recorded = { initial, calls: [], acknowledged: [], ...counts };
  const end = new AbortController();
  const leave = new AbortController();
  const running = Array.from({ length: load.clients }, (_, at) => {
    const random = new Random(seed * 1_000 + at);
    return runClient({ net, recorded, random, load, ended: end.signal, left: leave.signal, told });
  });
  const all = Promise.all(running);
  // A client that throws is reported when the run ends.
  all.catch(() => undefined);
  return {
    recorded,
    stop: async () => {
      end.abort();
      const late = setTimeout(() => leave.abort(), LAST_ANSWER_MS);
      await all.finally(() => clearTimeout(late));
    },
  };
}

async function runClient(options: ClientOptions): Promise<void> {
  const { random, recorded, load, ended } = options;
  const keys = [...recorded.initial.keys()];
  const views = new Map<string, Register | undefined>(recorded.initial);
  while (!ended.aborted) {
    const key = random.pick(keys);
    const startMs = performance.now();
    const view = views.get(key);
    const operation =
      view === undefined || random.chance(load.readPercent)
        ? await read(options, key)
        : await write(options, key, view);
    if (operation !== undefined) {
      const isOpen = operation.kind === 'write' && operation.answer === 'unknown';
      const endMs = isOpen ? Number.POSITIVE_INFINITY : performance.now();
      recorded.calls.push({ key, startMs, endMs, operation });
      views.set(key, viewAfter(operation));
    }
    if (load.pauseMs > 0) await pause(load.pauseMs);
  }
}

/** What a client believes after an answer; one that was refused must look anew. */
function viewAfter(operation: RegisterOperation): Register | undefined {
  if (operation.kind === 'read') return operation.seen;
  if (operation.answer !== 'done') return undefined;
  return { version: operation.expected + 1, held: operation.held };
}

/** Asks nodes until one stands at what any client has been told; nothing when the run ends. */
async function read(
  { net, random, recorded, ended, told }: ClientOptions,
  key: string,
): Promise<RegisterOperation | undefined> {
  const floor = told.height;
  while (!ended.aborted) {
    const answer = await readRegister(random.pick(net.urls), key);
    if (answer === undefined) {
      await pause(BETWEEN_ATTEMPTS_MS);
      continue;
    }
    if (answer.height >= floor) {
      told.height = Math.max(told.height, answer.height);
      return { kind: 'read', seen: answer.register, height: answer.height };
    }
    recorded.behind += 1;
  }
  return undefined;
}

/** Keeps its bytes and gives them to one node after another until one tells a final outcome. */
async function write(
  { net, random, recorded, told, left }: ClientOptions,
  key: string,
  view: Register,
): Promise<RegisterOperation | undefined> {
  const held = !view.held;
  const old = random.chance(STALE_PERCENT) && view.version > 1;
  const expected = old ? view.version - 1 : view.version;
  const name = held ? 'grant_role' : 'revoke_role';
  const params = { id: key, role: ROLE, expectedVersion: expected };
  const validUntilHeight = told.height + VALID_FOR_BLOCKS;
  const command = { contract: 'party-registry', name, params };
  const { id, bytes } = rawTransaction(net, WRITER, [command], { validUntilHeight });
  while (!left.aborted) {
    const ended = await outcomeBy(recorded, random.pick(net.urls), id, bytes);
    if (ended === undefined) {
      await pause(BETWEEN_ATTEMPTS_MS);
      continue;
    }
    if (ended.outcome === 'expired') {
      recorded.expired += 1;
      return undefined;
    }
    const { outcome, height, code } = ended;
    told.height = Math.max(told.height, height);
    recorded.acknowledged.push({ txId: id, outcome, height });
    const answer = answers.get(code);
    assert(answer !== undefined, `a status that the register does not have: ${code}`);
    return { kind: 'write', expected, held, answer, height };
  }
  recorded.unended.push(id);
  return { kind: 'write', expected, held, answer: 'unknown', height: undefined };
}

const answers = new Map<string, 'done' | 'stale' | 'forbidden'>([
  ['success', 'done'],
  ['object_version_is_stale', 'stale'],
  ['state_forbids_command', 'forbidden'],
]);

const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('pending') }),
  z.object({ outcome: z.literal('expired') }),
  z.object({
    outcome: z.enum(['committed', 'rejected']),
    height: z.number(),
    status: z.object({ code: z.string() }).optional(),
  }),
]);

const problemSchema = z.object({ code: z.string() });

type Ended =
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'committed' | 'rejected'; readonly height: number; readonly code: string };

/** What a node says that has become of the bytes; undefined while it says nothing final. */
async function outcomeBy(
  { problems }: Recorded,
  url: string,
  id: string,
  bytes: Uint8Array,
): Promise<Ended | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const posted = await postTransaction(url, bytes, WAIT_SECONDS, signal).catch(() => undefined);
  if (posted === undefined) return undefined;
  const { data } = outcomeSchema.safeParse(posted.body);
  if (data === undefined) {
    const code = problemSchema.safeParse(posted.body).data?.code ?? `status ${posted.status}`;
    problems.set(code, (problems.get(code) ?? 0) + 1);
    return undefined;
  }
  if (data.outcome === 'pending') return undefined;
  if (data.outcome === 'expired') return { outcome: 'expired' };
  if (data.status !== undefined) return { ...data, code: data.status.code };
  return outcomeOf(url, id);
}

/** The final outcome of a transaction as the regulator is shown it. */
export async function outcomeOf(url: string, id: string): Promise<Ended | undefined> {
  const init = { signal: AbortSignal.timeout(PATIENCE_MS) };
  const asked = await askNode(`${url}/v1/transactions/${id}`, init).catch(() => undefined);
  const { data } = outcomeSchema.safeParse(asked?.body);
  if (data === undefined || data.outcome === 'pending') return undefined;
  if (data.outcome === 'expired') return { outcome: 'expired' };
  return data.status === undefined ? undefined : { ...data, code: data.status.code };
}

const partySchema = z.object({
  height: z.number(),
  data: z.object({ version: z.number(), roles: z.array(z.string()) }),
});

async function readRegister(
  url: string,
  id: string,
): Promise<{ readonly register: Register; readonly height: number } | undefined> {
  const init = { signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await askNode(`${url}/v1/parties/${id}`, init).catch(() => undefined);
  const { data } = partySchema.safeParse(answer?.status === 200 ? answer.body : undefined);
  if (data === undefined) return undefined;
  const { version, roles } = data.data;
  return { register: { version, held: roles.includes(ROLE) }, height: data.height };
}
