import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptReportDamageParameters = CommandParams<'warehouse-receipt', 'report_damage'>;

/** The keeper must tell of goods that deteriorate or are damaged (912, 913). */
export const reportDamage = action('warehouse-receipt', 'report_damage');
