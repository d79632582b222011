import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeFailCureParameters = CommandParams<'pledge-facility', 'fail_cure'>;

/** Records that a margin call was not cured in time. Signer: the lender. */
export const failCure = action('pledge-facility', 'fail_cure');
