import { nextBusinessDay, OK } from '@triflow/protocol';
import { type CommandDefinition, command } from '../defineContract.js';
import { holidaysAt } from '../holidays.js';
import { firstProblem } from '../params.js';
import { findReceipt, isStopped } from './internal.js';
import { requests } from './keys.js';
import { isOpen } from './lifecycle.js';
import { loadReceipt, saveReceipt } from './records.js';
import { commandSchemas, type HolderRequest } from './schema.js';
import { status } from './statusCodes.js';

/** The holder asks to inspect or to take a sample; the keeper must answer in time (911). */
export function requestOf(kind: HolderRequest['kind']): CommandDefinition {
  return command({
    who: 'anyone',
    params: commandSchemas.request_inspection,
    verify: (context, params) => {
      const receipt = findReceipt(context, params.id);
      if (receipt === undefined) return status('object_not_found');
      return firstProblem(
        () => (receipt.holder === context.sender ? OK : status('signer_not_party_to_object')),
        () => (isStopped(context, receipt) ? status('object_is_frozen') : OK),
        () => (isOpen(receipt.state) ? OK : status('state_forbids_command')),
      );
    },
    execute: (context, { id, note }) => {
      const receipt = loadReceipt(context, id);
      const number = receipt.requests + 1;
      const days = context.parameter<number>('requestAnswerDays');
      const until = nextBusinessDay(context.day + days, new Set(holidaysAt(context)));
      const { sender: by, timeMs: askedAt } = context;
      const request = { receipt: id, number, kind, by, note, askedAt, until };
      context.put(requests, [id, String(number)], request);
      const { version } = saveReceipt(context, { ...receipt, requests: number });
      context.emit('receipt.request_opened', id, { version, request: number, kind, until });
      return OK;
    },
  });
}
