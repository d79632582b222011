import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceDispenseParameters = CommandParams<'trace', 'dispense'>;

/** A clinic gives a dose (接种), once; whom, stands nowhere on the ledger (T4). */
export const dispense = action('trace', 'dispense');
