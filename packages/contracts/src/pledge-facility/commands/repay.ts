import { command } from '../../defineContract.js';
import { findFacility } from '../internal.js';
import { mayRepay } from '../lifecycle.js';
import { repaymentProblem, repay as takePayment } from '../repayment.js';
import { commandSchemas } from '../schema.js';

/** The pledgor pays, with an accepted proof that is not used up. */
export const repay = command({
  who: 'anyone',
  params: commandSchemas.repay,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    const takesMoney = facility !== undefined && mayRepay(facility.state);
    return repaymentProblem(context, facility, params, takesMoney);
  },
  execute: takePayment,
});
