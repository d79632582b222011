import { OK } from '@triflow/protocol';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { itemSignatureProblem, moveProblem } from '../dualControl.js';
import { holdItem, itemToChange, moveItem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An item is lent until a day; its slot stays its own. */
export const checkOut = countersigned({
  who: ['KEEPER'],
  params: commandSchemas.check_out,
  object: ({ id }) => id,
  signers: (_context, { second, approver }) => [second, approver],
  signature: itemSignatureProblem,
  verify: (context, params, phase) => {
    const problem = moveProblem(context, params, { states: ['IN_VAULT'], phase });
    if (problem !== undefined) return problem;
    if (!isActive(context, params.to)) return status('party_not_active');
    return params.due < context.day ? status('deadline_has_passed') : OK;
  },
  hold: holdItem('check_out'),
  execute: (context, { id, second, approver, to, due, reason }, opener) => {
    const item = itemToChange(context, id);
    const keepers = [opener, second];
    const checkedOut = { to, due, reason, at: context.timeMs };
    const outside = { ...item, checkedOut, state: 'CHECKED_OUT' as const };
    moveItem(context, outside, { kind: 'check_out', keepers, approver, to, due });
    return OK;
  },
});
