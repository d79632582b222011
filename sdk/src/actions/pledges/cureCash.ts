import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeCureCashParameters = CommandParams<'pledge-facility', 'cure_cash'>;

/** Cures a margin call in money. Signer: the pledgor. */
export const cureCash = action('pledge-facility', 'cure_cash');
