import { limits, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { circleSign, raiseRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { areAffiliated, hasRole, isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { findInvoice, findOrder, isConcluded, isMatched } from '../../purchase-order/internal.js';
import { inTurn } from '../../status.js';
import { countExposure } from '../exposure.js';
import { financierOf } from '../goodsOfClaim.js';
import { claimProblem, freshIdProblem, runningProblem } from '../guards.js';
import { pendingStateOf } from '../lifecycle.js';
import {
  addToRoot,
  burdenLender,
  createClaim,
  holdClaim,
  loadClaim,
  loadRoot,
  saveClaim,
  withFlags,
} from '../records.js';
import { type Claim, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.transfer>;

/**
 * The holder hands a claim on for a trade of its own with the receiver, who accepts; of an
 * encumbered one the lender signs before, and the child carries the same burden (445).
 */
export const transfer = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.transfer,
  object: ({ id }) => id,
  signers: (context, { id, receiver, lender }) => {
    const consents = lender === undefined || lender === loadClaim(context, id).holder;
    return consents ? [receiver] : [lender, receiver];
  },
  verify: (context, params, phase) => {
    const { id, expectedVersion } = params;
    return firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.holder];
        const states = ['ACTIVE', 'FINANCED', 'PLEDGED'] as const;
        return claimProblem(context, { id, signers, states, expectedVersion, phase });
      },
      () => runningProblem(context, id),
      () => freshIdProblem(context, [params.child]),
      () => receiverProblem(context, params),
      () => consentProblem(context, params),
      () => tradeProblem(context, params),
      () => {
        const deep = loadClaim(context, id).tier >= limits.claimTiersMax;
        return deep ? status('bound_exceeded') : OK;
      },
    );
  },
  hold: holdClaim(pendingStateOf.transfer),
  execute: (context, params) => {
    const claim = loadClaim(context, params.id);
    const { receiver, tradeRef = claim.tradeRef, child } = params;
    const lien = claim.lien === undefined ? undefined : context.newId('ln');
    const children = [child];
    const facts = { children, receiver, tradeRef };
    saveClaim(context, { ...claim, state: 'TRANSFERRED', children }, 'claim.transferred', facts);
    const atCreditor = claim.tier === 1 && claim.state === 'ACTIVE';
    if (atCreditor) addToRoot(context, claim, { movedMinor: claim.face.minor });
    const circle = circleAnswer(context, claim, receiver);
    const handed: Claim = {
      ...claim,
      ...burdenAfter(claim, receiver),
      id: child,
      parents: [claim.id],
      holder: receiver,
      tier: claim.tier + 1,
      tradeRef,
      lien,
      former: [...claim.former, { party: claim.holder }],
      flags: circle === undefined ? claim.flags : withFlags(claim.flags, circle),
      version: 1,
    };
    createClaim(context, handed);
    return inTurn(
      () => moveLien(context, claim, handed),
      () => countExposure(context, claim, -1n),
      () => countExposure(context, handed, 1n),
      () => {
        if (circle === undefined) return OK;
        const on = { asset: child, owner: claim.debtor };
        return raiseRecordAlert(context, circleSign(circle, on));
      },
    );
  },
});

/** The lien follows the claim; of a financed one the new holder is its holder. */
function moveLien(context: WriteContext, claim: Claim, child: Claim): Status {
  if (claim.lien === undefined || child.lien === undefined) return OK;
  const to = [{ id: child.lien, asset: { kind: 'claim', id: child.id } }];
  const holder = claim.financing === undefined ? undefined : child.holder;
  return context.call('lien', 'move', { id: claim.lien, to, holder });
}

/** D7: a claim comes back to its debtor by redemption only. */
function receiverProblem(context: ReadContext, { id, receiver }: Params): Status {
  const { holder, debtor } = loadClaim(context, id);
  if (receiver === holder) return status('self_transfer_forbidden');
  if (receiver === debtor) return status('circular_transfer');
  return isActive(context, receiver) ? OK : status('party_not_active');
}

/**
 * Without its lender an encumbered claim stays where it is (445); so does one that comes of an
 * order which somebody finances (O3).
 */
function consentProblem(context: ReadContext, { id, lender }: Params): Status {
  const claim = loadClaim(context, id);
  const burden = burdenLender(claim) ?? financierOf(context, loadRoot(context, claim));
  if (burden === undefined || burden === claim.holder) return OK;
  return burden === lender ? OK : status('claim_is_encumbered');
}

/**
 * Own trade: a matched invoice or an accepted order between the two (银发〔2025〕77号). A lender
 * that holds a financed claim hands it on to another lender without one (再保理).
 */
function tradeProblem(context: ReadContext, { id, receiver, tradeRef }: Params): Status {
  const { holder, state } = loadClaim(context, id);
  const isBetweenLenders = state === 'FINANCED' && hasRole(context, receiver, 'LENDER');
  if (state === 'FINANCED') return isBetweenLenders ? OK : status('trade_background_missing');
  const traded = tradeRef !== undefined && isTrade(context, tradeRef, holder, receiver);
  return traded ? OK : status('trade_background_missing');
}

/** The receiver sold to the holder, who pays with the claim. */
function isTrade(
  context: ReadContext,
  tradeRef: string,
  holder: Claim['holder'],
  receiver: Claim['holder'],
): boolean {
  const invoice = findInvoice(context, tradeRef);
  const order = findOrder(context, tradeRef);
  const sides = invoice ?? order;
  if (sides === undefined || sides.buyer !== holder || sides.seller !== receiver) return false;
  return invoice === undefined ? order !== undefined && isConcluded(order) : isMatched(invoice);
}

/** A lender that hands a financed claim on hands on its place in the financing. */
function burdenAfter(claim: Claim, receiver: Claim['holder']): Pick<Claim, 'financing'> {
  const { financing } = claim;
  return financing === undefined
    ? { financing }
    : { financing: { ...financing, lender: receiver } };
}

/** Value that comes near its debtor again by affiliates is worth a look (D7). */
function circleAnswer(
  context: ReadContext,
  claim: Claim,
  receiver: Claim['holder'],
): 'CIRCULAR_TRADE' | 'search_incomplete' | undefined {
  const answer = areAffiliated(context, receiver, claim.debtor);
  if (answer === 'affiliated') return 'CIRCULAR_TRADE';
  return answer === 'search_incomplete' ? answer : undefined;
}
