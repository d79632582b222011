import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeDistributeParameters = CommandParams<'pledge-facility', 'distribute'>;

/** Has the proved proceeds of a sale shared along the ranks. Signer: anyone. */
export const distribute = action('pledge-facility', 'distribute');
