import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeOpenEnforcementParameters = CommandParams<'pledge-facility', 'open_enforcement'>;

/**
 * Says how the goods are turned into money. Signer: the lender; the pledgor or a court as its
 * right asks.
 */
export const openEnforcement = action('pledge-facility', 'open_enforcement');
