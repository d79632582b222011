import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { criticalAlertProblem } from '../../monitoring/internal.js';
import { firstProblem, versionIs } from '../../params.js';
import { isClosed, releaseProblem } from '../../pledge-facility/internal.js';
import { movableProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { endPledges, loadReceipt } from '../records.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The lender gives the pledge up, if what stays pledged still covers the debt (F3). Once the
 * facility is closed the pledge has ended with its debt (393), and the holder may say so too.
 */
export const release = command({
  who: 'anyone',
  params: commandSchemas.release,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { facility } = receipt;
    return firstProblem(
      () => (facility === undefined ? status('receipt_not_pledged') : OK),
      () => signerProblem(context, receipt),
      () => movableProblem(context, receipt),
      () => {
        const stands = receipt.state === 'PLEDGED' || receipt.state === 'DEPOSITED';
        return stands ? OK : status('receipt_not_pledged');
      },
      () => (versionIs(receipt, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => releaseProblem(context, facility ?? '', { asset: receipt.id, remaining: 0n }),
      () => criticalAlertProblem(context, receipt.id, receipt.lot),
    );
  },
  execute: (context, params) => endPledges(context, [loadReceipt(context, params.id)]),
});

function signerProblem(context: ReadContext, receipt: Receipt): Status {
  const { sender } = context;
  if (receipt.lender === sender) return OK;
  const settled = receipt.facility !== undefined && isClosed(context, receipt.facility);
  return settled && receipt.holder === sender ? OK : status('signer_not_party_to_object');
}
