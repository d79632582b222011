import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PaymentFlagLatePaymentParameters = CommandParams<'payment', 'flag_late_payment'>;

/** Notes that the last day of payment has ended with something open. Signer: anyone. */
export const flagLatePayment = action('payment', 'flag_late_payment');
