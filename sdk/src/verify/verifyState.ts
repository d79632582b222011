import { decodeStateProof, verifyStateProof } from '@triflow/crypto';
import { failure, type Hash, type Result, success } from '@triflow/protocol';

/** What a key held at a height, proved. */
export interface ProvedState {
  readonly key: string;
  /** Canonical bytes of the record; null when there is none. */
  readonly value: Uint8Array | null;
  readonly kind: 'inclusion' | 'absence';
}

/**
 * Checks that proofs answer exactly the keys asked for, in their order, under a header's
 * stateRoot. Faults: `proof_missing`, `proof_malformed`, `verification_failed`.
 */
export function verifyState(
  state: { readonly root: Hash; readonly depth: number },
  keys: readonly string[],
  proofs: readonly Uint8Array[],
): Result<ProvedState[]> {
  if (proofs.length !== keys.length) {
    return failure('proof_missing', `${proofs.length} proofs for ${keys.length} keys`);
  }
  const proved: ProvedState[] = [];
  for (const [index, bytes] of proofs.entries()) {
    const decoded = decodeStateProof(bytes);
    if (!decoded.ok) return failure('proof_malformed', decoded.fault.message);
    const proof = decoded.value;
    if (proof.key !== keys[index]) {
      return failure('verification_failed', `the proof is of ${proof.key}, not of ${keys[index]}`);
    }
    const verdict = verifyStateProof({ ...state, proof });
    if (!verdict.ok) return verdict;
    proved.push({ key: proof.key, value: proof.value, kind: verdict.value });
  }
  return success(proved);
}
