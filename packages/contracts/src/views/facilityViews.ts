import { dayFromTime, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { idSchema } from '../params.js';
import {
  cashToCure,
  distributions,
  type Facility,
  facilities,
  isLiveFacility,
  owedOn,
  saleParts,
  sales,
} from '../pledge-facility/queries.js';
import { allOfIndex, pageOfList, viewPage } from './page.js';

const lineNames = ['warning', 'margin_call', 'disposal'] as const;

/** Facilities whose last valuation crossed a line, the largest shortfall first. */
export const ltvBreaches = query({
  params: z.strictObject({ line: z.enum(lineNames).default('warning'), ...viewPage }),
  run: async (reader, { line, ...page }) => {
    const least = lineNames.indexOf(line);
    const found: Facility[] = [];
    let complete = true;
    for (const value of lineNames.slice(least)) {
      const crossed = await allOfIndex(reader, facilities, { name: 'line', value });
      complete &&= crossed.complete;
      found.push(...crossed.records.filter((one) => isLiveFacility(one.state)));
    }
    const day = dayFromTime(reader.timeMs);
    const rows = found.map((one) => breachOf(one, day)).sort(byShortfall);
    const { items, next } = pageOfList(rows, page);
    const proofRef = items.map((one) => stateKey(facilities, [one.facility]));
    return { data: { items, complete, ...(next === undefined ? {} : { next }) }, proofRef };
  },
});

/** Who got how much of an enforcement's proceeds, by lien and article, sale by sale. */
export const waterfall = query({
  params: z.strictObject({ case: idSchema('pl') }),
  run: async (reader, { case: id }) => {
    const facility = await reader.get(facilities, id);
    const proofRef = [stateKey(facilities, [id])];
    if (facility === undefined) return { data: { items: [], case: null }, proofRef };
    const index = { name: 'facility', value: id };
    const shared = await allOfIndex(reader, distributions, index);
    const recorded = await allOfIndex(reader, sales, index);
    for (const { sale } of shared.records) {
      proofRef.push(stateKey(distributions, saleParts(id, sale)));
    }
    const items = shared.records.flatMap(({ sale, currency, ruleSet, lines }) =>
      lines.map((line) => ({ sale, currency, ruleSet, ...line })),
    );
    const waiting = recorded.records.filter((sale) => sale.state === 'RECORDED');
    const { state, enforcement, shortfallMinor } = facility;
    const summary = { id, state, enforcement, shortfallMinor, salesWaiting: waiting.length };
    return { data: { items, case: summary }, proofRef };
  },
});

type Breach = ReturnType<typeof breachOf>;

/** L as it is owed at the height, V and the line as last valued. */
function breachOf(facility: Facility, day: number) {
  const { id, lender, pledgor, state, valuation, limit, marginCall } = facility;
  const debtMinor = owedOn(facility.debt, facility, day).totalMinor;
  const valueMinor = valuation?.valueMinor ?? 0n;
  return {
    facility: id,
    lender,
    pledgor,
    state,
    currency: limit.currency,
    line: valuation?.line ?? 'none',
    debtMinor,
    valueMinor,
    valuedAt: valuation?.at ?? null,
    shortfallMinor: cashToCure(debtMinor, valueMinor, facility.cureToBps),
    deadline: marginCall?.deadline ?? null,
  };
}

function byShortfall(a: Breach, b: Breach): number {
  if (a.shortfallMinor !== b.shortfallMinor) return a.shortfallMinor > b.shortfallMinor ? -1 : 1;
  return a.facility < b.facility ? -1 : 1;
}
