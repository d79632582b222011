import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PaymentDeclarePayerParameters = CommandParams<'payment', 'declare_payer'>;

/** Names who else may pay a debt. Signer: the debtor. */
export const declarePayer = action('payment', 'declare_payer');
