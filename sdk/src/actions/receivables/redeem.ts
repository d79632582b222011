import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableRedeemParameters = CommandParams<'receivable', 'redeem'>;

/** Ends a claim that was paid in full. Signer: anyone. */
export const redeem = action('receivable', 'redeem');
