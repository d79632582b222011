import { limits, OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { inTurn } from '../../status.js';
import { burdenProblem, lenderProblem } from '../burden.js';
import { discountMinor } from '../financeTerms.js';
import { holdGoods } from '../goodsOfClaim.js';
import { claimProblem } from '../guards.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas, type Financing } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.finance>;

/**
 * A lender offers to buy or factor a claim and its holder agrees: an exclusive lien stands from
 * then on, and the claim waits for registration and disbursement (761, 768).
 */
export const finance = countersigned<Params>({
  who: ['LENDER'],
  params: commandSchemas.finance,
  object: ({ id }) => id,
  signers: (context, { id }) => [loadClaim(context, id).holder],
  verify: (context, params, phase) => {
    const { id, expectedVersion } = params;
    const lender = phase === 'open' ? context.sender : undefined;
    return firstProblem(
      () => burdenProblem(context, id),
      () => claimProblem(context, { id, states: ['ACTIVE'], expectedVersion }),
      () => (lender === undefined ? OK : lenderProblem(context, id, lender)),
      () => advanceProblem(context, params),
    );
  },
  execute: (context, params, lender) => {
    const claim = loadClaim(context, params.id);
    const refused = lenderProblem(context, claim.id, lender);
    if (refused.number !== 0) return refused;
    const financing = financingOf(context, params, lender);
    const lien = context.newId('ln');
    const { kind, advance, recourse } = params;
    const facts = { lender, lien, kind, advance, recourse, discountMinor: financing.discountMinor };
    const agreed = { ...claim, state: 'FINANCE_PENDING' as const, financing, lien };
    saveClaim(context, agreed, 'claim.finance_agreed', facts);
    return inTurn(
      () =>
        context.call('lien', 'create_exclusive', {
          id: lien,
          asset: { kind: 'claim', id: claim.id },
          class: kind === 'factoring' ? 'FACTORING' : 'ASSIGNMENT',
          grantor: claim.holder,
          holder: lender,
          securedMax: { ...claim.face },
          debtRef: claim.id,
        }),
      () => holdGoods(context, claim, { id: lien, holder: lender }),
    );
  },
});

/** The lender pays out at most what the discount leaves of the face. */
function advanceProblem(context: ReadContext, params: Params): Status {
  const { face, maturity } = loadClaim(context, params.id);
  const { advance, rateBps, dayCount } = params;
  if (advance.currency !== face.currency) return status('currency_does_not_match');
  if (advance.minor <= 0n) return status('amount_must_be_positive');
  const days = maturity - context.day;
  const proceeds = face.minor - discountMinor(face.minor, { rateBps, dayCount, days });
  return advance.minor > proceeds ? status('advance_exceeds_proceeds') : OK;
}

function financingOf(context: ReadContext, params: Params, lender: PartyId): Financing {
  const { id, kind, advance, rateBps, dayCount, recourse, costsMinor } = params;
  const { face, maturity, holder } = loadClaim(context, id);
  const days = maturity - context.day;
  return {
    kind,
    advance,
    rateBps,
    dayCount,
    recourse,
    costsMinor,
    lender,
    assignor: holder,
    days,
    discountMinor: discountMinor(face.minor, { rateBps, dayCount, days }),
    fromDay: context.day,
    pendingUntil: context.timeMs + limits.pendingMs,
  };
}
