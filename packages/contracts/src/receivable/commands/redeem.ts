import { isOk, OK, type Status, type WriteContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { clearRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { findObligation, lastPaidDay } from '../../payment/internal.js';
import { inTurn } from '../../status.js';
import { obligationOf } from '../collection.js';
import { countExposure } from '../exposure.js';
import { claimProblem } from '../guards.js';
import { addToRoot, loadClaim, releaseLien, saveClaim, useCredit } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { settleFinancing } from '../settleFinancing.js';
import { status } from '../statusCodes.js';

/** The debtor has paid in full, with late interest where it was late: the claim is done. */
export const redeem = command({
  who: 'anyone',
  params: commandSchemas.redeem,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['MATURED', 'OVERDUE', 'RECOURSE'] }),
      () => {
        const paid = obligationOf(context, loadClaim(context, id)).state === 'PAID';
        return paid ? OK : status('payment_not_complete');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const obligation = obligationOf(context, claim);
    const settled =
      claim.financing === undefined
        ? { status: OK }
        : settleFinancing(context, claim, lastPaidDay(obligation));
    if (!isOk(settled.status)) return settled.status;
    const { minor } = claim.face;
    const { surplusObligation } = settled;
    const redeemed: Claim = { ...claim, state: 'REDEEMED', surplusObligation };
    const facts = { paidMinor: obligation.paidMinor, surplusObligation };
    saveClaim(context, redeemed, 'claim.redeemed', facts);
    useCredit(context, claim, -minor);
    addToRoot(context, claim, { redeemedMinor: minor });
    return inTurn(
      () => context.call('payment', 'settle_obligation', { id: obligation.id }),
      () => endRecourse(context, claim),
      () => releaseLien(context, claim),
      () => clearRecordAlert(context, 'LATE_PAYMENT', id),
      () => countExposure(context, claim, -1n),
    );
  },
});

/** What the debtor paid after all, the assignor owes no more. */
function endRecourse(context: WriteContext, { recourseObligation: id }: Claim): Status {
  if (id === undefined) return OK;
  const minor = findObligation(context, id)?.paidMinor ?? 0n;
  return inTurn(
    () => context.call('payment', 'adjust_obligation', { id, minor }),
    () => context.call('payment', 'settle_obligation', { id }),
  );
}
