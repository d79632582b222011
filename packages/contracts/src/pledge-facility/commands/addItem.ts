import { countersigned } from '../../pending.js';
import { findFacility } from '../internal.js';
import { additionProblem, additionSigners, addVerifiedItem } from '../itemAddition.js';
import { isLive } from '../lifecycle.js';
import { commandSchemas } from '../schema.js';

/** The pledgor adds goods pledged to the facility; supervisor and lender sign. */
export const addItem = countersigned({
  who: 'anyone',
  params: commandSchemas.add_item,
  object: (params) => params.id,
  signers: additionSigners,
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    const takesItems = facility !== undefined && isLive(facility.state);
    return additionProblem(context, facility, params, { phase, takesItems });
  },
  execute: addVerifiedItem,
});
