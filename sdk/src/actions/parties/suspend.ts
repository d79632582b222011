import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartySuspendParameters = CommandParams<'party-registry', 'suspend'>;

/** Stops a party from acting. Signer: GOVERNOR or REGULATOR. */
export const suspend = action('party-registry', 'suspend');
