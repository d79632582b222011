import {
  bpsSchema,
  currencySchema,
  daySchema,
  integerSchema,
  limits,
  scaleSchema,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { partyIdSchema, skuSchema, versionSchema } from '../fields.js';
import { idSchema } from '../params.js';

const DAY_MS = 86_400_000;

export const feedIdSchema = idSchema('pf');
const roundSchema = z.number().int().min(1).max(limits.roundMax);
const oraclesSchema = z.array(partyIdSchema).min(1).max(limits.oraclesPerFeedMax);

/** What a feed prices and by which rules. */
const termFields = {
  id: feedIdSchema,
  sku: skuSchema,
  currency: currencySchema,
  unit: unitSchema,
  scale: scaleSchema,
  oracles: oraclesSchema,
  /** How many quotes make a price: m of n. */
  quorum: z.number().int().min(1).max(limits.oraclesPerFeedMax),
  windowMs: z
    .number()
    .int()
    .min(1_000)
    .max(30 * DAY_MS),
  staleAfterMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * DAY_MS),
  maxMoveBps: bpsSchema,
  confirmWithinBps: bpsSchema,
};

export const quoteSchema = z.strictObject({
  oracle: partyIdSchema,
  value: integerSchema,
  observedAt: timeSchema,
  submittedAt: timeSchema,
});

const pointFields = {
  round: roundSchema,
  value: integerSchema,
  observedAt: timeSchema,
  sourceDay: daySchema.optional(),
};

export const feedSchema = z.strictObject({
  ...termFields,
  /** The round that is collecting quotes, or whose window has ended without enough of them. */
  open: z
    .strictObject({
      round: roundSchema,
      firstAt: timeSchema,
      sourceDay: daySchema.optional(),
      quotes: z.array(quoteSchema).max(limits.oraclesPerFeedMax),
    })
    .optional(),
  /** Number of the last round that ended; 0 before the first. */
  lastRound: z.number().int().min(0).max(limits.roundMax),
  current: z.strictObject({ ...pointFields, finalAt: timeSchema }).optional(),
  unconfirmed: z.strictObject(pointFields).optional(),
  state: z.enum(['OPEN', 'UNCONFIRMED']),
  version: versionSchema,
});

/** How a round ended. FINAL, REJECTED and VOID never change. */
export const roundRecordSchema = z.strictObject({
  feed: feedIdSchema,
  round: roundSchema,
  state: z.enum(['FINAL', 'UNCONFIRMED', 'REJECTED', 'VOID']),
  value: integerSchema.optional(),
  observedAt: timeSchema.optional(),
  sourceDay: daySchema.optional(),
  quotes: z.array(quoteSchema).max(limits.oraclesPerFeedMax),
  closedAt: timeSchema,
  /** The second round that confirmed or rejected a big move. */
  decidedBy: roundSchema.optional(),
});

export type Feed = z.infer<typeof feedSchema>;
export type Quote = z.infer<typeof quoteSchema>;
export type RoundRecord = z.infer<typeof roundRecordSchema>;
export type OpenRound = NonNullable<Feed['open']>;
export type PricePoint = NonNullable<Feed['unconfirmed']>;

export const commandSchemas = {
  create_feed: z.strictObject(termFields),
  submit_quote: z.strictObject({
    id: feedIdSchema,
    round: roundSchema,
    value: integerSchema,
    observedAt: timeSchema,
    sourceDay: daySchema.optional(),
  }),
} as const;
