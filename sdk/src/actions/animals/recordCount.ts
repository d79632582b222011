import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockRecordCountParameters = CommandParams<'livestock', 'record_count'>;

/**
 * Heads counted by video or RFID. Off the pen's tolerance: COUNT_MISMATCH is raised and the pen's
 * animals are worth less by the share that differs (A3). A count of the farm's own never takes
 * that back.
 */
export const recordCount = action('livestock', 'record_count');
