import type { Obligation } from '../payment/internal.js';
import type { Claim } from './schema.js';

/** Whether a debtor may set a counterclaim off against a claim that was assigned, and why. */
export interface SetOff {
  readonly allowed: boolean;
  readonly articles: readonly string[];
}

/**
 * Against the assignee the debtor may set off what an earlier creditor owes it if that was there
 * when it had notice and is due no later than the claim (549(1)), or comes of the same contract
 * (549(2)). Without notice every counterclaim against an earlier creditor is in time; against the
 * holder itself set-off needs no assignment (568).
 */
export function setOff(claim: Claim, counter: Obligation, sameContract: boolean): SetOff {
  const isOwed = counter.creditor === claim.debtor;
  const isMoney = counter.amount.currency === claim.face.currency;
  if (!isOwed || !isMoney) return { allowed: false, articles: [] };
  if (counter.debtor === claim.holder) {
    const allowed = counter.due <= claim.maturity;
    return { allowed, articles: allowed ? ['568'] : [] };
  }
  const former = claim.former.find((one) => one.party === counter.debtor);
  if (former === undefined) return { allowed: false, articles: [] };
  if (sameContract) return { allowed: true, articles: ['549(2)'] };
  const known = former.noticeAt === undefined || counter.openedAt <= former.noticeAt;
  const allowed = known && counter.due <= claim.maturity;
  return { allowed, articles: allowed ? ['549(1)'] : [] };
}
