import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableReleaseParameters = CommandParams<'receivable', 'release'>;

/** Gives a pledge up. Signer: the pledgee. */
export const release = action('receivable', 'release');
