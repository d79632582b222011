import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem, versionIs } from '../../params.js';
import { releaseProblem } from '../../pledge-facility/internal.js';
import { findLien } from '../internal.js';
import { isLive } from '../lifecycle.js';
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
    const { debtRef, asset } = lien;
    return firstProblem(
      () => (lien.holder === context.sender ? OK : status('signer_not_party_to_object')),
      () => (isLive(lien.state) ? OK : status('state_forbids_command')),
      () => (versionIs(lien, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => (asset.kind === 'receipt' ? status('lien_belongs_to_receipt') : OK),
      () => (asset.kind === 'claim' ? status('lien_belongs_to_claim') : OK),
      () => releaseProblem(context, debtRef, { asset: asset.id, remaining: 0n }),
    );
  },
  execute: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    endLien(context, lien, { state: 'RELEASED' });
    return OK;
  },
});
