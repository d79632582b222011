import { equalBytes } from '@triflow/protocol';
import type { Client } from '../createClient.js';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';

/** What a node that is not there, or not ready, ends with; all else is an answer or an alarm. */
const SILENT: ReadonlySet<string> = new Set([
  'TRANSPORT_FAILED',
  'NODE_SYNCING',
  'NODE_HALTED',
  'NODE_OVERLOADED',
  'OUTCOME_UNKNOWN',
  'WAIT_TIMEOUT',
  'RATE_LIMITED',
]);

export interface CrossCheckOptions {
  /** How many nodes must say the same; default 2. With f faulty nodes, f + 1 hold one honest. */
  readonly least?: number;
}

/** An answer in which nodes agree. */
export interface CrossChecked<T> {
  readonly data: T;
  /** The height that all of them read. */
  readonly height: number;
  readonly agreed: readonly string[];
  /** Nodes that gave no answer. */
  readonly silent: readonly string[];
}

interface Said<T> {
  readonly name: string;
  readonly value: T;
}

/**
 * Asks several nodes, each by a client of its own, and compares: for what no proof carries, such as
 * that a list is complete, a query's answer, events. All read the lowest of their verified heads.
 * `VERIFICATION_FAILED` names who says otherwise; `QUORUM_UNAVAILABLE` when fewer than `least`
 * answer.
 */
export async function crossCheck<T>(
  clients: Readonly<Record<string, Client>>,
  read: (client: Client, at: number) => Promise<T>,
  { least = 2 }: CrossCheckOptions = {},
): Promise<CrossChecked<T>> {
  const names = Object.entries(clients);
  if (least < 1 || least > names.length) {
    throw new TriflowError('REQUEST_INVALID', `crossCheck: ${least} of ${names.length} nodes`);
  }
  const heads = await answersOf(names, async (client) => (await client.head()).height);
  requireEnough(heads.length, least, names.length);
  const height = Math.min(...heads.map(({ value }) => value));
  const answering = names.filter(([name]) => heads.some((head) => head.name === name));
  const answers = await answersOf(answering, (client) => read(client, height));
  const [first] = answers;
  requireEnough(answers.length, least, names.length);
  if (first === undefined) throw new TriflowError('QUORUM_UNAVAILABLE', 'no node answered');
  const others = answers.filter(({ value }) => !isSame(value, first.value));
  if (others.length > 0) {
    const differ = others.map(({ name }) => name);
    const message = `at height ${height} ${differ.join(', ')} say otherwise than ${first.name}`;
    const agree = answers.map(({ name }) => name).filter((name) => !differ.includes(name));
    throw new TriflowError('VERIFICATION_FAILED', message, { details: { height, agree, differ } });
  }
  const agreed = answers.map(({ name }) => name);
  const silent = names.map(([name]) => name).filter((name) => !agreed.includes(name));
  return { data: first.value, height, agreed, silent };
}

async function answersOf<T>(
  clients: readonly (readonly [name: string, client: Client])[],
  ask: (client: Client) => Promise<T>,
): Promise<Said<T>[]> {
  const asked = clients.map(async ([name, client]): Promise<Said<T> | undefined> => {
    try {
      return { name, value: await ask(client) };
    } catch (error) {
      if (isTriflowError(error) && SILENT.has(error.code)) return undefined;
      throw error;
    }
  });
  return (await Promise.all(asked)).filter((one) => one !== undefined);
}

function requireEnough(found: number, least: number, of: number): void {
  if (found >= least) return;
  const message = `${found} of ${of} nodes answered, ${least} are wanted`;
  throw new TriflowError('QUORUM_UNAVAILABLE', message, { details: { found, least, of } });
}

/** Whether two answers hold the same; members in any order, one undefined like one left out. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = new Map(Object.entries(a));
  const right = new Map(Object.entries(b));
  return [...new Set([...left.keys(), ...right.keys()])].every((name) => {
    return isSame(left.get(name), right.get(name));
  });
}
