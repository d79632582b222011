import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { requests } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper has not answered in time: anyone may have it noted (911, R5). */
export const flagRequest = command({
  who: 'anyone',
  params: commandSchemas.flag_request,
  verify: (context, params) => {
    const request = context.get(requests, params.id, String(params.request));
    if (request === undefined) return status('object_not_found');
    return firstProblem(
      () => (request.answer === undefined ? OK : status('request_already_answered')),
      () => (request.flaggedAt === undefined ? OK : status('state_forbids_command')),
      () => (context.day > request.until ? OK : status('deadline_not_reached')),
    );
  },
  execute: (context, { id, request: number }) => {
    const request = context.get(requests, id, String(number));
    if (request === undefined) return status('object_not_found');
    const flaggedAt = context.timeMs;
    context.put(requests, [id, String(number)], { ...request, flaggedAt });
    const { kind, until } = request;
    context.emit('receipt.request_overdue', id, { request: number, kind, until });
    return OK;
  },
});
