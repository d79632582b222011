import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem, versionIs } from '../../params.js';
import { releaseProblem } from '../../pledge-facility/internal.js';
import { movableProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { endPledges, loadReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The lender gives the pledge up, if what stays pledged still covers the debt (F3). */
export const release = command({
  who: ['LENDER'],
  params: commandSchemas.release,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { facility, lender } = receipt;
    return firstProblem(
      () => (facility === undefined ? status('receipt_not_pledged') : OK),
      () => (lender === context.sender ? OK : status('signer_not_party_to_object')),
      () => movableProblem(context, receipt),
      () => (receipt.state === 'PLEDGED' ? OK : status('receipt_not_pledged')),
      () => (versionIs(receipt, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => releaseProblem(context, facility ?? '', { asset: receipt.id, remaining: 0n }),
    );
  },
  execute: (context, params) => endPledges(context, [loadReceipt(context, params.id)]),
});
