import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderIssueOrderParameters = CommandParams<'purchase-order', 'issue_order'>;

/** Issues an order. Signer: the buyer. */
export const issueOrder = action('purchase-order', 'issue_order');
