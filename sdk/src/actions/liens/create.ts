import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienCreateParameters = CommandParams<'lien', 'create'>;

/** Opens a lien on goods. Signers: grantor, holder, and the senior holder if it is junior. */
export const create = action('lien', 'create');
