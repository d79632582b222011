import type { Devnet } from '@triflow/devnet';
import { z } from 'zod';
import { headOf, postTransaction } from './askNode.js';
import { freshGln, registerPlace } from './places.js';
import { rawTransaction } from './rawTransaction.js';

const WAIT_SECONDS = 2;
/** A node that stands still does not even refuse. */
const PATIENCE_MS = 2_500;
const VALID_FOR_BLOCKS = 400;

const outcomeSchema = z.object({
  outcome: z.enum(['pending', 'committed', 'rejected', 'expired']),
  height: z.number().optional(),
});

/** A transaction that a node has called committed: from then on it may never be lost. */
export interface Acknowledged {
  readonly id: string;
  readonly height: number;
  readonly gln: string;
}

/** Clients that write one transaction after another, until stopped; left behind, they just end. */
export interface Writers extends Disposable {
  readonly acknowledged: readonly Acknowledged[];
  /** Lets each finish the transaction that it is at: a definite end for every one. */
  stop(): Promise<readonly Acknowledged[]>;
}

/**
 * Starts clients of a devnet, each for another party. A client keeps its bytes and gives them to one
 * node after another until some node says that they are committed.
 */
export function startWriters(net: Devnet, aliases: readonly string[]): Writers {
  const acknowledged: Acknowledged[] = [];
  const ended = new AbortController();
  const left = new AbortController();
  const running = aliases.map(async (alias, at) => {
    for (let turn = at; !ended.signal.aborted; turn += 1) {
      const written = await writeOne(net, alias, turn, left.signal);
      if (written !== undefined) acknowledged.push(written);
    }
  });
  return {
    acknowledged,
    stop: async () => {
      ended.abort();
      await Promise.all(running);
      return acknowledged;
    },
    [Symbol.dispose]: () => {
      ended.abort();
      left.abort();
    },
  };
}

async function writeOne(
  net: Devnet,
  alias: string,
  first: number,
  left: AbortSignal,
): Promise<Acknowledged | undefined> {
  const gln = freshGln();
  const heights = await Promise.all(net.urls.map(headOf));
  const validUntilHeight = Math.max(0, ...heights.map((height) => height ?? 0)) + VALID_FOR_BLOCKS;
  const { id, bytes } = rawTransaction(net, alias, [registerPlace(gln)], { validUntilHeight });
  for (let attempt = first; !left.aborted; attempt += 1) {
    const height = await committedBy(net.urls[attempt % net.urls.length] ?? '', bytes);
    if (height !== undefined) return { id, gln, height };
  }
  return undefined;
}

/** The height at which a node says the bytes stand; undefined while it gives no definite answer. */
async function committedBy(url: string, bytes: Uint8Array): Promise<number | undefined> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const answer = await postTransaction(url, bytes, WAIT_SECONDS, patience).catch(() => undefined);
  if (answer === undefined || answer.status === 503 || answer.status === 429) return undefined;
  const parsed = outcomeSchema.safeParse(answer.body);
  if (!parsed.success) throw new Error(`writer: ${JSON.stringify(answer.body)}`);
  const { outcome, height } = parsed.data;
  if (outcome === 'pending') return undefined;
  if (outcome === 'committed' && height !== undefined) return height;
  throw new Error(`writer: ${JSON.stringify(answer.body)}`);
}
