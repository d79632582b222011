import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Another contract relies on an obligation as paid; its proofs cannot be taken back after. */
export const settleObligation = internalCommand({
  callers: ['receivable'],
  params: internalSchemas.settle_obligation,
  verify: (context, { id }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('reference_not_found');
    const over = found.state === 'PAID' || found.state === 'CANCELLED';
    return over ? OK : status('state_forbids_command');
  },
  execute: (context, { id }) => {
    return saveObligation(context, { ...obligationToChange(context, id), settled: true });
  },
});
