import {
  assert,
  type CborMap,
  defined,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { claims, creditLines, roots } from './keys.js';
import type { pendingStateOf } from './lifecycle.js';
import { type Claim, type ClaimFlag, type CreditLine, liveStates, type Root } from './schema.js';

/** The claim that the guards have just found. */
export function loadClaim(context: ReadContext, id: string): Claim {
  return defined(context.get(claims, id), `receivable: no claim ${id}`);
}

/** What a claim's tree goes back to. */
export function loadRoot(context: ReadContext, claim: Pick<Claim, 'root'>): Root {
  return defined(context.get(roots, claim.root), `receivable: no root ${claim.root}`);
}

/** The credit line of a debtor in a currency; an empty one where none was granted. */
export function loadCreditLine(
  context: ReadContext,
  { debtor, currency }: Pick<CreditLine, 'debtor' | 'currency'>,
): CreditLine {
  const known = context.get(creditLines, debtor, currency);
  return known ?? { debtor, currency, grants: [], usedMinor: 0n, version: 0 };
}

/** Σ of what lenders granted. */
export function grantedMinor(line: Pick<CreditLine, 'grants'>): bigint {
  return line.grants.reduce((sum, grant) => sum + grant.minor, 0n);
}

/** Counts confirmed claims in and out of their debtor's line (D5). */
export function useCredit(context: WriteContext, claim: Claim, byMinor: bigint): void {
  const { currency } = claim.face;
  const line = loadCreditLine(context, { debtor: claim.debtor, currency });
  const usedMinor = line.usedMinor + byMinor;
  assert(usedMinor >= 0n, 'receivable: a credit line is never used below nothing');
  const version = line.version + 1;
  context.put(creditLines, [line.debtor, currency], { ...line, usedMinor, version });
}

/** Writes a changed claim under its next version and states the fact. */
export function saveClaim(
  context: WriteContext,
  claim: Claim,
  event: string,
  facts: CborMap = {},
): Claim {
  const next = { ...claim, version: claim.version + 1 };
  context.put(claims, [next.id], next);
  const { version, state, root, holder } = next;
  context.emit(event, next.id, { version, state, root, holder, ...facts });
  return next;
}

/** Writes a child and states that it exists. */
export function createClaim(context: WriteContext, claim: Claim): void {
  context.put(claims, [claim.id], claim);
  const { version, state, root, holder, parents, face, tier } = claim;
  context.emit('claim.created', claim.id, { version, state, root, holder, parents, face, tier });
}

/** Adds to the sums of a root (D1); its face that left the creditor is counted once. */
export function addToRoot(
  context: WriteContext,
  claim: Claim,
  by: Partial<Pick<Root, 'movedMinor' | 'redeemedMinor' | 'cancelledMinor'>>,
): void {
  const root = loadRoot(context, claim);
  context.put(roots, [root.id], {
    ...root,
    movedMinor: root.movedMinor + (by.movedMinor ?? 0n),
    redeemedMinor: root.redeemedMinor + (by.redeemedMinor ?? 0n),
    cancelledMinor: root.cancelledMinor + (by.cancelledMinor ?? 0n),
  });
}

/** The flags with one more, each once. */
export function withFlags(flags: readonly ClaimFlag[], ...more: readonly ClaimFlag[]): ClaimFlag[] {
  return [...new Set([...flags, ...more])];
}

/** The flags without one. */
export function withoutFlag(flags: readonly ClaimFlag[], flag: ClaimFlag): ClaimFlag[] {
  return flags.filter((one) => one !== flag);
}

/** A claim without its burden. */
export function unburdened(claim: Claim): Claim {
  return { ...claim, financing: undefined, pledge: undefined, lien: undefined };
}

/** Who has a right of security or of a buyer in a claim, or undefined. */
export function burdenLender(claim: Claim): Claim['holder'] | undefined {
  return claim.financing?.lender ?? claim.pledge?.lender;
}

/** Ends the lien on a claim, if there is one. */
export function releaseLien(context: WriteContext, claim: Claim): Status {
  if (claim.lien === undefined) return OK;
  return context.call('lien', 'record_release', { ids: [claim.lien] });
}

type HeldState = (typeof pendingStateOf)[keyof typeof pendingStateOf];

/**
 * Between the signatures of a command the claim waits in a state of its own (R9). Neither the
 * waiting nor its end by rejection changes the version: the former record comes back whole.
 */
export function holdClaim(state: HeldState): {
  readonly open: (context: WriteContext, params: { readonly id: string }) => void;
  readonly restore: (context: WriteContext, params: { readonly id: string }) => void;
} {
  return {
    open: (context, { id }) => {
      const claim = loadClaim(context, id);
      context.put(claims, [id], { ...claim, state, formerState: restingState(claim) });
    },
    restore: (context, { id }) => {
      const claim = loadClaim(context, id);
      const former = defined(claim.formerState, `receivable: ${id} is not held`);
      context.put(claims, [id], { ...claim, state: former, formerState: undefined });
    },
  };
}

function restingState(claim: Claim): Claim['state'] {
  const resting = ['PROPOSED', ...liveStates].some((state) => state === claim.state);
  assert(resting, `receivable: ${claim.id} is ${claim.state}`);
  return claim.state;
}
