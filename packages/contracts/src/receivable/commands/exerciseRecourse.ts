import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { collectedMinor, unpaidProblem } from '../collection.js';
import { dueMinor } from '../financeTerms.js';
import { claimProblem } from '../guards.js';
import { loadClaim, saveClaim } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The debtor did not pay: the assignor owes advance, interest and costs to the lender (766). */
export const exerciseRecourse = command({
  who: ['LENDER'],
  params: commandSchemas.exercise_recourse,
  verify: (context, { id, expectedVersion }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.financing?.lender ?? claim.holder];
        const states = ['MATURED', 'OVERDUE'] as const;
        return claimProblem(context, { id, signers, states, expectedVersion });
      },
      () => {
        const agreed = loadClaim(context, id).financing?.recourse === true;
        return agreed ? OK : status('no_recourse_agreed');
      },
      () => unpaidProblem(context, loadClaim(context, id)),
      () => {
        const claim = loadClaim(context, id);
        const collected = collectedMinor(context, claim);
        return calledOn(claim, context.day) > collected ? OK : status('payment_already_complete');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const financing = defined(claim.financing, 'exercise_recourse: it is financed');
    const { lender, assignor } = financing;
    const calledMinor = calledOn(claim, context.day);
    const minor = calledMinor - collectedMinor(context, claim);
    const recourseObligation = context.newId('ob');
    const called: Claim = {
      ...claim,
      state: 'RECOURSE',
      financing: { ...financing, calledMinor },
      recourseObligation,
    };
    saveClaim(context, called, 'claim.recourse', { assignor, minor, recourseObligation });
    return context.call('payment', 'record_obligation', {
      id: recourseObligation,
      debtor: assignor,
      creditor: lender,
      amount: { minor, currency: claim.face.currency },
      due: context.day,
      purpose: 'recourse',
      sourceRef: id,
    });
  },
});

function calledOn(claim: Claim, day: number): bigint {
  const financing = defined(claim.financing, 'exercise_recourse: it is financed');
  return dueMinor(claim.face.minor, financing, { maturity: claim.maturity, day });
}
