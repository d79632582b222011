import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findReceipt } from '../internal.js';
import { requests } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper let the holder inspect or sample, and keeps the paper that shows it (911). */
export const answerRequest = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.answer_request,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    const request = context.get(requests, params.id, String(params.request));
    if (receipt === undefined || request === undefined) return status('object_not_found');
    return firstProblem(
      () => (receipt.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => (request.answer === undefined ? OK : status('request_already_answered')),
    );
  },
  execute: (context, { id, request: number, evidence }) => {
    const request = context.get(requests, id, String(number));
    if (request === undefined) return status('object_not_found');
    const answer = { evidence, at: context.timeMs };
    context.put(requests, [id, String(number)], { ...request, answer });
    const late = context.day > request.until;
    context.emit('receipt.request_answered', id, { request: number, evidence, late });
    return OK;
  },
});
