import {
  bpsSchema,
  currencySchema,
  INTEGER_MAX,
  isPartyId,
  limits,
  type PartyId,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';

/** Shapes that several contracts' records and parameters share. Safe in a browser. */
export const partyIdSchema = z.custom<PartyId>(
  (value) => typeof value === 'string' && isPartyId(value),
  { message: 'must be a party id such as uscc:… or lei:…' },
);

export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, {
  message: 'must be bytes',
});

export const hashTextSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Hash and media type of a document kept outside the ledger. */
export const refSchema = z.strictObject({
  hash: hashTextSchema,
  mediaType: z.string().min(3).max(100),
});

export const nameSchema = z.string().min(1).max(limits.nameTextMax);
export const noteSchema = z.string().min(1).max(limits.noteTextMax);
export const skuSchema = z.string().regex(/^[\x21-\x2e\x30-\x7e]{1,64}$/);

/** The version of an object that exists: 1 and up. */
export const versionSchema = z.number().int().min(1);

/** A counter of money or goods: never negative. */
export const countSchema = z.bigint().min(0n).max(INTEGER_MAX);

export const sizeClassSchema = z.enum([
  'large',
  'medium',
  'small',
  'micro',
  'government',
  'public_institution',
]);

export type SizeClass = z.infer<typeof sizeClassSchema>;

/** Money that a record counts: never below nothing. */
export const countedMoneySchema = z.strictObject({ minor: countSchema, currency: currencySchema });

/** The id of an object of any kind. */
export const objectIdSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);

/** A yearly rate over 360 or 365 days, or a daily one (day count 1). */
export const lateRateSchema = z.strictObject({
  rateBps: bpsSchema,
  dayCount: z.union([z.literal(1), z.literal(360), z.literal(365)]),
});

/** An earlier creditor; payment to it discharges until the debtor had notice of a later one. */
export const formerCreditorSchema = z.strictObject({
  party: partyIdSchema,
  noticeAt: timeSchema.optional(),
});

export type LateRate = z.infer<typeof lateRateSchema>;
export type FormerCreditor = z.infer<typeof formerCreditorSchema>;

export { currencySchema, unitSchema };

/** How a query pages through a list: from after an id, so many. */
export const pageFields = {
  after: z.string().max(limits.stateKeyBytesMax).optional(),
  limit: z.coerce.number().int().min(1).max(limits.listPageMax).default(limits.listPageDefault),
};
