import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PaymentReverseProofParameters = CommandParams<'payment', 'reverse_proof'>;

/** Reverses a proof of payment. Signer: the bank that gave it. */
export const reverseProof = action('payment', 'reverse_proof');
