import { isPartyId, limits, type PartyId } from '@triflow/protocol';
import { z } from 'zod';

/** A registered party's id, as records and parameters carry it. */
export const partyIdSchema = z.custom<PartyId>(
  (value) => typeof value === 'string' && isPartyId(value),
  { message: 'must be a party id such as uscc:… or lei:…' },
);

/** A digest with its suite, as records and parameters carry it. */
export const hashTextSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Hash and media type of a document kept outside the ledger. */
export const refSchema = z.strictObject({
  hash: hashTextSchema,
  mediaType: z.string().min(3).max(100),
});

/** A short text that people wrote: a name, a place, a mark. */
export const nameSchema = z.string().min(1).max(limits.nameTextMax);

/** The id of any object, whatever its kind. */
export const objectIdSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
