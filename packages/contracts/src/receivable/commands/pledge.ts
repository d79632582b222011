import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { inTurn } from '../../status.js';
import { burdenProblem, lenderProblem } from '../burden.js';
import { holdGoods } from '../goodsOfClaim.js';
import { claimProblem } from '../guards.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdClaim, loadClaim, saveClaim } from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.pledge>;

/**
 * The holder pledges a claim and the lender signs; the pledge arises when the REGISTRY records the
 * filing by `record_registration` (445).
 */
export const pledge = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.pledge,
  object: ({ id }) => id,
  signers: (_context, { lender }) => [lender],
  verify: (context, params, phase) => {
    const { id, expectedVersion, lender } = params;
    return firstProblem(
      () => burdenProblem(context, id),
      () => {
        const signers = (claim: Claim) => [claim.holder];
        const states = ['ACTIVE'] as const;
        return claimProblem(context, { id, signers, states, expectedVersion, phase });
      },
      () => lenderProblem(context, id, lender),
      () => securedProblem(context, params),
    );
  },
  hold: holdClaim(pendingStateOf.pledge),
  execute: (context, { id, lender, securedMax, debtRef }) => {
    const claim = loadClaim(context, id);
    const lien = context.newId('ln');
    const pendingUntil = context.timeMs + limits.pendingMs;
    const secured = { lender, securedMax, debtRef: debtRef ?? id, pendingUntil };
    const agreed: Claim = { ...claim, state: 'PLEDGE_PENDING', pledge: secured, lien };
    saveClaim(context, agreed, 'claim.pledge_agreed', { lender, lien, securedMax });
    return inTurn(
      () =>
        context.call('lien', 'create_exclusive', {
          id: lien,
          asset: { kind: 'claim', id },
          class: 'RECEIVABLE_PLEDGE',
          grantor: claim.holder,
          holder: lender,
          securedMax,
          debtRef: secured.debtRef,
        }),
      () => holdGoods(context, claim, { id: lien, holder: lender }),
    );
  },
});

function securedProblem(context: ReadContext, { id, securedMax }: Params): Status {
  const { face } = loadClaim(context, id);
  if (securedMax.currency !== face.currency) return status('currency_does_not_match');
  return securedMax.minor > 0n ? OK : status('amount_must_be_positive');
}
