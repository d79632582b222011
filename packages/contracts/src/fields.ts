import {
  currencySchema,
  INTEGER_MAX,
  isPartyId,
  limits,
  type PartyId,
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

export { currencySchema, unitSchema };

/** How a query pages through a list: from after an id, so many. */
export const pageFields = {
  after: z.string().max(limits.stateKeyBytesMax).optional(),
  limit: z.coerce.number().int().min(1).max(limits.listPageMax).default(limits.listPageDefault),
};
