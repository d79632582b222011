import { defined, OK, type ReadContext, type Status } from '@triflow/protocol';
import { findObligation, type Obligation, receivedMinor } from '../payment/internal.js';
import type { Claim } from './schema.js';
import { status } from './statusCodes.js';

/** The debt that a matured claim became. */
export function obligationOf(context: ReadContext, claim: Claim): Obligation {
  const id = defined(claim.obligation, `receivable: ${claim.id} has not matured`);
  return defined(findObligation(context, id), `receivable: no obligation ${id}`);
}

/** Whether the last day has ended without full payment. */
export function unpaidProblem(context: ReadContext, claim: Claim): Status {
  const obligation = obligationOf(context, claim);
  if (obligation.state === 'PAID') return status('payment_already_complete');
  return context.day > obligation.due ? OK : status('deadline_not_reached');
}

/** What the lender of a financing received: from the debtor, and by recourse. */
export function collectedMinor(context: ReadContext, claim: Claim): bigint {
  const lender = defined(claim.financing, `receivable: ${claim.id} is not financed`).lender;
  const fromDebtor = receivedMinor(obligationOf(context, claim), lender);
  const { recourseObligation } = claim;
  if (recourseObligation === undefined) return fromDebtor;
  const recourse = findObligation(context, recourseObligation);
  return fromDebtor + (recourse === undefined ? 0n : receivedMinor(recourse, lender));
}
