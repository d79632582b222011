import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableNotifyDebtorParameters = CommandParams<'receivable', 'notify_debtor'>;

/** Tells the debtor whom to pay (546). Signer: the holder or its lender. */
export const notifyDebtor = action('receivable', 'notify_debtor');
