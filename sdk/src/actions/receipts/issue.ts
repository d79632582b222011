import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptIssueParameters = CommandParams<'warehouse-receipt', 'issue'>;

/** Issues an electronic receipt with its eight items (Civil Code 909). Signer: the warehouse. */
export const issue = action('warehouse-receipt', 'issue');
