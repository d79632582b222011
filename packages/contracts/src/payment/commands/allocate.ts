import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { allocateByRule } from '../allocationRule.js';
import { findObligation, freeMinor, openMinor } from '../internal.js';
import { openLists, proofs } from '../keys.js';
import { obligationToChange, saveSums } from '../obligationChange.js';
import { proofToChange } from '../proofChange.js';
import { type Allocation, commandSchemas, type Proof } from '../schema.js';
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
    const chosen = allocations ?? chosenByRule(context, proof);
    for (const { obligation, minor } of chosen) {
      const before = obligationToChange(context, obligation);
      saveSums(context, before, { paidMinor: before.paidMinor + minor });
    }
    const version = proof.version + 1;
    const allocatedMinor = proof.allocatedMinor + sumOf(chosen);
    const all = [...proof.allocations, ...chosen];
    context.put(proofs, [id], { ...proof, allocations: all, allocatedMinor, version });
    context.emit('payment.allocated', id, { version, allocations: chosen, allocatedMinor });
    return OK;
  },
});

/** What the rule gives; empty when the payer owes the payee nothing or nothing is left. */
function chosenByRule(context: ReadContext, proof: Proof): Allocation[] {
  const parts = [proof.payer, proof.payee, proof.amount.currency];
  const listed = context.get(openLists, ...parts)?.obligations ?? [];
  const debts = listed.map((id) => obligationToChange(context, id));
  return allocateByRule(debts, context.day, freeMinor(proof)).slice(
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
  if (found.creditor !== proof.payee) return status('payee_is_not_creditor');
  return minor > openMinor(found) ? status('overpayment_must_be_allocated') : undefined;
}

function sumOf(allocations: readonly Allocation[]): bigint {
  return allocations.reduce((sum, one) => sum + one.minor, 0n);
}
