import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptRequestInspectionParameters = CommandParams<
  'warehouse-receipt',
  'request_inspection'
>;

/** The holder asks to see the goods; the keeper must answer (911). */
export const requestInspection = action('warehouse-receipt', 'request_inspection');
