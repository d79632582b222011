import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableFreezeParameters = CommandParams<'receivable', 'freeze'>;

/** Stops a claim by a legal order. Signer: COURT or REGULATOR. */
export const freeze = action('receivable', 'freeze');
