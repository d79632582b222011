import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeCureGoodsParameters = CommandParams<'pledge-facility', 'cure_goods'>;

/** Opens the curing of a margin call in goods. Signers: pledgor, supervisor, lender. */
export const cureGoods = action('pledge-facility', 'cure_goods');
