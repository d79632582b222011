import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsRegisterParameters = CommandParams<'custody-items', 'register'>;

/** The vault's keeper announces an item with what it is, whose, and what it belongs to (K4). */
export const register = action('custody-items', 'register');
