import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeEarlySaleParameters = CommandParams<'pledge-facility', 'early_sale'>;

/**
 * Sells before the debt is due, after a fall of value (433). Signer: the lender; to prepay, the
 * pledgor follows.
 */
export const earlySale = action('pledge-facility', 'early_sale');
