import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceCommissionParameters = CommandParams<'trace', 'commission'>;

/** The maker puts serials on units of a lot, up to 256 in a command: the ADD of T3. */
export const commission = action('trace', 'commission');
