import { command } from '../../defineContract.js';
import { stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Anyone may have a facility valued at today's price: nothing happens by itself (R5). */
export const revalue = command({
  who: 'anyone',
  params: commandSchemas.revalue,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    return stateProblem(isLive(facility.state));
  },
  execute: (context, params) =>
    saveRevalued(context, loadFacility(context, params.id), {
      event: 'facility.revalued',
      facts: {},
      changesTerms: false,
    }),
});
