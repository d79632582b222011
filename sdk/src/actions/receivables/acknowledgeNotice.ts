import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableAcknowledgeNoticeParameters = CommandParams<
  'receivable',
  'acknowledge_notice'
>;

/** Says that the notice has arrived. Signer: the debtor. */
export const acknowledgeNotice = action('receivable', 'acknowledge_notice');
