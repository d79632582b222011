import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceAgreeSupplyParameters = CommandParams<'trace', 'agree_supply'>;

/**
 * Who pays (FISCAL), who receives (CDC) and the maker agree on packs and price of a lot. Each
 * shipment under it opens a debt that is payable only by evidence (domain 3.8).
 */
export const agreeSupply = action('trace', 'agree_supply');
