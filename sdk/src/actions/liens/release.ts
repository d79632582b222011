import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienReleaseParameters = CommandParams<'lien', 'release'>;

/** Releases a lien. Signer: its holder. */
export const release = action('lien', 'release');
