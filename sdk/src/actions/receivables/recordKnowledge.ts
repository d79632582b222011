import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableRecordKnowledgeParameters = CommandParams<'receivable', 'record_knowledge'>;

/** Records who knew a claim to be fictitious (763). Signer: COURT or REGULATOR. */
export const recordKnowledge = action('receivable', 'record_knowledge');
