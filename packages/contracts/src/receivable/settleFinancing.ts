import { type Day, defined, OK, type Status, type WriteContext } from '@triflow/protocol';
import { collectedMinor } from './collection.js';
import { dueMinor, surplusMinor } from './financeTerms.js';
import type { Claim } from './schema.js';

/**
 * What the lender collected above advance, interest and costs goes back to the assignor when there
 * is recourse; without it the lender keeps it (766, 767). Gives the id of the debt, if one arises.
 */
export function settleFinancing(
  context: WriteContext,
  claim: Claim,
  paidDay: Day,
): { readonly status: Status; readonly surplusObligation?: string } {
  const financing = defined(claim.financing, 'settleFinancing: it is financed');
  const { lender, assignor, recourse, calledMinor } = financing;
  const due =
    calledMinor ??
    dueMinor(claim.face.minor, financing, { maturity: claim.maturity, day: paidDay });
  const minor = surplusMinor(collectedMinor(context, claim), due, recourse);
  if (minor === 0n) return { status: OK };
  const surplusObligation = context.newId('ob');
  const status = context.call('payment', 'record_obligation', {
    id: surplusObligation,
    debtor: lender,
    creditor: assignor,
    amount: { minor, currency: claim.face.currency },
    due: context.day,
    purpose: 'recourse_surplus',
    sourceRef: claim.id,
  });
  return { status, surplusObligation };
}
