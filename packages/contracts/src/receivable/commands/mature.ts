import { type CborMap, nextBusinessDay, OK, type PartyId } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import type { FormerCreditor } from '../../fields.js';
import { firstProblem } from '../../params.js';
import { holidaysIn } from '../../purchase-order/internal.js';
import { claimProblem } from '../guards.js';
import { loadClaim, loadRoot, saveClaim } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * On the day of maturity the debtor owes the face: to the holder, or to a pledgee of whom it had
 * notice (445, 546).
 */
export const mature = command({
  who: 'anyone',
  params: commandSchemas.mature,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['ACTIVE', 'FINANCED', 'PLEDGED'] }),
      () => {
        const reached = context.day >= loadClaim(context, id).maturity;
        return reached ? OK : status('deadline_not_reached');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const creditor = creditorAtMaturity(claim);
    const obligation = context.newId('ob');
    const due = nextBusinessDay(claim.maturity, new Set(holidaysIn(context)));
    const matured: Claim = { ...claim, state: 'MATURED', obligation };
    saveClaim(context, matured, 'claim.matured', { obligation, creditor, due });
    return context.call('payment', 'record_obligation', {
      id: obligation,
      debtor: claim.debtor,
      creditor,
      amount: { ...claim.face },
      due,
      purpose: 'voucher',
      sourceRef: id,
      late: loadRoot(context, claim).lateRate,
      former: formerCreditors(claim, creditor),
    });
  },
});

function creditorAtMaturity(claim: Claim): PartyId {
  const pledgee = claim.pledge?.lender;
  return pledgee !== undefined && claim.notice?.creditor === pledgee ? pledgee : claim.holder;
}

/** Whom the debtor could pay before it had notice, each once, its latest turn counting (546). */
function formerCreditors(claim: Claim, creditor: PartyId): CborMap[] {
  const all: FormerCreditor[] = [...claim.former];
  if (creditor !== claim.holder) all.push({ party: claim.holder, noticeAt: claim.notice?.at });
  const latest = new Map(all.map((one) => [one.party, one]));
  latest.delete(creditor);
  return [...latest.values()];
}
