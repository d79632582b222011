import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableFlagLateConfirmParameters = CommandParams<'receivable', 'flag_late_confirm'>;

/** Notes that a confirmation is more than 30 days late. Signer: anyone. */
export const flagLateConfirm = action('receivable', 'flag_late_confirm');
