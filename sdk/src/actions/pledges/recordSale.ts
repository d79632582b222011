import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeRecordSaleParameters = CommandParams<'pledge-facility', 'record_sale'>;

/**
 * Records what was sold to whom for how much. Signer: the lender; at an agreed price the pledgor
 * follows.
 */
export const recordSale = action('pledge-facility', 'record_sale');
