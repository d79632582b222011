import { isTriflowError, type ProvedRecord } from '@triflow/sdk';
import { chainClient } from './data/chainClient.js';
import { isRecord } from './data/nodeApi.js';

/** A member whose shown value is not the signed one. */
export interface Difference {
  /** Path from the record's root, `/quantity/value`. */
  readonly path: string;
  readonly shown: unknown;
  readonly signed: unknown;
}

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
const DIFFERENCES_MAX = 40;

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

/** Members of two JSON values that are not equal, by path. */
export function differencesOf(shown: unknown, signed: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(shown, signed, '', found);
  return found;
}

function compare(shown: unknown, signed: unknown, path: string, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || Object.is(shown, signed)) return;
  const left = membersOf(shown);
  const right = membersOf(signed);
  if (left === undefined || right === undefined || Array.isArray(shown) !== Array.isArray(signed)) {
    found.push({ path: path === '' ? '/' : path, shown, signed });
    return;
  }
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    compare(left.get(name), right.get(name), `${path}/${name}`, found);
  }
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item, index) => [String(index), item]));
  if (isRecord(value)) return new Map(Object.entries(value));
  return undefined;
}
