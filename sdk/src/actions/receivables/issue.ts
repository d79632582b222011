import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableIssueParameters = CommandParams<'receivable', 'issue'>;

/** Makes a claim of matched invoices. Signers: the creditor, or the debtor, then the creditor. */
export const issue = action('receivable', 'issue');
