import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { claimProblem } from '../guards.js';
import { isUnconsumed } from '../lifecycle.js';
import { loadClaim, saveClaim } from '../records.js';
import { type Claim, claimStateSchema, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The debtor says that the notice reached it; its effect does not wait for that (546). */
export const acknowledgeNotice = command({
  who: 'anyone',
  params: commandSchemas.acknowledge_notice,
  verify: (context, { id }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.debtor];
        const states = claimStateSchema.options.filter(isUnconsumed);
        return claimProblem(context, { id, signers, states });
      },
      () => {
        const { notice } = loadClaim(context, id);
        if (notice === undefined) return status('notice_not_given');
        return notice.acknowledgedAt === undefined ? OK : status('notice_already_given');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const notice = defined(claim.notice, 'acknowledge_notice: the guards asked for it');
    const acknowledged = { ...notice, acknowledgedAt: context.timeMs };
    saveClaim(context, { ...claim, notice: acknowledged }, 'debtor.acknowledged', {
      creditor: notice.creditor,
    });
    return OK;
  },
});
