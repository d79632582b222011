import { command } from '../../defineContract.js';
import { findFacility } from '../internal.js';
import { repay, repaymentProblem } from '../repayment.js';
import { commandSchemas } from '../schema.js';

/** A repayment that answers a margin call; partial cures add up. */
export const cureCash = command({
  who: 'anyone',
  params: commandSchemas.cure_cash,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    const takesMoney = facility?.state === 'MARGIN_CALL';
    return repaymentProblem(context, facility, params, takesMoney);
  },
  execute: repay,
});
