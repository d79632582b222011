import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeDrawParameters = CommandParams<'pledge-facility', 'draw'>;

/** Opens a draw. Signers: pledgor, lender. */
export const draw = action('pledge-facility', 'draw');
