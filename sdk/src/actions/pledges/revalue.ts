import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeRevalueParameters = CommandParams<'pledge-facility', 'revalue'>;

/** Values the collateral at the newest prices. Signer: anyone. */
export const revalue = action('pledge-facility', 'revalue');
