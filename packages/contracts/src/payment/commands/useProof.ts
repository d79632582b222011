import { limits, OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { freeMinor } from '../internal.js';
import { proofs } from '../keys.js';
import { proofToChange } from '../proofChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Another contract takes a proof, or a part of it, as proof of a payment of its own. The part is
 * used up: it cannot be allocated or used again.
 */
export const useProof = internalCommand({
  callers: ['pledge-facility', 'receivable'],
  params: internalSchemas.use_proof,
  verify: (context, { id, payer, payee, amount }) => {
    const proof = context.get(proofs, id);
    if (proof === undefined || proof.state !== 'ACCEPTED') return status('payment_not_proved');
    if (proof.payer !== payer || proof.payee !== payee) return status('payment_not_proved');
    if (proof.amount.currency !== amount.currency) return status('currency_does_not_match');
    if (amount.minor <= 0n) return status('amount_must_be_positive');
    if (proof.uses.length >= limits.usesPerProofMax) return status('bound_exceeded');
    if (amount.minor > proof.amount.minor) return status('payment_not_proved');
    return amount.minor > freeMinor(proof) ? status('payment_proof_reused') : OK;
  },
  execute: (context, { id, purpose, ref, amount }) => {
    const proof = proofToChange(context, id);
    const version = proof.version + 1;
    const usedMinor = proof.usedMinor + amount.minor;
    const uses = [...proof.uses, { purpose, ref, minor: amount.minor }];
    context.put(proofs, [id], { ...proof, uses, usedMinor, version });
    context.emit('payment.used', id, { version, purpose, ref, minor: amount.minor, usedMinor });
    return OK;
  },
});
