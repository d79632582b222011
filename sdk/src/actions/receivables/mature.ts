import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableMatureParameters = CommandParams<'receivable', 'mature'>;

/** Makes a claim whose day has come an obligation. Signer: anyone. */
export const mature = action('receivable', 'mature');
