import { daySchema, isObjectId, limits, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import {
  bytesSchema,
  hashTextSchema,
  nameSchema,
  partyIdSchema,
  refSchema,
  sizeClassSchema,
  versionSchema,
} from '../fields.js';
import { roles } from '../roles.js';

export { partyIdSchema, refSchema, sizeClassSchema };

export const roleSchema = z.enum(roles);
export const partyStateSchema = z.enum(['ACTIVE', 'SUSPENDED']);
const objectIdSchema = z.string().refine((text) => isObjectId(text), 'must be an object id');
const keyIdSchema = z.string().regex(/^[a-z0-9-]{1,32}$/);

const licenceKindSchema = z.string().regex(/^[a-z_]{1,32}$/);

export const licenceSchema = z.strictObject({
  /** Which business it allows; the parameter `licensedRoles` names it beside the role. */
  kind: licenceKindSchema,
  number: z.string().regex(/^[0-9A-Za-z-]{1,40}$/),
  scope: nameSchema,
  validTo: daySchema,
});

export const partySchema = z.strictObject({
  id: partyIdSchema,
  name: nameSchema,
  roles: z.array(roleSchema).max(limits.rolesPerPartyMax),
  sizeClass: sizeClassSchema,
  state: partyStateSchema,
  /** Keys that are in force or will be; revoked ones keep their own records only. */
  keyIds: z.array(keyIdSchema).max(limits.keysPerPartyMax),
  licences: z.array(licenceSchema).max(limits.licencesPerPartyMax),
  registeredAt: timeSchema,
  version: versionSchema,
});

export const keyOwnerSchema = z.strictObject({ party: partyIdSchema });

export const governorsSchema = z.strictObject({
  active: z.array(partyIdSchema).max(limits.governorsMax),
});

export const affiliationKindSchema = z.enum(['controls', 'common_control', 'family', 'employment']);

export const affiliationsSchema = z.strictObject({
  others: z
    .array(
      z.strictObject({
        other: partyIdSchema,
        kind: affiliationKindSchema,
        /** Who controls or employs; the relation itself holds both ways (P3). */
        subject: partyIdSchema,
        evidence: refSchema,
        since: timeSchema,
        declaredBy: partyIdSchema,
      }),
    )
    .max(limits.affiliationsPerPartyMax),
});

/** What a holder shows a reader, or a court's order opens to it (domain section 6). */
export const viewSchema = z.strictObject({
  id: hashTextSchema,
  object: objectIdSchema,
  reader: partyIdSchema,
  by: partyIdSchema,
  until: timeSchema,
  order: refSchema.optional(),
  grantedAt: timeSchema,
});

export type View = z.infer<typeof viewSchema>;
export type Party = z.infer<typeof partySchema>;
export type Licence = z.infer<typeof licenceSchema>;
export type Affiliations = z.infer<typeof affiliationsSchema>;

const keyFields = {
  keyId: keyIdSchema,
  suite: z.literal('ed25519'),
  publicKey: bytesSchema,
  /** Digest that stands for the person who holds the key: dual control asks for two. */
  personRef: hashTextSchema.optional(),
};
const licencesSchema = z.array(licenceSchema).max(limits.licencesPerPartyMax);
const changeFields = { id: partyIdSchema, expectedVersion: versionSchema };

export const commandSchemas = {
  register_party: z.strictObject({
    id: partyIdSchema,
    name: nameSchema,
    roles: z.array(roleSchema).max(limits.rolesPerPartyMax),
    sizeClass: sizeClassSchema,
    key: z.strictObject(keyFields),
    licences: licencesSchema.optional(),
  }),
  add_key: z.strictObject({ id: partyIdSchema, ...keyFields }),
  revoke_key: z.strictObject({ ...changeFields, keyId: keyIdSchema }),
  record_licence: z.strictObject({ id: partyIdSchema, licence: licenceSchema }),
  flag_licence_expiry: z.strictObject({ id: partyIdSchema, kind: licenceKindSchema }),
  grant_role: z.strictObject({ ...changeFields, role: roleSchema }),
  revoke_role: z.strictObject({ ...changeFields, role: roleSchema }),
  declare_affiliation: z.strictObject({
    id: partyIdSchema,
    other: partyIdSchema,
    kind: affiliationKindSchema,
    evidence: refSchema,
  }),
  grant_view: z.strictObject({
    object: objectIdSchema,
    reader: partyIdSchema,
    until: timeSchema,
    /** The court's order that names the object; a COURT needs one. */
    order: refSchema.optional(),
  }),
  revoke_view: z.strictObject({ object: objectIdSchema, reader: partyIdSchema }),
  suspend: z.strictObject(changeFields),
  reinstate: z.strictObject(changeFields),
} as const;
