import { limits, type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../../defineContract.js';
import { pageFields } from '../../fields.js';
import { derivedCounts } from '../derivedState.js';
import { lotCounts, lotPlaces, tracedLots, units } from '../keys.js';
import { emptyCounts } from '../tracedLot.js';
import { lotIdSchema } from '../traceIds.js';
import { readMarks } from './lotReader.js';

/**
 * What a recall of a lot reaches: the lot and every lot made of it, their units by state and by
 * place, what each clinic dispensed, and the dispensed units themselves, page by page.
 */
export const recallImpact = query({
  params: z.strictObject({ lot: lotIdSchema, ...pageFields }),
  run: async (reader, { lot, after, limit }) => {
    const keys: string[] = [];
    const index = { name: 'ancestor', value: lot };
    const made = await reader.list(tracedLots, { index, limit: limits.listPageMax });
    const lots: unknown[] = [];
    let isComplete = made.length < limits.listPageMax;
    for (const id of [lot, ...made.map((one) => one.record.id)]) {
      const impact = await impactOn(reader, id, keys);
      if (impact === undefined) continue;
      lots.push(impact.data);
      isComplete &&= impact.isComplete;
    }
    const dispensed = await dispensedUnits(reader, lot, { after, limit });
    keys.push(...dispensed.items.map(({ id }) => stateKey(units, [id])));
    return { data: { lot, lots, dispensed, complete: isComplete }, proofRef: keys };
  },
});

async function impactOn(reader: QueryReader, id: string, keys: string[]) {
  const found = await readMarks(reader, id);
  if (found === undefined) return undefined;
  keys.push(...found.keys, stateKey(lotCounts, [id]));
  const counts = (await reader.get(lotCounts, id)) ?? emptyCounts;
  const index = { name: 'lot', value: id };
  const page = await reader.list(lotPlaces, { index, limit: limits.listPageMax });
  const places = page.map(({ record }) => {
    keys.push(stateKey(lotPlaces, [id, record.party]));
    const byState = derivedCounts(record.byState, found.marks);
    return { party: record.party, byState, dispensed: record.byState.DISPENSED };
  });
  const { recalled } = found.marks;
  const byState = derivedCounts(counts.byState, found.marks);
  const data = { lot: id, recalled, commissioned: counts.commissioned, byState, places };
  return { data, isComplete: page.length < limits.listPageMax };
}

/** Of the lot asked for; those of a lot made of it are asked under its own id. */
async function dispensedUnits(
  reader: QueryReader,
  lot: string,
  page: { readonly after: string | undefined; readonly limit: number },
) {
  const from = page.after === undefined ? {} : { after: page.after };
  const index = { name: 'dispensed', value: lot };
  const found = await reader.list(units, { index, limit: page.limit, ...from });
  const items = found.map(({ record }) => {
    const { id, code, packs, top } = record;
    return { id, code, packs, clinic: top?.custodian, at: top?.since };
  });
  const next = found.length === page.limit ? found.at(-1)?.id : undefined;
  return { items, ...(next === undefined ? {} : { next }) };
}
