import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptDemandCollectionParameters = CommandParams<
  'warehouse-receipt',
  'demand_collection'
>;

/** After the storage period the keeper asks the holder to take the goods within a time (916). */
export const demandCollection = action('warehouse-receipt', 'demand_collection');
