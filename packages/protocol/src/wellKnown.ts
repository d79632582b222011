import { z } from 'zod';
import type { ParameterValue, Table } from './contract.js';
import type { PartyId, ValidatorId } from './ids.js';
import { limits } from './limits.js';

/**
 * Records that the ledger itself must read, so their layout is part of the protocol: keys that
 * signatures are judged by, validator sets, parameters, recent transaction ids.
 */
const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const partyKeySchema = z.strictObject({
  party: z.custom<PartyId>((value) => typeof value === 'string'),
  keyId: z.string(),
  suite: z.string(),
  publicKey: bytesSchema,
  /** Digest that stands for the person who holds the key (domain 3.1); never who it is. */
  personRef: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
  /** First height at which it signs. */
  fromHeight: z.number().int(),
  /** First height at which it no longer signs. */
  toHeight: z.number().int().optional(),
});

export type PartyKey = z.infer<typeof partyKeySchema>;

/** `party-registry/key/<party>/<keyId>` (architecture section 4: judged in the parent state). */
export const partyKeyTable: Table<PartyKey> = {
  contract: 'party-registry',
  name: 'key',
  schema: partyKeySchema,
  visibility: { anyone: true },
};

const validatorEntrySchema = z.strictObject({
  id: z.custom<ValidatorId>((value) => typeof value === 'string'),
  party: z.custom<PartyId>((value) => typeof value === 'string'),
  suite: z.string(),
  publicKey: bytesSchema,
  peerId: z.string(),
  power: z.number().int(),
});

export const validatorSetSchema = z.strictObject({
  fromHeight: z.number().int().min(1),
  validators: z.array(validatorEntrySchema).min(1).max(limits.validatorsMax),
});

export const validatorSetsSchema = z.strictObject({
  /** Ascending by height; set(h) is the last with fromHeight <= h. */
  sets: z.array(validatorSetSchema).min(1).max(limits.validatorSetsInForceMax),
  /** First heights of earlier sets, kept until evidence of their heights is too old (R-E2). */
  earlier: z.array(z.number().int()).max(limits.validatorSetsKeptMax),
});

export type ValidatorSets = z.infer<typeof validatorSetsSchema>;

/** `governance/validatorSets/all`: after block h it says set(h+1) and set(h+2) (R-S1). */
export const validatorSetsTable: Table<ValidatorSets> = {
  contract: 'governance',
  name: 'validatorSets',
  schema: validatorSetsSchema,
  visibility: { anyone: true },
};

/** `governance/validatorSet/<first height>`: a set that has been replaced. */
export const validatorSetTable: Table<z.infer<typeof validatorSetSchema>> = {
  contract: 'governance',
  name: 'validatorSet',
  schema: validatorSetSchema,
};

export const observersSchema = z.strictObject({
  observers: z.array(
    z.strictObject({
      party: z.custom<PartyId>((value) => typeof value === 'string'),
      peerId: z.string(),
    }),
  ),
});

/** `governance/observers/all`. */
export const observersTable: Table<z.infer<typeof observersSchema>> = {
  contract: 'governance',
  name: 'observers',
  schema: observersSchema,
  visibility: { anyone: true },
};

export const parameterValueSchema = z.union([
  z.number().int(),
  z.string().max(limits.parameterTextMax),
  z.boolean(),
  z.array(z.number().int()).max(limits.parameterListMax),
]);

/** `governance/parameters/<contract>`: `consensus` for the shared ones, else a contract's name. */
export const parametersSchema = z.strictObject({
  values: z.record(z.string(), parameterValueSchema),
  /** Decided changes, ascending by the first height at which they count (G2). */
  later: z
    .array(
      z.strictObject({
        fromHeight: z.number().int(),
        name: z.string(),
        value: parameterValueSchema,
      }),
    )
    .max(limits.laterParametersMax)
    .optional(),
});

export type ParametersRecord = z.infer<typeof parametersSchema>;

export const parametersTable: Table<ParametersRecord> = {
  contract: 'governance',
  name: 'parameters',
  schema: parametersSchema,
  visibility: { anyone: true },
};

/** The values in force at a height; the record's own object while no later change counts. */
export function parametersAt(
  record: ParametersRecord,
  height: number,
): Readonly<Record<string, ParameterValue>> {
  const counting = (record.later ?? []).filter((change) => change.fromHeight <= height);
  if (counting.length === 0) return record.values;
  const changed = Object.fromEntries(counting.map(({ name, value }) => [name, value]));
  return { ...record.values, ...changed };
}

/** `ledger/tx/<txId>`: recent ids, kept through their validUntilHeight (architecture 4). */
export const recentTxSchema = z.strictObject({
  height: z.number().int(),
  index: z.number().int(),
  validUntilHeight: z.number().int(),
  /** Digest of the result's canonical bytes, so that the outcome can be proved from state. */
  result: z.string(),
});

export const recentTxTable: Table<z.infer<typeof recentTxSchema>> = {
  contract: 'ledger',
  name: 'tx',
  schema: recentTxSchema,
};

/** `governance/evidence/<validator>/<height>-<round>-<kind>`: a proved equivocation (R-E3). */
export const evidenceRecordSchema = z.strictObject({
  validator: z.string(),
  height: z.number().int(),
  round: z.number().int(),
  kind: z.string(),
  recordedAt: z.number().int(),
  evidence: bytesSchema,
});

export const evidenceTable: Table<z.infer<typeof evidenceRecordSchema>> = {
  contract: 'governance',
  name: 'evidence',
  schema: evidenceRecordSchema,
  visibility: { anyone: true },
};
