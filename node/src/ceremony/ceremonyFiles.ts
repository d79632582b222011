import { readFile, writeFile } from 'node:fs/promises';
import { CodedError, consensusParametersSchema, genesisSchema } from '@triflow/protocol';
import { z } from 'zod';

const JSON_INDENT = 2;
const { shape } = genesisSchema;
const partySchema = shape.parties.element;
const validatorSchema = shape.validators.element.omit({ party: true, power: true });
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const addressSchema = z
  .string()
  .min(3)
  .max(255)
  .regex(/:\d{1,5}$/, 'must be host:port');

/** What the consortium has agreed on before anybody joins. */
export const draftSchema = z.strictObject({
  format: z.literal('triflow/genesis-draft/1'),
  chainId: shape.chainId,
  timeMs: shape.timeMs,
  parameters: consensusParametersSchema,
  contracts: shape.contracts,
});

/** One party's signed part: itself, its public keys, its seat. No secret is in it. */
export const joinSchema = z.strictObject({
  format: z.literal('triflow/genesis-join/1'),
  chainId: shape.chainId,
  draftHash: hex(32),
  party: partySchema,
  validator: validatorSchema.optional(),
  observer: z.strictObject({ peerId: z.string().min(10).max(128) }).optional(),
  /** Where its node will be, for the others' `[p2p.peers]`; not part of the genesis. */
  address: addressSchema.optional(),
  madeAtMs: z.number().int().min(0),
  /** By the party's first key over everything above. */
  signature: hex(64),
});

/** All parts together, as everybody looks at them before they sign. */
export const proposalSchema = z.strictObject({
  format: z.literal('triflow/genesis-proposal/1'),
  genesis: genesisSchema,
  joins: z.array(joinSchema).min(1),
});

/** A party's word that it wants exactly this genesis. */
export const acceptanceSchema = z.strictObject({
  format: z.literal('triflow/genesis-acceptance/1'),
  genesisHash: hex(32),
  party: partySchema.shape.id,
  keyId: z.string(),
  signature: hex(64),
});

export type Draft = z.infer<typeof draftSchema>;
export type Join = z.infer<typeof joinSchema>;
export type Proposal = z.infer<typeof proposalSchema>;
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** Reads one of the ceremony's files. GENESIS_INVALID names the file and the member. */
export async function readCeremonyFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CodedError('GENESIS_INVALID', `${path} cannot be read as JSON`, { cause });
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `/${issue?.path.join('/') ?? ''}`;
  throw new CodedError('GENESIS_INVALID', `${path}: ${where} ${issue?.message ?? 'is wrong'}`);
}

/** Writes a new file that everybody may read; an old one stays. */
export async function writeCeremonyFile(path: string, document: unknown): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(document, null, JSON_INDENT)}\n`, { flag: 'wx' });
  } catch (cause) {
    const message = `${path} cannot be written, or is there already; nothing was changed`;
    throw new CodedError('REQUEST_INVALID', message, { cause });
  }
}
