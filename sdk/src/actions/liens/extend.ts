import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienExtendParameters = CommandParams<'lien', 'extend'>;

/**
 * The holder has its registration prolonged before it lapses; the register's gateway confirms. A
 * lapsed one is not revived: it is registered anew, with a new time.
 */
export const extend = action('lien', 'extend');
