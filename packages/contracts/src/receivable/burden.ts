import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { isEncumbered } from '../lien/internal.js';
import { firstProblem } from '../params.js';
import { hasRole } from '../party-registry/internal.js';
import { goodsProblem } from './goodsOfClaim.js';
import { runningProblem } from './guards.js';
import { findClaim } from './internal.js';
import { status } from './statusCodes.js';

const BURDENED = ['FINANCED', 'PLEDGED', 'FINANCE_PENDING'];

/** Whether a claim carries a financing or a pledge already, or one is on its way. */
export function burdenProblem(context: ReadContext, id: string): Status {
  const claim = findClaim(context, id);
  if (claim === undefined) return status('object_not_found');
  const burdened = BURDENED.includes(claim.state) || isEncumbered(context, id);
  return burdened ? status('already_financed') : OK;
}

/**
 * Whether a lender may take a claim as security or buy it: a LENDER, neither its holder nor its
 * debtor (D7), before maturity, and of goods that nobody else finances (L1).
 */
export function lenderProblem(context: ReadContext, id: string, lender: PartyId): Status {
  const claim = findClaim(context, id);
  if (claim === undefined) return status('object_not_found');
  return firstProblem(
    () => (claim.holder === lender ? status('parties_must_differ') : OK),
    () => (claim.debtor === lender ? status('circular_transfer') : OK),
    () => (hasRole(context, lender, 'LENDER') ? OK : status('signer_lacks_role')),
    () => runningProblem(context, id),
    () => goodsProblem(context, claim, lender),
  );
}
