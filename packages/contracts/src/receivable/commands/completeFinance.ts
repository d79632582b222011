import { defined, isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findProof } from '../../payment/internal.js';
import { countExposure } from '../exposure.js';
import { claimProblem } from '../guards.js';
import { addToRoot, loadClaim, saveClaim, withFlags } from '../records.js';
import { type Claim, commandSchemas, type Financing } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.complete_finance>;

/** The lender has registered and paid out; the claim is its own. */
export const completeFinance = command({
  who: ['LENDER'],
  params: commandSchemas.complete_finance,
  verify: (context, params) => {
    const { id, expectedVersion } = params;
    return firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.financing?.lender];
        const states = ['FINANCE_PENDING'] as const;
        return claimProblem(context, { id, signers, states, expectedVersion });
      },
      () => {
        const registered = financingOf(context, id).registrationNo !== undefined;
        return registered ? OK : status('registration_not_recorded');
      },
      () => disbursementProblem(context, params),
    );
  },
  execute: (context, { id, proof }) => {
    const claim = loadClaim(context, id);
    const financing = financingOf(context, id);
    const { lender, assignor, advance } = financing;
    const notified = claim.notice?.creditor === lender;
    const noticeAt = notified ? claim.notice?.at : undefined;
    const flags = notified ? claim.flags : withFlags(claim.flags, 'debtor_not_notified');
    const former = [...claim.former, { party: assignor, noticeAt }];
    const financed: Claim = {
      ...claim,
      state: 'FINANCED',
      holder: lender,
      financing: { ...financing, disbursement: proof },
      former,
      flags,
    };
    const atCreditor = claim.tier === 1;
    if (atCreditor) addToRoot(context, claim, { movedMinor: claim.face.minor });
    saveClaim(context, financed, 'claim.financed', { lender, assignor, advance, proof, flags });
    const used = context.call('payment', 'use_proof', {
      id: proof,
      purpose: 'disbursement',
      ref: id,
      payer: lender,
      payee: assignor,
      amount: { ...advance },
    });
    return isOk(used) ? countExposure(context, financed, 1n) : used;
  },
});

function financingOf(context: ReadContext, id: string): Financing {
  return defined(loadClaim(context, id).financing, 'complete_finance: it waits for completion');
}

/** An accepted proof that the lender paid the advance to the assignor. */
function disbursementProblem(context: ReadContext, { id, proof }: Params): Status {
  const { lender, assignor, advance } = financingOf(context, id);
  const found = findProof(context, proof);
  const fits =
    found !== undefined &&
    found.state === 'ACCEPTED' &&
    found.payer === lender &&
    found.payee === assignor &&
    found.amount.currency === advance.currency &&
    found.amount.minor >= advance.minor;
  return fits ? OK : status('disbursement_not_proved');
}
