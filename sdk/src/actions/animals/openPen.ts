import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockOpenPenParameters = CommandParams<'livestock', 'open_pen'>;

/** A farm opens a pen, to which cameras and readers are bound and of which heads are counted. */
export const openPen = action('livestock', 'open_pen');
