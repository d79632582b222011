import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { facilityTerms, isClosed } from '../../pledge-facility/internal.js';
import { holderProblem } from '../guards.js';
import { findLien } from '../internal.js';
import { changeLien } from '../records.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

/** An event of 411 fixes what a floating lien covers: stock that comes later stays outside. */
export const crystallise = command({
  who: 'anyone',
  params: commandSchemas.crystallise,
  verify: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    return firstProblem(
      () => holderProblem(context, lien, { ...params, states: ['EFFECTIVE'] }),
      () => (lien.asset.kind === 'stock' ? OK : status('lien_does_not_float')),
      () => eventProblem(context, lien, params.event),
    );
  },
  execute: (context, { id, event, evidence }) => {
    const lien = findLien(context, id);
    if (lien === undefined) return status('object_not_found');
    const crystallised = { event, evidence, at: context.timeMs };
    changeLien(context, { ...lien, state: 'CRYSTALLISED', crystallised }, 'lien.crystallised');
    return OK;
  },
});

/** A facility's debt is due and unpaid only past its maturity and while it is open. */
function eventProblem(context: ReadContext, lien: Lien, event: string): Status {
  const terms = facilityTerms(context, lien.debtRef);
  if (event !== 'due_unpaid' || terms === undefined) return OK;
  const due = context.day > terms.maturity && !isClosed(context, lien.debtRef);
  return due ? OK : status('crystallisation_event_missing');
}
