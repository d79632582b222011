import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { lienReleaseProblem } from '../../pledge-facility/internal.js';
import { frozenProblem, holderProblem } from '../guards.js';
import { findLien } from '../internal.js';
import { liveStates } from '../lifecycle.js';
import { endLien } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The holder gives a lien up, as far as the facility that it secures allows. */
export const release = command({
  who: 'anyone',
  params: commandSchemas.release,
  verify: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { asset } = lien;
    const pledged = lien.class === 'PLEDGE_RECEIPT' && lien.external === undefined;
    return firstProblem(
      () => holderProblem(context, lien, { ...params, states: liveStates }),
      () => (asset.kind === 'receipt' && pledged ? status('lien_belongs_to_receipt') : OK),
      () => (asset.kind === 'claim' ? status('lien_belongs_to_claim') : OK),
      () => frozenProblem(context, asset.id),
      () => lienReleaseProblem(context, lien),
    );
  },
  execute: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    endLien(context, lien, { state: 'RELEASED' });
    return OK;
  },
});
