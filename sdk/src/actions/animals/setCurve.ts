import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockSetCurveParameters = CommandParams<'livestock', 'set_curve'>;

/** A lender says how it values a species: weight by age, price feed, haircut. */
export const setCurve = action('livestock', 'set_curve');
