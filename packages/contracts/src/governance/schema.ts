import {
  isValidatorId,
  limits,
  parameterValueSchema,
  timeSchema,
  type ValidatorId,
} from '@triflow/protocol';
import { z } from 'zod';
import { bytesSchema, hashTextSchema, partyIdSchema, versionSchema } from '../fields.js';
import { idSchema } from '../params.js';

export const proposalIdSchema = idSchema('gp');
export const heightSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const validatorIdSchema = z.custom<ValidatorId>(
  (value) => typeof value === 'string' && isValidatorId(value),
  { message: 'must be 1 to 32 of a-z, 0-9 and -' },
);
const peerIdSchema = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{40,64}$/);
const keyFields = { suite: z.literal('ed25519'), publicKey: bytesSchema };
const contractNameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
export const featureNameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

const bodies = {
  add_validator: z.strictObject({
    validator: validatorIdSchema,
    party: partyIdSchema,
    ...keyFields,
    peerId: peerIdSchema,
  }),
  remove_validator: z.strictObject({ validator: validatorIdSchema }),
  rekey_validator: z.strictObject({ validator: validatorIdSchema, ...keyFields }),
  add_observer: z.strictObject({ party: partyIdSchema, peerId: peerIdSchema }),
  remove_observer: z.strictObject({ peerId: peerIdSchema }),
  set_parameter: z.strictObject({
    /** `consensus` for the shared ones, else a contract's name. */
    contract: contractNameSchema,
    name: z.string().regex(/^[a-zA-Z0-9.]{1,64}$/),
    value: parameterValueSchema,
  }),
  activate_feature: z.strictObject({ feature: featureNameSchema }),
} as const;

const change = <K extends keyof typeof bodies>(kind: K) => {
  return z.strictObject({ kind: z.literal(kind), body: bodies[kind] });
};

/** What a proposal would do. */
export const changeSchema = z.discriminatedUnion('kind', [
  change('add_validator'),
  change('remove_validator'),
  change('rekey_validator'),
  change('add_observer'),
  change('remove_observer'),
  change('set_parameter'),
  change('activate_feature'),
]);

export const proposalStates = ['OPEN', 'PASSED', 'REJECTED', 'EXPIRED', 'EXECUTED'] as const;

export const proposalSchema = z.strictObject({
  id: proposalIdSchema,
  change: changeSchema,
  /** The seat's key when a removal or a new key was proposed: another holder is another seat. */
  seatKey: bytesSchema.optional(),
  proposer: partyIdSchema,
  proposedAt: timeSchema,
  closesAt: timeSchema,
  activateAt: heightSchema.optional(),
  votes: z
    .array(z.strictObject({ governor: partyIdSchema, yes: z.boolean() }))
    .max(limits.governorsMax),
  state: z.enum(proposalStates),
  /** Height and time of the vote that passed it. */
  passed: z.strictObject({ height: heightSchema, at: timeSchema }).optional(),
  /** First height at which what was decided counts. */
  inForceFrom: heightSchema.optional(),
  /** Status code of the guard that no longer held when the votes were enough. */
  rejectedFor: z.string().optional(),
  version: versionSchema,
});

export const featureSchema = z.strictObject({
  feature: featureNameSchema,
  fromHeight: heightSchema,
  proposal: proposalIdSchema,
});

export const consensusKeySchema = z.strictObject({ validator: validatorIdSchema });

const anchorFields = {
  /** The peer id of the node whose log it is: a party may run several, each with its own. */
  node: peerIdSchema,
  /** First and last entry of the node's access log under the root, counted from 1. */
  from: z.number().int().min(1),
  to: z.number().int().min(1),
  root: hashTextSchema,
};

export const anchorSchema = z.strictObject({
  party: partyIdSchema,
  ...anchorFields,
  anchoredAt: timeSchema,
});

export const anchorHeadSchema = z.strictObject({ to: z.number().int().min(1) });

export type Change = z.infer<typeof changeSchema>;
export type Proposal = z.infer<typeof proposalSchema>;
export type Anchor = z.infer<typeof anchorSchema>;

export const commandSchemas = {
  propose: z.strictObject({
    id: proposalIdSchema,
    change: changeSchema,
    activateAt: heightSchema.optional(),
  }),
  vote: z.strictObject({ id: proposalIdSchema, yes: z.boolean() }),
  expire_proposal: z.strictObject({ id: proposalIdSchema }),
  activate: z.strictObject({
    id: proposalIdSchema,
    /** By the new key, over a committed block: it is held, and its node is in sync (R-S3). */
    readiness: z
      .strictObject({ height: heightSchema, valueId: hashTextSchema, signature: bytesSchema })
      .optional(),
  }),
  anchor_access_log: z.strictObject(anchorFields),
} as const;
