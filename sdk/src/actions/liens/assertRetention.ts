import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienAssertRetentionParameters = CommandParams<'lien', 'assert_retention'>;

/**
 * Who lawfully has the debtor's goods keeps them for a due debt: of the same legal relation, or
 * any between enterprises (447, 448). It needs no registration and lasts while possession lasts.
 */
export const assertRetention = action('lien', 'assert_retention');
