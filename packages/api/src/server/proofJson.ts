import type { ProofAnswer } from '../routes/fields.js';
import type { NodeBackend, StateProofs } from './backend.js';
import { base64Url } from './plainJson.js';
import { errorFromFault } from './problems.js';

/** Proofs in JSON: canonical bytes as base64url. */
export function proofJson(proofs: StateProofs): ProofAnswer {
  return {
    height: proofs.height,
    header: base64Url(proofs.header),
    certificate: base64Url(proofs.certificate),
    proofs: proofs.proofs.map(base64Url),
  };
}

/** Proofs of keys at a height, ready for an answer. Throws what the node refuses. */
export async function proveKeys(
  backend: NodeBackend,
  keys: readonly string[],
  height: number,
): Promise<ProofAnswer> {
  const proofs = await backend.proofs(keys, height);
  if (!proofs.ok) throw errorFromFault(proofs.fault);
  return proofJson(proofs.value);
}
