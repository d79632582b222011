import {
  type Day,
  dateFromDay,
  dayFromTime,
  limits,
  type PartyId,
  type QueryReader,
  stateKey,
} from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { partyIdSchema } from '../fields.js';
import { lesser } from '../lesser.js';
import { AFFILIATION_NODES_MAX, AFFILIATION_STEPS_MAX } from '../party-registry/internal.js';
import { affiliations } from '../party-registry/queries.js';
import { type Facility, facilities, isLiveFacility, owedOn } from '../pledge-facility/queries.js';
import { type Claim, claims, isDue, isLiveClaim } from '../receivable/queries.js';
import { allOfIndex, pageOfList, viewPage } from './page.js';
import { Sums } from './sums.js';

type Kind = 'direct' | 'contingent' | 'secured';
type BorrowerKey = readonly [PartyId, string, Kind, string];

/**
 * What a borrower and its affiliates owe: directly, contingently (undrawn limits, recourse), and
 * how much of it goods cover; by product and member of the group.
 */
export const exposureByBorrower = query({
  params: z.strictObject({
    party: partyIdSchema,
    /** `0`: the party alone. */
    group: z.enum(['0', '1']).default('1'),
    ...viewPage,
  }),
  run: async (reader, { party, group, ...page }) => {
    const members =
      group === '1' ? await groupOf(reader, party) : { parties: [party], complete: true };
    const day = dayFromTime(reader.timeMs);
    const sums = new Sums<BorrowerKey>();
    let { complete } = members;
    for (const member of members.parties) {
      const whole = await addMember(reader, member, day, sums);
      complete &&= whole;
    }
    const rows = sums.list().map(({ key: [member, product, kind, currency], minor, count }) => ({
      party: member,
      isAffiliate: member !== party,
      product,
      kind,
      currency,
      minor,
      count,
    }));
    const proofRef = members.parties.map((member) => stateKey(affiliations, [member]));
    return { data: { party, complete, ...pageOfList(rows, page) }, proofRef };
  },
});

/**
 * What a core enterprise has confirmed: how much of it is financed, when it falls due by month,
 * and by which share each creditor holds it (Bps, floored).
 */
export const exposureByCoreEnterprise = query({
  params: z.strictObject({ core: partyIdSchema, ...viewPage }),
  run: async (reader, { core, ...page }) => {
    const index = { name: 'debtor', value: core };
    const { records, complete } = await allOfIndex(reader, claims, index);
    const live = records.filter((claim) => isLiveClaim(claim.state) || isDue(claim.state));
    const totals = new Sums<readonly [string, string]>();
    const months = new Sums<readonly [string, string]>();
    const holders = new Sums<readonly [string, string]>();
    for (const { face, state, maturity, holder } of live) {
      totals.add([face.currency, 'confirmed'], face.minor);
      if (state === 'FINANCED') totals.add([face.currency, 'financed'], face.minor);
      months.add([face.currency, monthOf(maturity)], face.minor);
      holders.add([face.currency, holder], face.minor);
    }
    const confirmed = new Map(
      totals
        .list()
        .flatMap(({ key, minor }) => (key[1] === 'confirmed' ? [[key[0], minor] as const] : [])),
    );
    const rows = holders.list().map(({ key: [currency, holder], minor, count }) => {
      const all = confirmed.get(currency) ?? 0n;
      const shareBps = all > 0n ? Number((minor * 10_000n) / all) : 0;
      return { currency, holder, minor, count, shareBps };
    });
    const { items, next } = pageOfList(rows, page);
    const summary = {
      core,
      complete,
      totals: totals
        .list()
        .map(({ key: [currency, what], minor, count }) => ({ currency, what, minor, count })),
      dueByMonth: months
        .list()
        .map(({ key: [currency, month], minor }) => ({ currency, month, minor })),
    };
    const proofRef = live
      .slice(0, limits.stateKeysPerProofMax)
      .map((one) => stateKey(claims, [one.id]));
    return { data: { ...summary, items, ...(next === undefined ? {} : { next }) }, proofRef };
  },
});

/** A party and those that a chain of declared relations joins it to, within R14's bounds. */
export async function groupOf(
  reader: QueryReader,
  party: PartyId,
): Promise<{ readonly parties: readonly PartyId[]; readonly complete: boolean }> {
  const seen = new Set<PartyId>([party]);
  let frontier: readonly PartyId[] = [party];
  for (let step = 0; step < AFFILIATION_STEPS_MAX && frontier.length > 0; step += 1) {
    const next: PartyId[] = [];
    for (const member of frontier) {
      for (const { other } of (await reader.get(affiliations, member))?.others ?? []) {
        if (seen.has(other)) continue;
        if (seen.size >= AFFILIATION_NODES_MAX) return { parties: [...seen], complete: false };
        seen.add(other);
        next.push(other);
      }
    }
    frontier = next;
  }
  return { parties: [...seen], complete: frontier.length === 0 };
}

async function addMember(
  reader: QueryReader,
  member: PartyId,
  day: Day,
  sums: Sums<BorrowerKey>,
): Promise<boolean> {
  const pledged = await allOfIndex(reader, facilities, { name: 'pledgor', value: member });
  for (const facility of pledged.records) addFacility(facility, member, day, sums);
  const owing = await allOfIndex(reader, claims, { name: 'debtor', value: member });
  for (const claim of owing.records) {
    const counts = isLiveClaim(claim.state) || isDue(claim.state);
    if (!counts) continue;
    const { minor, currency } = claim.face;
    sums.add([member, 'confirmed_claims', 'direct', currency], minor);
  }
  const sold = await allOfIndex(reader, claims, { name: 'party', value: member });
  for (const claim of sold.records) addRecourse(claim, member, sums);
  return pledged.complete && owing.complete && sold.complete;
}

function addFacility(facility: Facility, member: PartyId, day: Day, sums: Sums<BorrowerKey>): void {
  const { limit, state, debt, valuation, shortfallMinor } = facility;
  const product = 'inventory_pledge';
  const { currency } = limit;
  if (shortfallMinor !== undefined)
    sums.add([member, 'shortfall', 'direct', currency], shortfallMinor);
  if (state === 'CLOSED' || state === 'APPROVED') return;
  const owed = owedOn(debt, facility, day).totalMinor;
  if (owed > 0n) sums.add([member, product, 'direct', currency], owed);
  const value = valuation?.valueMinor ?? 0n;
  const covered = lesser(owed, value);
  if (covered > 0n) sums.add([member, product, 'secured', currency], covered);
  const undrawn = limit.minor - owed;
  if (isLiveFacility(state) && undrawn > 0n) {
    sums.add([member, product, 'contingent', currency], undrawn);
  }
}

/** Who received an advance with recourse may have to give it back (766). */
function addRecourse(claim: Claim, member: PartyId, sums: Sums<BorrowerKey>): void {
  const { financing, state } = claim;
  if (financing === undefined || financing.assignor !== member || !financing.recourse) return;
  if (!isLiveClaim(state) && !isDue(state)) return;
  const { minor, currency } = financing.advance;
  const kind = state === 'RECOURSE' ? 'direct' : 'contingent';
  sums.add([member, 'recourse', kind, currency], minor);
}

/** `YYYY-MM` of a Beijing day. */
function monthOf(day: Day): string {
  const { year, month } = dateFromDay(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
}
