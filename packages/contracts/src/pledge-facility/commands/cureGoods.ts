import { countersigned } from '../../pending.js';
import { findFacility } from '../internal.js';
import { additionProblem, additionSigners, addVerifiedItem } from '../itemAddition.js';
import { commandSchemas } from '../schema.js';

/** More goods that answer a margin call; partial cures add up. */
export const cureGoods = countersigned({
  who: 'anyone',
  params: commandSchemas.cure_goods,
  object: (params) => params.id,
  signers: additionSigners,
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    const takesItems = facility?.state === 'MARGIN_CALL';
    return additionProblem(context, facility, params, { phase, takesItems });
  },
  execute: addVerifiedItem,
});
