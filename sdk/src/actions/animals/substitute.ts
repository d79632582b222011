import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockSubstituteParameters = CommandParams<'livestock', 'substitute'>;

/**
 * In before out: an animal that already carries the same debts to the same lenders takes the place
 * of another, whose mortgage then ends. Its lenders sign.
 */
export const substitute = action('livestock', 'substitute');
