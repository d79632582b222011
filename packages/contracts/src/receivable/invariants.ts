import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import { liensOnAssetIn } from '../lien/internal.js';
import { invoicesIn } from '../purchase-order/internal.js';
import { ALL_DEBTORS, exposureOf } from './exposure.js';
import { claims, creditLines, estoppels, exposures, roots } from './keys.js';
import { isUnconsumed } from './lifecycle.js';
import { allocateBack } from './partsOfInvoices.js';
import { grantedMinor } from './records.js';
import type { Claim, Root } from './schema.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord('D1 leaves + redeemed + cancelled = face of the root', roots, (root, state) => {
    const all = treeOf(root, state);
    const sum = (fits: (claim: Claim) => boolean) =>
      all.filter(fits).reduce((total, claim) => total + claim.face.minor, 0n);
    const redeemed = sum((claim) => claim.state === 'REDEEMED');
    const cancelled = sum((claim) => claim.state === 'CANCELLED');
    return (
      sum((claim) => isUnconsumed(claim.state)) + redeemed + cancelled === root.face.minor &&
      redeemed === root.redeemedMinor &&
      cancelled === root.cancelledMinor
    );
  }),
  eachRecord('D2 what is replaced has children that add up, and no other', claims, addsUp),
  eachRecord('D3 at most one of pledged, financed, in transfer', claims, (claim, state) => {
    const burdens = [claim.financing, claim.pledge].filter((one) => one !== undefined).length;
    const liens = liensOnAssetIn(state, claim.id);
    const carries = isUnconsumed(claim.state) && claim.lien !== undefined;
    const fits = carries ? liens.length === 1 && liens[0]?.lien === claim.lien : liens.length === 0;
    return burdens <= 1 && fits && stateFitsBurden(claim);
  }),
  eachRecord('D4 maturity of a child is that of the root', claims, (claim, state) => {
    const root = state.read(roots, claim.root);
    return root?.maturity === claim.maturity && root.debtor === claim.debtor;
  }),
  { rule: 'D5 confirmed stays within the credit line', broken: linesOverdrawn },
  { rule: 'D6 vouchers stay within their invoice', broken: invoicesOverdrawn },
  eachRecord('D7 no path returns to the debtor', claims, (claim) => {
    const path = [claim.holder, ...claim.former.map((one) => one.party)];
    return !path.includes(claim.debtor);
  }),
  eachRecord('D8 a transfer adds one tier', claims, (claim, state) => {
    const [parentId] = claim.parents;
    if (parentId === undefined) return claim.tier === 1 && claim.root === claim.id;
    const parent = state.read(claims, parentId);
    const step = parent?.state === 'TRANSFERRED' ? 1 : 0;
    return parent !== undefined && claim.tier === parent.tier + step;
  }),
  { rule: 'exposure of a lender is the sum of its claims', broken: exposuresOff },
  eachRecord('D9 a confirmation stands for ever', roots, (root, state) => {
    const said = state.read(estoppels, root.id);
    if (root.confirmedAt === undefined) return said === undefined;
    return (
      said?.confirmedAt === root.confirmedAt &&
      said.face.minor === root.face.minor &&
      said.debtor === root.debtor
    );
  }),
];

function exposuresOff(state: StateView): string[] {
  const sums = new Map<string, bigint>();
  for (const claim of state.records(claims)) {
    const found = exposureOf(claim);
    if (found === undefined || !isUnconsumed(claim.state)) continue;
    for (const debtor of [claim.debtor, ALL_DEBTORS]) {
      const key = [found.lender, claim.face.currency, debtor].join('/');
      sums.set(key, (sums.get(key) ?? 0n) + found.minor);
    }
  }
  const counted = state.records(exposures).reduce((sum, one) => sum + one.minor, 0n);
  const expected = [...sums.values()].reduce((sum, minor) => sum + minor, 0n);
  const wrong = [...sums].filter(([key, minor]) => {
    return state.read(exposures, ...key.split('/'))?.minor !== minor;
  });
  const all = counted === expected ? [] : [`exposure: ${counted} counted, ${expected} at stake`];
  return [...all, ...wrong.map(([key]) => `exposure of ${key}`)];
}

function treeOf(root: Root, state: StateView): Claim[] {
  return state.records(claims).filter((claim) => claim.root === root.id);
}

function isConfirmed(claim: Claim, state: StateView): boolean {
  return state.read(roots, claim.root)?.confirmedAt !== undefined;
}

/** One holder a leaf: a consumed claim has handed all of its face to its children. */
function addsUp(claim: Claim, state: StateView): boolean {
  const replaced = claim.state === 'SPLIT' || claim.state === 'TRANSFERRED';
  if (!replaced) return claim.children.length === 0;
  const children = claim.children.map((id) => state.read(claims, id));
  const sum = children.reduce((total, child) => total + (child?.face.minor ?? 0n), 0n);
  const ours = children.every((child) => child?.parents[0] === claim.id);
  return ours && sum === claim.face.minor;
}

function stateFitsBurden({ state, formerState, financing, pledge, lien }: Claim): boolean {
  const resting = state === 'TRANSFER_PENDING' ? formerState : state;
  if (resting === 'FINANCED' || resting === 'FINANCE_PENDING' || resting === 'RECOURSE') {
    return financing !== undefined && lien !== undefined;
  }
  if (resting === 'PLEDGED') return pledge !== undefined && lien !== undefined;
  if (resting === 'ACTIVE' || resting === 'PROPOSED') {
    return financing === undefined && pledge === undefined && lien === undefined;
  }
  return true;
}

function linesOverdrawn(state: StateView): string[] {
  return state
    .records(creditLines)
    .filter((line) => {
      const used = state
        .records(claims)
        .filter((claim) => claim.debtor === line.debtor && claim.face.currency === line.currency)
        .filter((claim) => isUnconsumed(claim.state) && isConfirmed(claim, state))
        .reduce((sum, claim) => sum + claim.face.minor, 0n);
      return used !== line.usedMinor || used > grantedMinor(line);
    })
    .map(({ debtor, currency }) => `D5 confirmed within the credit line: ${debtor} ${currency}`);
}

/** What claims took of an invoice is what the invoice says, and it has that much. */
function invoicesOverdrawn(state: StateView): string[] {
  const taken = new Map<string, { proposed: bigint; vouchered: bigint }>();
  for (const root of state.records(roots)) {
    const back = new Map(
      allocateBack({ ...root, cancelledMinor: 0n }, root.cancelledMinor).map((part) => [
        part.invoice,
        part.minor,
      ]),
    );
    for (const { invoice, minor } of root.invoices) {
      const gone = back.get(invoice) ?? 0n;
      const sums = taken.get(invoice) ?? { proposed: 0n, vouchered: 0n };
      if (root.confirmedAt === undefined) sums.proposed += minor - gone;
      else sums.vouchered += minor - gone;
      taken.set(invoice, sums);
    }
  }
  return invoicesIn(state)
    .filter(({ id, proposedMinor, voucheredMinor, payable }) => {
      const sums = taken.get(id) ?? { proposed: 0n, vouchered: 0n };
      const same = sums.proposed === proposedMinor && sums.vouchered === voucheredMinor;
      return !same || voucheredMinor > payable;
    })
    .map(({ id }) => `D6 vouchers stay within their invoice: invoice ${id}`);
}
