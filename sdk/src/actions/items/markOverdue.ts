import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsMarkOverdueParameters = CommandParams<'custody-items', 'mark_overdue'>;

/** Anyone says that an item is not back by its day: DOC_EXPIRY is raised on it. */
export const markOverdue = action('custody-items', 'mark_overdue');
