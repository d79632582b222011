import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { foldText } from '../../foldText.js';
import { findParty, hasRole } from '../../party-registry/internal.js';
import { messages, proofs, references } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

const REFERENCE = /^[0-9A-Z-]{1,40}$/;

type Params = z.infer<typeof commandSchemas.submit_proof>;

/**
 * The payer's or payee's BANK, or the payee for money received, states that money moved. A bank's
 * reference of a day, and a bank message, prove one payment only.
 */
export const submitProof = command({
  who: 'verified',
  params: commandSchemas.submit_proof,
  verify: (context, params) => {
    if (context.get(proofs, params.id) !== undefined) return status('id_already_exists');
    if (params.payer === params.payee) return status('parties_must_differ');
    const parties = [params.payer, params.payee, params.payerBank, params.payeeBank];
    if (parties.some((party) => findParty(context, party) === undefined)) {
      return status('reference_not_found');
    }
    if (!maySign(context, params)) return status('proof_signer_not_bank');
    if (params.amount.minor <= 0n) return status('amount_must_be_positive');
    if (params.valueDay > context.day) return status('value_day_in_future');
    return referenceProblem(context, params);
  },
  execute: (context, params) => {
    const { id } = params;
    const bankReference = foldText(params.bankReference);
    context.put(proofs, [id], {
      ...params,
      bankReference,
      signedBy: context.sender,
      allocations: [],
      allocatedMinor: 0n,
      uses: [],
      usedMinor: 0n,
      flags: [],
      state: 'ACCEPTED',
      acceptedAt: context.timeMs,
      version: 1,
    });
    context.put(references, referenceParts(params), { proof: id });
    context.put(messages, [params.messageHash], { proof: id });
    const { payer, payee, amount, valueDay } = params;
    const signedBy = context.sender;
    const data = { version: 1, payer, payee, amount, valueDay, signedBy, state: 'ACCEPTED' };
    context.emit('payment.proved', id, data);
    return OK;
  },
});

function maySign(context: ReadContext, { payerBank, payeeBank, payee }: Params): boolean {
  const { sender } = context;
  if (sender === payee) return true;
  const isTheirBank = sender === payerBank || sender === payeeBank;
  return isTheirBank && hasRole(context, sender, 'BANK');
}

function referenceProblem(context: ReadContext, params: Params): Status {
  if (!REFERENCE.test(foldText(params.bankReference))) return status('bank_reference_malformed');
  const known =
    context.get(references, ...referenceParts(params)) ?? context.get(messages, params.messageHash);
  return known === undefined ? OK : status('payment_proof_reused');
}

/** The payer's bank gives the reference, whoever of the three signs. */
function referenceParts({ payerBank, bankReference, valueDay }: Params): readonly string[] {
  return [payerBank, foldText(bankReference), String(valueDay)];
}
