import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { claimProblem } from '../guards.js';
import { burdenLender, loadClaim, releaseLien, saveClaim, unburdened } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A financing or pledge that was agreed and not completed ends: by its lender, after the deadline
 * by anyone (R9). Before it the holder must wait, because the lender may have paid out.
 */
export const abandon = command({
  who: 'anyone',
  params: commandSchemas.abandon,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['FINANCE_PENDING', 'PLEDGE_PENDING'] }),
      () => {
        const waits = loadClaim(context, id).lien !== undefined;
        return waits ? OK : status('object_has_pending_command');
      },
      () => {
        const claim = loadClaim(context, id);
        const until = (claim.financing ?? claim.pledge)?.pendingUntil ?? 0;
        const byLender = burdenLender(claim) === context.sender;
        return byLender || context.timeMs > until ? OK : status('deadline_not_reached');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const lender = burdenLender(claim);
    saveClaim(context, { ...unburdened(claim), state: 'ACTIVE' }, 'claim.abandoned', { lender });
    return releaseLien(context, claim);
  },
});
