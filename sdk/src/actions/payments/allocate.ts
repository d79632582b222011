import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PaymentAllocateParameters = CommandParams<'payment', 'allocate'>;

/** Allocates a payment to debts (Civil Code 560, 561). Signer: the debtor, or anyone. */
export const allocate = action('payment', 'allocate');
