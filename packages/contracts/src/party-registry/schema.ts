import { isPartyId, limits, type PartyId, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { roles } from '../roles.js';

export const partyIdSchema = z.custom<PartyId>(
  (value) => typeof value === 'string' && isPartyId(value),
  { message: 'must be a party id such as uscc:… or lei:…' },
);
export const roleSchema = z.enum(roles);
export const sizeClassSchema = z.enum([
  'large',
  'medium',
  'small',
  'micro',
  'government',
  'public_institution',
]);
export const partyStateSchema = z.enum(['ACTIVE', 'SUSPENDED']);
const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, {
  message: 'must be bytes',
});
const nameSchema = z.string().min(1).max(limits.nameTextMax);
const keyIdSchema = z.string().regex(/^[a-z0-9-]{1,32}$/);
/** Hash and media type of a document kept outside the ledger. */
export const refSchema = z.strictObject({
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  mediaType: z.string().min(3).max(100),
});

export const partySchema = z.strictObject({
  id: partyIdSchema,
  name: nameSchema,
  roles: z.array(roleSchema).max(limits.rolesPerPartyMax),
  sizeClass: sizeClassSchema,
  state: partyStateSchema,
  keyIds: z.array(keyIdSchema).max(limits.keysPerPartyMax),
  registeredAt: timeSchema,
  version: z.number().int(),
});

export const keyOwnerSchema = z.strictObject({ party: partyIdSchema });

export const affiliationKindSchema = z.enum(['controls', 'common_control', 'family', 'employment']);

export const affiliationsSchema = z.strictObject({
  others: z
    .array(
      z.strictObject({
        other: partyIdSchema,
        kind: affiliationKindSchema,
        evidence: refSchema,
        since: timeSchema,
        declaredBy: partyIdSchema,
      }),
    )
    .max(256),
});

export type Party = z.infer<typeof partySchema>;
export type Affiliations = z.infer<typeof affiliationsSchema>;

const keyFields = {
  keyId: keyIdSchema,
  suite: z.literal('ed25519'),
  publicKey: bytesSchema,
};

export const commandSchemas = {
  register_party: z.strictObject({
    id: partyIdSchema,
    name: nameSchema,
    roles: z.array(roleSchema).max(limits.rolesPerPartyMax),
    sizeClass: sizeClassSchema,
    key: z.strictObject(keyFields),
  }),
  add_key: z.strictObject({ id: partyIdSchema, ...keyFields }),
  revoke_key: z.strictObject({ id: partyIdSchema, keyId: keyIdSchema }),
  grant_role: z.strictObject({ id: partyIdSchema, role: roleSchema }),
  revoke_role: z.strictObject({ id: partyIdSchema, role: roleSchema }),
  declare_affiliation: z.strictObject({
    id: partyIdSchema,
    other: partyIdSchema,
    kind: affiliationKindSchema,
    evidence: refSchema,
  }),
  suspend: z.strictObject({ id: partyIdSchema }),
  reinstate: z.strictObject({ id: partyIdSchema }),
} as const;
