import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsReconcileParameters = CommandParams<'custody-items', 'reconcile'>;

/** The keeper names every item of the book not found: counted and missing make the book. */
export const reconcile = action('custody-items', 'reconcile');
