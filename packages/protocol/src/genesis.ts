import { z } from 'zod';
import { bytesFromHexText } from './bytes.js';
import { consensusParametersSchema } from './consensusParameters.js';
import { type CborValue, encodeCanonical } from './encoding.js';
import { isPartyId, isValidatorId, type PartyId, type ValidatorId } from './ids.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';
import { sortValidators, type ValidatorSet } from './validatorSet.js';

export const GENESIS_DOMAIN = 'triflow/genesis/1';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const partyId = z.custom<PartyId>((value) => typeof value === 'string' && isPartyId(value), {
  message: 'must be a party id such as uscc:… or lei:…',
});
const validatorId = z.custom<ValidatorId>(
  (value) => typeof value === 'string' && isValidatorId(value),
  { message: 'must be 1 to 32 of a-z, 0-9 and -' },
);
const name = z.string().min(1).max(limits.nameTextMax);

const genesisKeySchema = z.strictObject({
  keyId: z.string().regex(/^[a-z0-9-]{1,32}$/),
  suite: z.literal('ed25519'),
  publicKey: hex(32),
});

const genesisPartySchema = z.strictObject({
  id: partyId,
  name,
  roles: z.array(z.string().regex(/^[A-Z_]{2,20}$/)).max(limits.rolesPerPartyMax),
  sizeClass: z.enum(['large', 'medium', 'small', 'micro', 'government', 'public_institution']),
  keys: z.array(genesisKeySchema).min(1).max(limits.keysPerPartyMax),
});

const genesisValidatorSchema = z.strictObject({
  id: validatorId,
  party: partyId,
  suite: z.literal('ed25519'),
  publicKey: hex(32),
  peerId: z.string().min(10).max(128),
  power: z.literal(1),
  /** Signature of the validator key over `possessionSignBytes`. */
  possession: hex(64),
});

/** One JSON document that starts a chain; its hash is part of every signed message. */
export const genesisSchema = z.strictObject({
  format: z.literal('triflow/genesis/1'),
  chainId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/),
  timeMs: z.number().int().min(0),
  hashSuite: z.literal('sha256'),
  /** Only a devnet's genesis may use the published demo keys. */
  devnet: z.boolean(),
  parameters: consensusParametersSchema,
  contracts: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
        version: z.number().int().min(1),
        parameters: z.record(
          z.string().regex(/^[a-zA-Z0-9.]{1,64}$/),
          z.union([z.number().int(), z.string().max(256), z.boolean(), z.array(z.number().int())]),
        ),
      }),
    )
    .min(1)
    .max(64),
  parties: z.array(genesisPartySchema).min(1).max(10_000),
  validators: z.array(genesisValidatorSchema).min(1).max(limits.validatorsMax),
  observers: z
    .array(z.strictObject({ party: partyId, peerId: z.string().min(10).max(128) }))
    .max(limits.observersMax),
});

export type Genesis = z.infer<typeof genesisSchema>;
export type GenesisParty = z.infer<typeof genesisPartySchema>;
export type GenesisValidator = z.infer<typeof genesisValidatorSchema>;

/**
 * Checks a genesis document: shape, and what holds across it. Keys and possession signatures are
 * checked by `crypto`. Faults name the member: `genesis_invalid`.
 */
export function parseGenesis(document: unknown): Result<Genesis> {
  const parsed = genesisSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = `/${(issue?.path ?? []).join('/')}`;
    return failure('genesis_invalid', `${path} ${issue?.message ?? 'is wrong'}`, path);
  }
  const genesis = parsed.data;
  const parties = new Set(genesis.parties.map((party) => party.id));
  const repeated =
    firstRepeated(genesis.parties.map((party) => party.id)) ??
    firstRepeated(genesis.validators.map((validator) => validator.id)) ??
    firstRepeated(genesis.contracts.map((contract) => contract.name)) ??
    firstRepeated([
      ...genesis.validators.map((validator) => validator.peerId),
      ...genesis.observers.map((observer) => observer.peerId),
    ]) ??
    firstRepeated([
      ...genesis.validators.map((validator) => validator.publicKey),
      ...genesis.parties.flatMap((party) => party.keys.map((key) => key.publicKey)),
    ]);
  if (repeated !== undefined) return failure('genesis_invalid', `${repeated} stands twice`);
  for (const member of [...genesis.validators, ...genesis.observers]) {
    if (!parties.has(member.party)) {
      return failure('genesis_invalid', `${member.party} is not among the parties`);
    }
  }
  return success(genesis);
}

/** The bytes whose hash is the genesisHash: canonical CBOR of the document's members. */
export function genesisBytes(genesis: Genesis): Uint8Array {
  return encodeCanonical([GENESIS_DOMAIN, genesis as unknown as CborValue]);
}

/** set(1), which is also set(2). */
export function genesisValidatorSet(genesis: Genesis): ValidatorSet {
  return sortValidators(
    genesis.validators.map((validator) => ({
      id: validator.id,
      party: validator.party,
      suite: validator.suite,
      publicKey: bytesFromHexText(validator.publicKey) as Uint8Array,
      peerId: validator.peerId,
      power: validator.power,
    })),
  );
}

function firstRepeated(values: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}
