import { isTriflowError, type ProvedRecord } from '@triflow/sdk';
import { chainClient } from './data/chainClient.js';
import { type Difference, differencesOf } from './differences.js';

export type Verdict =
  | { readonly kind: 'verified'; readonly proof: ProvedRecord }
  | {
      readonly kind: 'differs';
      readonly proof: ProvedRecord;
      readonly differences: readonly Difference[];
    }
  /** The proof itself does not hold: a lie or a broken node. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing is known: the node is away, the height is pruned. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Errors that say that what was offered is false, not that it is missing. */
const REFUSALS = ['VERIFICATION_FAILED', 'CHAIN_MISMATCH', 'TRUST_EXPIRED', 'GENESIS_INVALID'];

/**
 * Checks the proof of a record against the validators this browser trusts, and what the page
 * shows against the record in the proved bytes. A true proof beside a false answer is caught.
 */
export async function verifyShown(name: string, shown: unknown, at: number): Promise<Verdict> {
  try {
    const client = await chainClient();
    const proof = await client.record(name, { at });
    const differences = differencesOf(shown, proof.json);
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
