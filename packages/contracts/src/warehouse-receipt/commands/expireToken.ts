import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findReceipt, isStopped } from '../internal.js';
import { tokens } from '../keys.js';
import { closeCover } from '../monitoringCalls.js';
import { loadReceipt, loadToken, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A token past its time no longer opens the gate; the receipt stands as before (R5). */
export const expireToken = command({
  who: 'anyone',
  params: commandSchemas.expire_token,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const token = context.get(tokens, params.id, String(params.token));
    if (token === undefined || token.state === 'EXPIRED') return status('release_token_missing');
    return firstProblem(
      () => (isStopped(context, receipt) ? status('object_is_frozen') : OK),
      () => (token.state === 'VALID' ? OK : status('release_token_used')),
      () => (context.timeMs > token.validTo ? OK : status('deadline_not_reached')),
    );
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const token = loadToken(context, receipt);
    context.put(tokens, [receipt.id, String(token.number)], { ...token, state: 'EXPIRED' });
    const state = receipt.formerState ?? 'FREE';
    const { version } = saveReceipt(context, {
      ...receipt,
      state,
      formerState: undefined,
      token: undefined,
    });
    context.emit('receipt.token_expired', receipt.id, { version, state, token: token.number });
    return closeCover(context, receipt, token);
  },
});
