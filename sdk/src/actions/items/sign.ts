import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsSignParameters = CommandParams<'custody-items', 'sign'>;

/** Keeper and auditor sign the reconciled count: what is missing or damaged stands so from now. */
export const sign = action('custody-items', 'sign');
