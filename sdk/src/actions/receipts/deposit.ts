import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptDepositParameters = CommandParams<'warehouse-receipt', 'deposit'>;

/**
 * The demand was not met: the keeper deposits the goods (提存, 916, 570). They leave the lot by a
 * weighing and a token that is used at once (E5); a pledge stays on what was deposited.
 */
export const deposit = action('warehouse-receipt', 'deposit');
