import {
  addMonths,
  dayFromTime,
  type PartyId,
  type QueryReader,
  stateKey,
} from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { partyIdSchema } from '../fields.js';
import { parties } from '../party-registry/queries.js';
import { type Obligation, obligations, settlementOn } from '../payment/queries.js';
import { claims, isLiveClaim, roots } from '../receivable/queries.js';
import { allOfIndex, pageOfIndex, pageOfList, viewPage } from './page.js';
import { Sums } from './sums.js';

const BUCKETS = /^[1-9][0-9]{0,4}(,[1-9][0-9]{0,4}){0,15}$/;
/** SME: medium, small and micro enterprises (条例). */
const SMALL: ReadonlySet<string> = new Set(['medium', 'small', 'micro']);

/**
 * What a party has to pay and to receive, by how many days from the height's day it is due:
 * obligations, and live claims that are not obligations yet. `overdue` stands before the buckets.
 */
export const maturityLadder = query({
  params: z.strictObject({
    party: partyIdSchema,
    /** Upper ends of the buckets in days, ascending. */
    buckets: z.string().regex(BUCKETS).default('30,60,90,180,360'),
    ...viewPage,
  }),
  run: async (reader, { party, buckets, ...page }) => {
    const day = dayFromTime(reader.timeMs);
    const ends = [...new Set(buckets.split(',').map(Number))].sort((a, b) => a - b);
    const sums = new Sums<readonly [string, string, string, string]>();
    const add = (
      side: string,
      kind: string,
      due: number,
      amount: { minor: bigint; currency: string },
    ) => {
      if (amount.minor > 0n)
        sums.add([bucketOf(due - day, ends), amount.currency, side, kind], amount.minor);
    };
    const open = await allOfIndex(reader, obligations, { name: 'open', value: party });
    for (const one of open.records) {
      const minor = settlementOn(one, day).openMinor;
      const side = one.debtor === party ? 'payable' : 'receivable';
      add(side, 'obligation', one.due, { minor, currency: one.amount.currency });
    }
    const held = await allOfIndex(reader, claims, { name: 'party', value: party });
    for (const claim of held.records) {
      if (!isLiveClaim(claim.state) || claim.obligation !== undefined) continue;
      if (claim.debtor === party) add('payable', 'claim', claim.maturity, claim.face);
      else if (claim.holder === party) add('receivable', 'claim', claim.maturity, claim.face);
    }
    const order = ['overdue', ...ends.map((end) => `to_${end}`), 'later'];
    const rows = sums
      .list()
      .map(({ key: [bucket, currency, side, kind], minor, count }) => ({
        bucket,
        currency,
        side,
        kind,
        minor,
        count,
      }))
      .sort((a, b) => order.indexOf(a.bucket) - order.indexOf(b.bucket));
    const complete = open.complete && held.complete;
    const proofRef = open.records
      .slice(0, page.limit)
      .map((one) => stateKey(obligations, [one.id]));
    return { data: { party, complete, ...pageOfList(rows, page) }, proofRef };
  },
});

/** Debts to small enterprises that are late by more than so many days, with their late interest. */
export const overdueSme = query({
  params: z.strictObject({
    days: z.coerce.number().int().min(0).max(36_500).default(0),
    ...viewPage,
  }),
  run: (reader, { days, ...page }) => {
    const day = dayFromTime(reader.timeMs);
    const index = { name: 'open', value: 'all' };
    return pageOfIndex(reader, obligations, index, page, async (one) => {
      if (day - one.due <= days || !(await isSmall(reader, one.creditor))) return undefined;
      return overdueFacts(one, day);
    });
  },
});

/** Vouchers that run longer than 6 months (flagged) or 12 (forbidden), with the reason stated. */
export const vouchersOverTerm = query({
  params: z.strictObject({
    months: z.union([z.literal('6'), z.literal('12')]).default('6'),
    ...viewPage,
  }),
  run: (reader, { months, ...page }) => {
    const index = { name: 'flag', value: 'term_over_six_months' };
    return pageOfIndex(reader, claims, index, page, async (claim) => {
      const root = claim.parents.length === 0 ? await reader.get(roots, claim.root) : undefined;
      if (root === undefined || root.maturity <= addMonths(root.issuedDay, Number(months))) {
        return undefined;
      }
      const { id, debtor, originalCreditor, face, issuedDay, maturity, longTermReason } = root;
      const parties_ = { claim: id, debtor, creditor: originalCreditor, face };
      return {
        ...parties_,
        issuedDay,
        maturity,
        reason: longTermReason ?? null,
        flags: claim.flags,
      };
    });
  },
});

function bucketOf(days: number, ends: readonly number[]): string {
  if (days < 0) return 'overdue';
  const end = ends.find((one) => days <= one);
  return end === undefined ? 'later' : `to_${end}`;
}

async function isSmall(reader: QueryReader, party: PartyId): Promise<boolean> {
  return SMALL.has((await reader.get(parties, party))?.sizeClass ?? '');
}

function overdueFacts(one: Obligation, day: number) {
  const { id, debtor, creditor, amount, due, sourceRef, purpose } = one;
  const { openMinor, lateMinor } = settlementOn(one, day);
  const sums = { currency: amount.currency, openMinor, lateInterestMinor: lateMinor };
  return {
    obligation: id,
    debtor,
    creditor,
    ...sums,
    due,
    daysLate: day - due,
    sourceRef,
    purpose,
  };
}
