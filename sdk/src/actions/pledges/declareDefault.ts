import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeDeclareDefaultParameters = CommandParams<'pledge-facility', 'declare_default'>;

/** Declares default on a named event. Signer: the lender. */
export const declareDefault = action('pledge-facility', 'declare_default');
