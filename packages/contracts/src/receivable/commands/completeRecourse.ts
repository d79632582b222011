import { defined, isOk, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findObligation } from '../../payment/internal.js';
import { inTurn } from '../../status.js';
import { obligationOf } from '../collection.js';
import { countExposure } from '../exposure.js';
import { claimProblem } from '../guards.js';
import { loadClaim, releaseLien, saveClaim, unburdened } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { settleFinancing } from '../settleFinancing.js';
import { status } from '../statusCodes.js';

/** The assignor has paid what recourse asked for: the claim is its own again (766). */
export const completeRecourse = command({
  who: 'anyone',
  params: commandSchemas.complete_recourse,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['RECOURSE'] }),
      () => {
        const { recourseObligation = '' } = loadClaim(context, id);
        const paid = findObligation(context, recourseObligation)?.state === 'PAID';
        return paid ? OK : status('recourse_not_paid');
      },
      () => {
        const paid = obligationOf(context, loadClaim(context, id)).state === 'PAID';
        return paid ? status('payment_already_complete') : OK;
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const { assignor } = defined(claim.financing, 'complete_recourse: it is financed');
    const { recourseObligation, obligation } = claim;
    const settled = settleFinancing(context, claim, context.day);
    if (!isOk(settled.status)) return settled.status;
    const { surplusObligation } = settled;
    const back: Claim = {
      ...unburdened(claim),
      state: 'OVERDUE',
      holder: assignor,
      former: [...claim.former.filter((one) => one.party !== assignor), { party: claim.holder }],
      notice: undefined,
      recourseObligation: undefined,
      surplusObligation,
    };
    saveClaim(context, back, 'claim.recourse_completed', { assignor, surplusObligation });
    return inTurn(
      () => releaseLien(context, claim),
      () => context.call('payment', 'settle_obligation', { id: recourseObligation }),
      () => context.call('payment', 'assign_obligation', { id: obligation, creditor: assignor }),
      () => countExposure(context, claim, -1n),
    );
  },
});
