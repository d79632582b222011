import { OK, type PartyId } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { inTurn } from '../../status.js';
import { claimProblem } from '../guards.js';
import { burdenLender, loadClaim, saveClaim, withoutFlag } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

const STATES = [
  'ACTIVE',
  'FINANCED',
  'PLEDGED',
  'FINANCE_PENDING',
  'MATURED',
  'OVERDUE',
  'RECOURSE',
] as const;

/**
 * The holder, or the lender it sold or pledged to, tells the debtor whom to pay. From this block on
 * payment to an earlier creditor does not discharge (546; CI 48); the first notice counts (CI 50).
 */
export const notifyDebtor = command({
  who: 'anyone',
  params: commandSchemas.notify_debtor,
  verify: (context, { id }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.holder, burdenLender(claim)];
        return claimProblem(context, { id, signers, states: STATES });
      },
      () => {
        const claim = loadClaim(context, id);
        const known = claim.notice?.creditor === creditorToPay(claim);
        return known ? status('notice_already_given') : OK;
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const { timeMs: at } = context;
    const creditor = creditorToPay(claim);
    const former = claim.former.map((one) => ({ ...one, noticeAt: one.noticeAt ?? at }));
    const flags = withoutFlag(claim.flags, 'debtor_not_notified');
    const notified = { ...claim, notice: { creditor, at }, former, flags };
    saveClaim(context, notified, 'debtor.notified', { creditor, debtor: claim.debtor, at });
    return inTurn(
      () => {
        if (claim.lien === undefined) return OK;
        return context.call('lien', 'record_notice', { ids: [claim.lien], noticeAt: at });
      },
      () => {
        if (claim.obligation === undefined) return OK;
        return context.call('payment', 'record_notice', { id: claim.obligation, at });
      },
    );
  },
});

/** Whom the debtor is told to pay: the lender that bought or holds in pledge, else the holder. */
function creditorToPay(claim: Claim): PartyId {
  return burdenLender(claim) ?? claim.holder;
}
