import {
  dayFromTime,
  divideFloor,
  powerOfTen,
  type QueryReader,
  stateKey,
} from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields, partyIdSchema } from '../fields.js';
import { findFeedAt, priceAt } from '../price-feed/internal.js';
import { ageOn, weightAt } from './internal.js';
import { animals, curves, herds, pens } from './keys.js';
import { type Animal, animalIdSchema, type Curve } from './schema.js';

const BPS = 10_000n;

/** What the API may ask by name; further lists by the indexes of `livestock/animal`. */
export const queries = {
  /** A farm's heads: in = in pens + sold + dead + culled + missing (A2), and its pens. */
  herd: query({
    params: z.strictObject({ farm: partyIdSchema, ...pageFields }),
    run: async (reader, { farm, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const herd = (await reader.get(herds, farm)) ?? null;
      const index = { name: 'farm', value: farm };
      const page = await reader.list(pens, { index, limit, ...from });
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const keys = page.map(({ record }) => stateKey(pens, [record.id]));
      const data = { herd, pens: page.map(({ record }) => record) };
      const proofRef = [stateKey(herds, [farm]), ...keys];
      return { data: { ...data, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
  /** Heads of a pen by the book and by the last count, with the haircut of a mismatch (A3). */
  count: query({
    params: z.strictObject({ pen: animalIdSchema }),
    run: async (reader, { pen }) => {
      const found = await reader.get(pens, pen);
      const proofRef = [stateKey(pens, [pen])];
      if (found === undefined) return { data: null, proofRef };
      const { heads, lastCount, toleranceBps, haircutBps } = found;
      return { data: { pen, book: heads, lastCount, toleranceBps, haircutBps }, proofRef };
    },
  }),
  /** What a lender's curve says the animals of a pen are worth today, page by page. */
  valuation: query({
    params: z.strictObject({ pen: animalIdSchema, lender: partyIdSchema, ...pageFields }),
    run: async (reader, { pen, lender, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'pen', value: pen };
      const page = await reader.list(animals, { index, limit, ...from });
      const haircutBps = (await reader.get(pens, pen))?.haircutBps ?? 0;
      const proofRef = [stateKey(pens, [pen])];
      const items: unknown[] = [];
      for (const { record } of page) {
        const curve = await reader.get(curves, lender, record.species);
        proofRef.push(stateKey(animals, [record.id]), stateKey(curves, [lender, record.species]));
        items.push(await worthOf(reader, record, curve, haircutBps));
      }
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};

/** floor(weight × price × (1 − haircut)); nothing without a curve, a fresh price or insurance. */
async function worthOf(
  reader: QueryReader,
  animal: Animal,
  curve: Curve | undefined,
  mismatchBps: number,
) {
  const { id } = animal;
  if (curve === undefined) return { id, valueMinor: 0n, reason: 'no_curve' };
  const day = dayFromTime(reader.timeMs);
  if (animal.insurance === undefined || animal.insurance.validTo < day) {
    return { id, valueMinor: 0n, reason: 'not_insured' };
  }
  const feed = await findFeedAt(reader, curve.feed);
  const found = feed === undefined ? undefined : priceAt(feed, reader.timeMs);
  if (found?.fresh !== true) return { id, valueMinor: 0n, reason: 'price_not_current' };
  const weight = weightAt(curve, ageOn(animal, day));
  const { price } = found;
  const haircutBps = Math.min(10_000, curve.haircutBps + mismatchBps);
  const kept = BPS - BigInt(price.value < 0n ? 0 : haircutBps);
  const divisor = BPS * powerOfTen(curve.scale + price.scale);
  const valueMinor = divideFloor(weight * price.value * kept, divisor);
  return { id, ageDays: ageOn(animal, day), weight, haircutBps, valueMinor, price };
}
