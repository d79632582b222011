import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockRetagParameters = CommandParams<'livestock', 'retag'>;

/** A lost or damaged tag is replaced: the vet signs, and the lender of a mortgaged animal. */
export const retag = action('livestock', 'retag');
