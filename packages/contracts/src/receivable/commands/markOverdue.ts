import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { unpaidProblem } from '../collection.js';
import { claimProblem } from '../guards.js';
import { burdenLender, loadClaim, saveClaim } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';

/** The holder states that the last day has ended without full payment. */
export const markOverdue = command({
  who: 'anyone',
  params: commandSchemas.mark_overdue,
  verify: (context, { id, expectedVersion }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.holder, burdenLender(claim)];
        return claimProblem(context, { id, signers, states: ['MATURED'], expectedVersion });
      },
      () => unpaidProblem(context, loadClaim(context, id)),
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    saveClaim(context, { ...claim, state: 'OVERDUE' }, 'claim.overdue', { debtor: claim.debtor });
    const refs = claim.obligation === undefined ? [] : [claim.obligation];
    const sign = { kind: 'LATE_PAYMENT', asset: id, owner: claim.debtor, refs } as const;
    return raiseRecordAlert(context, sign);
  },
});
