import { isOk, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import { firstProblem } from '../params.js';
import { findProof, freeMinor, type Proof } from '../payment/internal.js';
import { stateProblem } from './guards.js';
import { applyPayment, owedOn } from './interest.js';
import { loadFacility } from './loadFacility.js';
import { saveRevalued } from './revaluation.js';
import type { Facility } from './schema.js';
import { status } from './statusCodes.js';

interface Params {
  readonly id: string;
  readonly proof: string;
}

/** The guards of `repay` and `cure_cash`: pledgor, state, debt, an accepted proof. */
export function repaymentProblem(
  context: ReadContext,
  facility: Facility | undefined,
  params: Params,
  takesMoney: boolean,
): Status {
  if (facility === undefined) return status('object_not_found');
  const owed = owedOn(facility.debt, facility, context.day).totalMinor;
  const accepted = findProof(context, params.proof)?.state === 'ACCEPTED';
  return firstProblem(
    () => (facility.pledgor === context.sender ? OK : status('signer_not_party_to_object')),
    () => stateProblem(takesMoney),
    () => (owed > 0n ? OK : status('nothing_is_owed')),
    () => (accepted ? OK : status('payment_not_proved')),
  );
}

/**
 * Takes what is free of a proof, up to what is owed, and applies it to costs, interest and
 * principal (561). The payment contract refuses a proof of other parties or one used up.
 */
export function repay(context: WriteContext, params: Params): Status {
  const facility = loadFacility(context, params.id);
  const { id, pledgor, lender, debt, limit } = facility;
  const proof = findProof(context, params.proof);
  if (proof === undefined) return status('payment_not_proved');
  const owed = owedOn(debt, facility, context.day).totalMinor;
  const minor = lesser(usable(proof), owed);
  const used = context.call('payment', 'use_proof', {
    id: params.proof,
    purpose: 'repayment',
    ref: id,
    payer: pledgor,
    payee: lender,
    amount: { minor, currency: limit.currency },
  });
  if (!isOk(used)) return used;
  const applied = applyPayment(debt, facility, context.day, minor);
  const { costsMinor, interestMinor, principalMinor, penaltiesMinor } = applied;
  const facts = {
    proof: params.proof,
    paidMinor: minor,
    costsMinor,
    interestMinor,
    principalMinor,
    penaltiesMinor,
  };
  const act = { event: 'facility.repaid', facts, changesTerms: true } as const;
  return saveRevalued(context, { ...facility, debt: applied.debt }, act);
}

/** The free part; of a proof used up the whole, so that the payment contract says what is wrong. */
function usable(proof: Proof): bigint {
  const free = freeMinor(proof);
  return free > 0n ? free : proof.amount.minor;
}
