import type { Day, QueryReader, ReadContext } from '@triflow/protocol';
import { obligations, proofs } from './keys.js';
import type { Obligation, Proof } from './schema.js';
import { lastPaidDay, type Settlement, settlementOn } from './settlement.js';

export type { Obligation, Proof } from './schema.js';
export { lastPaidDay };

/**
 * What other contracts may use: these readers, and by `context.call('payment', …)` the
 * internal commands `record_obligation`, `adjust_obligation`, `meet_condition`, `record_notice`,
 * `assign_obligation`, `settle_obligation` and `use_proof` (parameters: `internalSchemas`).
 */

/** The obligation of an id, or undefined. */
export function findObligation(context: ReadContext, id: string): Obligation | undefined {
  return context.get(obligations, id);
}

/** The obligation of an id at the height of a query. */
export function findObligationAt(reader: QueryReader, id: string): Promise<Obligation | undefined> {
  return reader.get(obligations, id);
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

/** Minor units still owed on a day, late interest included. */
export function openMinor(obligation: Obligation, day: Day): bigint {
  return settlementOn(obligation, day).openMinor;
}

/** What was paid, in the order costs, interest, principal (Civil Code 561). */
export function paidParts(obligation: Obligation): Settlement['paid'] {
  return settlementOn(obligation, lastPaidDay(obligation)).paid;
}

/** What a creditor itself received; a payment to an earlier one discharges, but is not this. */
export function receivedMinor(obligation: Obligation, payee: Obligation['creditor']): bigint {
  return obligation.payments.reduce((sum, one) => sum + (one.payee === payee ? one.minor : 0n), 0n);
}

/** Whether all that a conditional obligation waits for has come true. */
export function isPayable(obligation: Pick<Obligation, 'conditions'>): boolean {
  return obligation.conditions.every((condition) => condition.met);
}

/** The obligations that one source gave rise to, at the height of a query, the first by id. */
export function obligationsOfAt(
  reader: QueryReader,
  sourceRef: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly record: Obligation }[]> {
  return reader.list(obligations, { index: { name: 'sourceRef', value: sourceRef }, limit });
}
