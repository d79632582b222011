import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockCullParameters = CommandParams<'livestock', 'cull'>;

/** The farm culls an animal; a mortgaged one only when its lender has released it. */
export const cull = action('livestock', 'cull');
