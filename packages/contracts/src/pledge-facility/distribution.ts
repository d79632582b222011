import {
  defined,
  type PartyId,
  type ReadContext,
  type Status,
  shareProRata,
} from '@triflow/protocol';
import { lesser } from '../lesser.js';
import { type Lien, secures } from '../lien/internal.js';
import { isStatus } from '../status.js';
import { lessPaid, type OtherClaim, otherClaim } from './claims.js';
import { applyPayment, owedOn } from './interest.js';
import { claims } from './keys.js';
import { rankingOf } from './ranking.js';
import type { Claim, Debt, DistributionLine, Facility, Sale } from './schema.js';
import { type DebtParts, type WaterfallClaim, waterfall } from './waterfall.js';

/** What a sale's proceeds do: the lines, the debt after them, what others were paid. */
export interface Outcome {
  readonly lines: readonly DistributionLine[];
  readonly debt: Debt;
  readonly claims: readonly Claim[];
  readonly ruleSet: string;
}

interface Running {
  debt: Debt;
  readonly others: Map<string, OtherClaim>;
  ownPaidMinor: bigint;
}

/**
 * Shares the proceeds of a sale: asset by asset, as each has a ranking of its own. A debt that has
 * liens on several of them is paid once: what one asset gives is owed no more from the next.
 */
export function distributionOf(
  context: ReadContext,
  facility: Facility,
  sale: Sale,
): Outcome | Status {
  const ownPaidMinor = paidBefore(context, facility);
  const running: Running = { debt: facility.debt, others: new Map(), ownPaidMinor };
  const prices = sale.assets.map((one) => one.price.minor);
  const costs = shareProRata(lesser(sale.costsMinor, sale.totalMinor), prices) ?? [];
  const lines: DistributionLine[] = [];
  const ruleSets = new Set<string>();
  for (const [index, { asset, price }] of sale.assets.entries()) {
    const ranking = rankingOf(context, asset);
    if (isStatus(ranking)) return ranking;
    ruleSets.add(ranking.ruleSet);
    const groups = ranking.groups.map(({ liens, articles }) => ({
      articles,
      claims: liens.map((lien) => claimOf(context, facility, lien, running)),
    }));
    const shared = waterfall({
      asset,
      proceedsMinor: price.minor,
      costsMinor: costs[index] ?? 0n,
      costsTo: facility.lender,
      groups,
      surplusTo: facility.pledgor,
    });
    lines.push(...shared);
    const liens = ranking.groups.flatMap((group) => group.liens);
    for (const lien of liens) settle(context, facility, { lien, lines: shared }, running);
  }
  return {
    lines,
    debt: running.debt,
    claims: claimRecords(facility, running),
    ruleSet: [...ruleSets].join(' '),
  };
}

/** Sums of lines by who gets them, in the order of first mention. */
export function sumsByParty(lines: readonly DistributionLine[]): ReadonlyMap<PartyId, bigint> {
  const sums = new Map<PartyId, bigint>();
  for (const { to, amountMinor } of lines) sums.set(to, (sums.get(to) ?? 0n) + amountMinor);
  return sums;
}

function claimOf(
  context: ReadContext,
  facility: Facility,
  lien: Lien,
  running: Running,
): WaterfallClaim {
  const { holder, securedMax } = lien;
  const own = secures(lien, facility);
  const parts = own
    ? ownParts(context, facility, running.debt)
    : other(context, facility, lien, running).parts;
  const paidMinor = own
    ? running.ownPaidMinor
    : other(context, facility, lien, running).record.paidMinor;
  return { ...parts, lien: lien.id, holder, securedMaxMinor: securedMax.minor - paidMinor };
}

function paidBefore(context: ReadContext, { id, lender }: Facility): bigint {
  return context.get(claims, id, lender, id)?.paidMinor ?? 0n;
}

/** A debt is its creditor's: two creditors may call theirs alike. */
function debtKey({ holder, debtRef }: Pick<Lien, 'holder' | 'debtRef'>): string {
  return `${holder} ${debtRef}`;
}

function ownParts(context: ReadContext, facility: Facility, debt: Debt): DebtParts {
  const { totalMinor: _total, ...parts } = owedOn(debt, facility, context.day);
  return { ...parts, reservedMinor: 0n };
}

function other(context: ReadContext, facility: Facility, lien: Lien, running: Running): OtherClaim {
  const found = running.others.get(debtKey(lien)) ?? otherClaim(context, facility.id, lien);
  running.others.set(debtKey(lien), found);
  return found;
}

/** Takes what an asset gave a lien off its debt. */
function settle(
  context: ReadContext,
  facility: Facility,
  given: { readonly lien: Lien; readonly lines: readonly DistributionLine[] },
  running: Running,
): void {
  const { lien } = given;
  const paid = given.lines
    .filter((line) => line.lien === lien.id)
    .reduce((sum, line) => sum + line.amountMinor, 0n);
  if (secures(lien, facility)) {
    running.debt = applyPayment(running.debt, facility, context.day, paid).debt;
    running.ownPaidMinor += paid;
    return;
  }
  const before = defined(running.others.get(debtKey(lien)), 'distribution: a claim was not read');
  const record = { ...before.record, paidMinor: before.record.paidMinor + paid };
  running.others.set(debtKey(lien), { record, parts: lessPaid(before.parts, paid) });
}

function claimRecords(facility: Facility, running: Running): Claim[] {
  const { id, lender } = facility;
  const own = { facility: id, debtRef: id, holder: lender, paidMinor: running.ownPaidMinor };
  return [own, ...[...running.others.values()].map((one) => one.record)];
}
