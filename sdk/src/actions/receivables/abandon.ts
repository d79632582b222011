import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableAbandonParameters = CommandParams<'receivable', 'abandon'>;

/** Ends a financing or pledge that was not completed. Signer: lender, after 72 hours anyone. */
export const abandon = action('receivable', 'abandon');
