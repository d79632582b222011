import type { ReadContext } from '@triflow/protocol';
import { obligations, proofs } from './keys.js';
import type { Obligation, Proof } from './schema.js';

export type { Obligation, Proof } from './schema.js';

/**
 * What other contracts may use: these readers, and by `context.call('payment', …)` the
 * internal commands `record_obligation`, `adjust_obligation` and `use_proof` (parameters: `internalSchemas`).
 */

/** The obligation of an id, or undefined. */
export function findObligation(context: ReadContext, id: string): Obligation | undefined {
  return context.get(obligations, id);
}

/** The proof of an id, or undefined. Only an ACCEPTED one proves anything. */
export function findProof(context: ReadContext, id: string): Proof | undefined {
  return context.get(proofs, id);
}

/** Minor units of a proof that are neither allocated to an obligation nor used (M1). */
export function freeMinor(proof: Proof): bigint {
  if (proof.state !== 'ACCEPTED') return 0n;
  return proof.amount.minor - proof.allocatedMinor - proof.usedMinor;
}

/** Minor units still owed. */
export function openMinor(obligation: Obligation): bigint {
  return obligation.amount.minor - obligation.paidMinor;
}

/** What was paid, in the order costs, interest, principal (Civil Code 561). */
export function paidParts(obligation: Obligation): {
  readonly costsMinor: bigint;
  readonly interestMinor: bigint;
  readonly principalMinor: bigint;
} {
  const { paidMinor } = obligation;
  const costsMinor = lesser(paidMinor, obligation.costsMinor);
  const interestMinor = lesser(paidMinor - costsMinor, obligation.interestMinor);
  return { costsMinor, interestMinor, principalMinor: paidMinor - costsMinor - interestMinor };
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
