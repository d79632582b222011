import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PaymentSubmitProofParameters = CommandParams<'payment', 'submit_proof'>;

/** Proves a payment that was made. Signer: a bank of the payment, or the creditor. */
export const submitProof = action('payment', 'submit_proof');
