import { type Client, isTriflowError, type ProvedRecord } from '@triflow/sdk';
import { chainClient } from './data/chainClient.js';
import { type Difference, differencesOf } from './differences.js';

/** Who vouches for what was compared, in which block. */
export type Proof = Pick<ProvedRecord, 'height' | 'blockId' | 'signedBy' | 'of'> &
  Partial<Pick<ProvedRecord, 'key' | 'kind'>>;

export type Verdict =
  | { readonly kind: 'verified'; readonly proof: Proof }
  | {
      readonly kind: 'differs';
      readonly proof: Proof;
      readonly differences: readonly Difference[];
    }
  /** The proof itself does not hold: a lie or a broken node. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing is known: the node is away, the height is pruned. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Errors that say that what was offered is false, not that it is missing. */
const REFUSALS = ['VERIFICATION_FAILED', 'CHAIN_MISMATCH', 'TRUST_EXPIRED', 'GENESIS_INVALID'];

/** What a page shows of a transaction: without sender and commands for who may not see it. */
export interface ShownTransaction {
  readonly txId: string;
  readonly height: number;
  readonly index: number;
  readonly outcome: string;
  readonly sender?: string;
  readonly keyId?: string;
  readonly validUntilHeight?: number;
  readonly commands?: readonly object[];
  readonly status?: object;
  readonly events?: readonly object[];
}

/** What a page shows of a block. */
export interface ShownBlock {
  readonly height: number;
  readonly id: string;
  readonly header: object;
  readonly round: number;
  readonly signedBy: readonly string[];
  /** As many as the page has read, from the first one on. */
  readonly transactions: readonly ShownTransaction[];
  readonly isWhole: boolean;
}

/** Proofs that are asked for at the same time. */
const AT_ONCE = 6;

/**
 * Checks the proof of a record against the validators this browser trusts, and what the page
 * shows against the record in the proved bytes. A true proof beside a false answer is caught.
 */
export function verifyShown(name: string, shown: unknown, at: number): Promise<Verdict> {
  return verdictOf(async (client) => {
    const proof = await client.record(name, { at });
    return { proof, differences: differencesOf(shown, proof.json) };
  });
}

/** Checks a transaction with what became of it, all that the page shows of both. */
export function verifyTransaction(shown: ShownTransaction): Promise<Verdict> {
  return verdictOf(async (client) => {
    const proof = await client.outcome(shown.txId);
    const signed = pick({ ...proof.json, height: proof.height }, shown);
    return { proof, differences: differencesOf(shown, signed) };
  });
}

/** Checks a block: header, who signed it, and each of the transactions that the page shows. */
export function verifyBlock(shown: ShownBlock): Promise<Verdict> {
  return verdictOf(async (client) => {
    const proof = await client.block(shown.height);
    const { height, blockId: id, header, round, signedBy } = proof;
    const { isWhole, ...members } = shown;
    const seen = shown.transactions.filter(({ sender }) => sender !== undefined);
    const proved = await provedOutcomes(client, seen);
    // What a reader may not see is shown as a bare number, and only as that.
    const transactions = shown.transactions.map((one) => {
      const found = proved.get(one.txId);
      return found === undefined ? one : pick({ ...found.json, height: found.height }, one);
    });
    const count = isWhole ? header.txCount : shown.transactions.length;
    const signed = { id, height, header, round, signedBy, transactions, count };
    const claimed = { ...members, count: shown.transactions.length };
    return { proof, differences: differencesOf(claimed, signed) };
  });
}

async function provedOutcomes(client: Client, seen: readonly ShownTransaction[]) {
  const proved = new Map<string, Awaited<ReturnType<Client['outcome']>>>();
  for (let start = 0; start < seen.length; start += AT_ONCE) {
    const some = seen.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map(({ txId }) => client.outcome(txId)));
    for (const one of found) proved.set(one.json.txId, one);
  }
  return proved;
}

/** The signed members of those that are shown. */
function pick(signed: object, shown: object): object {
  return Object.fromEntries(Object.entries(signed).filter(([name]) => name in shown));
}

async function verdictOf(
  check: (client: Client) => Promise<{ proof: Proof; differences: readonly Difference[] }>,
): Promise<Verdict> {
  try {
    const { proof, differences } = await check(await chainClient());
    if (differences.length === 0) return { kind: 'verified', proof };
    return { kind: 'differs', proof, differences };
  } catch (error) {
    return verdictOfError(error);
  }
}

/** What an error of a check means for the reader. */
export function verdictOfError(error: unknown): Verdict {
  const reason = error instanceof Error ? error.message : String(error);
  const refused = isTriflowError(error) && REFUSALS.includes(error.code);
  return { kind: refused ? 'refused' : 'unknown', reason };
}
