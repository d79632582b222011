import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TracePackParameters = CommandParams<'trace', 'pack'>;

/** The custodian packs units into a larger one of the same lot: they stand as it does from now. */
export const pack = action('trace', 'pack');
