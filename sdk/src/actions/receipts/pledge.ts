import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptPledgeParameters = CommandParams<'warehouse-receipt', 'pledge'>;

/** Opens a pledge under a facility. Signers: holder, lender, warehouse. */
export const pledge = action('warehouse-receipt', 'pledge');
