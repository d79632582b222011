import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A condition of an obligation has come true: the quantity was accepted (with its price it may
 * set the amount), the temperature record is complete, the lot was released.
 */
export const meetCondition = internalCommand({
  callers: ['purchase-order', 'trace'],
  params: internalSchemas.meet_condition,
  verify: (context, { id, kind, minor }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('reference_not_found');
    const stated = found.conditions.some((condition) => condition.kind === kind);
    if (!stated) return status('condition_not_stated');
    if (minor !== undefined && minor <= 0n) return status('amount_must_be_positive');
    return minor !== undefined && found.paidMinor > 0n ? status('below_paid_amount') : OK;
  },
  execute: (context, { id, kind, minor }) => {
    const before = obligationToChange(context, id);
    return saveObligation(context, {
      ...before,
      amount: { ...before.amount, minor: minor ?? before.amount.minor },
      conditions: before.conditions.map((one) => (one.kind === kind ? { kind, met: true } : one)),
    });
  },
});
