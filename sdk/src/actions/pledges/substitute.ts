import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeSubstituteParameters = CommandParams<'pledge-facility', 'substitute'>;

/**
 * Takes goods in before others go out. Signer: the lender, the supervisor follows; of a floating
 * pledge the supervisor.
 */
export const substitute = action('pledge-facility', 'substitute');
