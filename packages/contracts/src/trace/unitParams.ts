import { currencySchema, daySchema, limits, quantitySchema, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import {
  countSchema,
  nameSchema,
  noteSchema,
  partyIdSchema,
  refSchema,
  skuSchema,
  versionSchema,
} from '../fields.js';
import { eventKeySchema, lotIdSchema } from './traceIds.js';
import { durableSchema, levelSchema, unitCodeSchema, unitIdSchema } from './unitSchema.js';

/** A public payer's term is at most 60 days, agreed or not (SME regulation, article 9). */
const PAYMENT_DAYS_MAX = 60;

const lotFields = {
  id: lotIdSchema,
  sku: skuSchema,
  name: nameSchema,
  /** Value 0 for a lot that a transformation will fill. A vaccine is counted in packs (H87). */
  made: quantitySchema,
  /** Warehouses' lots that the goods came from; traced ones are linked by `transform`. */
  lineage: z.array(lotIdSchema).max(limits.transformationPartsMax).optional(),
};
const changed = { id: unitIdSchema, expectedVersion: versionSchema };
const unitListSchema = z.array(unitIdSchema).min(1).max(limits.serialsPerCommandMax);
const packing = {
  parent: unitIdSchema,
  expectedVersion: versionSchema,
  children: unitListSchema,
  event: eventKeySchema.optional(),
};
const partsSchema = z
  .array(z.strictObject({ lot: lotIdSchema, quantity: quantitySchema }))
  .min(1)
  .max(limits.transformationPartsMax);
const frozenIdSchema = z.union([unitIdSchema, lotIdSchema]);

/** Parameters of the commands on lots and units. No member can hold a person's data (T4). */
export const unitCommandSchemas = {
  open_lot: z.strictObject({
    ...lotFields,
    kind: z.enum(['vaccine', 'goods']),
    /** A vaccine has one. */
    expiryDay: daySchema.optional(),
  }),
  commission: z.strictObject({
    lot: lotIdSchema,
    level: levelSchema,
    units: z
      .array(z.strictObject({ id: unitIdSchema, code: unitCodeSchema }))
      .min(1)
      .max(limits.serialsPerCommandMax),
    event: eventKeySchema.optional(),
  }),
  pack: z.strictObject(packing),
  unpack: z.strictObject(packing),
  associate: z.strictObject({ ...changed, with: durableSchema }),
  dissociate: z.strictObject({ ...changed, with: durableSchema }),
  transform: z.strictObject({
    inputs: partsSchema,
    outputs: partsSchema,
    event: eventKeySchema.optional(),
  }),
  release_lot: z.strictObject({
    id: lotIdSchema,
    expectedVersion: versionSchema,
    certificate: refSchema,
  }),
  refuse_lot: z.strictObject({
    id: lotIdSchema,
    expectedVersion: versionSchema,
    certificate: refSchema,
    reason: noteSchema,
  }),
  direct_supply: z.strictObject({ lot: lotIdSchema, clinic: partyIdSchema, direction: refSchema }),
  ship: z.strictObject({ ...changed, to: partyIdSchema, monitoredAs: unitIdSchema.optional() }),
  receive: z.strictObject({ ...changed, releaseCopy: refSchema.optional() }),
  dispense: z.strictObject(changed),
  quarantine: z.strictObject({ ...changed, reason: noteSchema, evidence: refSchema.optional() }),
  qa_release: z.strictObject({ ...changed, evidence: refSchema }),
  destroy: z.strictObject({
    ...changed,
    witness: partyIdSchema,
    reason: noteSchema,
    evidence: refSchema,
  }),
  report_lost: z.strictObject({ ...changed, reason: noteSchema }),
  recall: z.strictObject({ id: lotIdSchema, reason: noteSchema, evidence: refSchema }),
  file_report: z.strictObject({
    id: unitIdSchema,
    number: z.number().int().min(1),
    report: refSchema,
  }),
  agree_supply: z.strictObject({
    lot: lotIdSchema,
    buyer: partyIdSchema,
    seller: partyIdSchema,
    packs: z
      .number()
      .int()
      .min(1)
      .max(10 ** 9),
    unitMinor: countSchema,
    currency: currencySchema,
    days: z.number().int().min(0).max(PAYMENT_DAYS_MAX),
  }),
  freeze: z.strictObject({ id: frozenIdSchema, order: refSchema, until: timeSchema.optional() }),
  unfreeze: z.strictObject({ id: frozenIdSchema, order: refSchema }),
} as const;
