import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienAmendParameters = CommandParams<'lien', 'amend'>;

/**
 * The holder changes what a lien secures. Made wider it needs the grantor, and everyone whose lien
 * on the asset does not stand before it (409).
 */
export const amend = action('lien', 'amend');
