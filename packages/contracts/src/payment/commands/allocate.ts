import {
  dayFromTime,
  isOk,
  limits,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { allocateByRule } from '../allocationRule.js';
import { findObligation, freeMinor, isPayable } from '../internal.js';
import { openLists, proofs } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { proofToChange } from '../proofChange.js';
import { type Allocation, commandSchemas, type Obligation, type Proof } from '../schema.js';
import { takes } from '../settlement.js';
import { status } from '../statusCodes.js';

/** Puts a payment to debts: as the payer chooses, or by the order of Civil Code 560. */
export const allocate = command({
  who: 'verified',
  params: commandSchemas.allocate,
  verify: (context, { id, expectedVersion, allocations }) => {
    const proof = context.get(proofs, id);
    if (proof === undefined) return status('object_not_found');
    const { sender } = context;
    const byRule = allocations === undefined;
    const isInvolved = sender === proof.payee || sender === proof.signedBy;
    if (sender !== proof.payer && !(byRule && isInvolved)) {
      return status('signer_not_party_to_object');
    }
    if (!versionIs(proof, expectedVersion)) return status('object_version_is_stale');
    if (proof.state !== 'ACCEPTED') return status('state_forbids_command');
    const chosen = allocations ?? chosenByRule(context, proof);
    if (proof.allocations.length + chosen.length > limits.allocationsPerProofMax) {
      return status('bound_exceeded');
    }
    if (chosen.length === 0) return status('overpayment_must_be_allocated');
    return allocationProblem(context, proof, chosen);
  },
  execute: (context, { id, allocations }) => {
    const proof = proofToChange(context, id);
    const stated = allocations ?? chosenByRule(context, proof);
    const chosen = stated.filter(({ obligation }) => !isMisdirected(context, proof, obligation));
    for (const { obligation, minor } of chosen) {
      const before = obligationToChange(context, obligation);
      const payments = [...before.payments, paymentOf(proof, minor)];
      const saved = saveObligation(context, { ...before, payments });
      if (!isOk(saved)) return saved;
    }
    const version = proof.version + 1;
    const allocatedMinor = proof.allocatedMinor + sumOf(chosen);
    const all = [...proof.allocations, ...chosen];
    const flags = flagMisdirected(context, proof, stated);
    context.put(proofs, [id], { ...proof, allocations: all, allocatedMinor, flags, version });
    const data = { version, allocations: chosen, allocatedMinor, flags };
    context.emit('payment.allocated', id, data);
    return OK;
  },
});

/** What the rule gives; empty when the payer owes the payee nothing or nothing is left. */
function chosenByRule(context: ReadContext, proof: Proof): Allocation[] {
  const parts = [proof.payer, proof.payee, proof.amount.currency];
  const listed = context.get(openLists, ...parts)?.obligations ?? [];
  const debts = listed.map((id) => obligationToChange(context, id)).filter(isPayable);
  const payment = paymentOf(proof, freeMinor(proof));
  return allocateByRule(debts, context.day, payment).slice(
    0,
    limits.allocationsPerProofMax - proof.allocations.length,
  );
}

function allocationProblem(
  context: ReadContext,
  proof: Proof,
  chosen: readonly Allocation[],
): Status {
  const named = new Set(chosen.map((one) => one.obligation));
  if (named.size !== chosen.length) return status('obligation_named_twice');
  for (const one of chosen) {
    const problem = oneProblem(context, proof, one);
    if (problem !== undefined) return problem;
  }
  return sumOf(chosen) > freeMinor(proof) ? status('allocation_exceeds_proof') : OK;
}

/** M4: the payer is the debtor or one that the debtor declared. M2: paid is at most the amount. */
function oneProblem(
  context: ReadContext,
  proof: Proof,
  { obligation, minor }: Allocation,
): Status | undefined {
  const found = findObligation(context, obligation);
  if (found === undefined) return status('reference_not_found');
  if (minor <= 0n) return status('amount_must_be_positive');
  if (found.amount.currency !== proof.amount.currency) return status('currency_does_not_match');
  if (found.debtor !== proof.payer && !found.payers.includes(proof.payer)) {
    return status('payer_is_not_debtor');
  }
  const wasCreditor = found.former.some((former) => former.party === proof.payee);
  if (found.creditor !== proof.payee && !wasCreditor) return status('payee_is_not_creditor');
  if (!isPayable(found)) return status('payment_condition_not_met');
  if (found.payments.length >= limits.paymentsPerObligationMax) return status('bound_exceeded');
  const taken = takes(found, paymentOf(proof, minor));
  return minor > taken ? status('overpayment_must_be_allocated') : undefined;
}

/**
 * M5: once the debtor had notice, payment to an earlier creditor does not discharge it (546). By
 * the day of the payment, on that day by the time at which it was proved.
 */
function isMisdirected(context: ReadContext, proof: Proof, obligation: string): boolean {
  const { creditor, former } = obligationToChange(context, obligation);
  if (creditor === proof.payee) return false;
  const noticeAt = former.find((one) => one.party === proof.payee)?.noticeAt;
  if (noticeAt === undefined) return false;
  const noticeDay = dayFromTime(noticeAt);
  if (proof.valueDay !== noticeDay) return proof.valueDay > noticeDay;
  return proof.acceptedAt >= noticeAt;
}

/** A payment that discharges nothing is marked on the proof and on what is still owed. */
function flagMisdirected(
  context: WriteContext,
  proof: Proof,
  stated: readonly Allocation[],
): Proof['flags'] {
  const wrong = stated.filter(({ obligation }) => isMisdirected(context, proof, obligation));
  if (wrong.length === 0) return proof.flags;
  for (const { obligation } of wrong) {
    const before = obligationToChange(context, obligation);
    saveObligation(context, { ...before, flags: ['paid_to_wrong_creditor'] });
    const data = { version: before.version + 1, payee: proof.payee, creditor: before.creditor };
    context.emit('payment.wrong_creditor', proof.id, { ...data, obligation });
  }
  return ['paid_to_wrong_creditor'];
}

function paymentOf({ id, valueDay, payee }: Proof, minor: bigint): Obligation['payments'][number] {
  return { proof: id, minor, valueDay, payee };
}

function sumOf(allocations: readonly Allocation[]): bigint {
  return allocations.reduce((sum, one) => sum + one.minor, 0n);
}
