import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeRepayParameters = CommandParams<'pledge-facility', 'repay'>;

/** Repays by an accepted proof of payment. Signer: the pledgor. */
export const repay = action('pledge-facility', 'repay');
