import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceDissociateParameters = CommandParams<'trace', 'dissociate'>;

/** The custodian parts a tree from a device or box; not while it travels on that box's record. */
export const dissociate = action('trace', 'dissociate');
