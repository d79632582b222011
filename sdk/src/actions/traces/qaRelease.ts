import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceQaReleaseParameters = CommandParams<'trace', 'qa_release'>;

/** The maker's quality unit frees held goods on evidence; they stand as before the hold. */
export const qaRelease = action('trace', 'qa_release');
