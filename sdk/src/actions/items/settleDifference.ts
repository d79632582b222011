import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsSettleDifferenceParameters = CommandParams<
  'custody-items',
  'settle_difference'
>;

/** Keeper and auditor close a difference on evidence: where the item is now, or that it is gone. */
export const settleDifference = action('custody-items', 'settle_difference');
