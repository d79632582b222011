import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableSplitParameters = CommandParams<'receivable', 'split'>;

/** Replaces a claim by parts that add up to it. Signer: the holder. */
export const split = action('receivable', 'split');
