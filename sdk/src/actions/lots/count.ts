import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptCountParameters = CommandParams<'warehouse-receipt', 'count'>;

/** The counter says what is there, as of the opening; nothing may be there, too. */
export const count = action('warehouse-receipt', 'count');
