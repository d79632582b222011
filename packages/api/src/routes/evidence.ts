import {
  canonicalJson,
  isPartyId,
  isValidatorId,
  limits,
  type PartyId,
  utf8FromText,
  type ValidatorId,
} from '@triflow/protocol';
import { z } from 'zod';
import { flagText, heightText, txIdField } from './fields.js';
import { defineRoute } from './route.js';

export const EVIDENCE_FORMAT = 'triflow/evidence/1';
const CHECKSUM_DOMAIN = 'triflow/evidence-checksum/1\n';

const hexBytes = (max: number) => {
  return z
    .string()
    .max(2 * max)
    .regex(/^([0-9a-f]{2})*$/, 'must be lower-case hexadecimal');
};
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const headerHex = hexBytes(limits.evidenceHeaderBytesMax);
const certificateHex = hexBytes(limits.certificateBytesMax);
const path = z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(32);

const validatorSchema = z.strictObject({
  id: z.custom<ValidatorId>((value) => typeof value === 'string' && isValidatorId(value)),
  party: z.custom<PartyId>((value) => typeof value === 'string' && isPartyId(value)),
  suite: z.string().max(limits.idTextMax),
  publicKey: hexBytes(64),
  peerId: z.string().max(limits.nameTextMax),
  power: z.number().int().min(1).max(1),
});

/** An evidence file (the sdk's README, "Evidence files"). Bytes are lower-case hexadecimal. */
export const evidenceFileSchema = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  chainId: z.string().max(limits.idTextMax),
  genesisHash: digest,
  /** The genesis document itself, for a reader who trusts its hash only. */
  genesis: z.record(z.string(), z.unknown()).optional(),
  header: headerHex,
  certificate: certificateHex,
  /** Changes of validators between the trusted set and the header's, oldest first. */
  validatorSteps: z
    .array(
      z.strictObject({
        header: headerHex,
        certificate: certificateHex,
        nextValidators: z.array(validatorSchema).min(1).max(limits.validatorsMax),
      }),
    )
    .max(limits.validatorStepsMax),
  states: z.array(hexBytes(limits.stateProofBytesMax)).max(limits.evidenceItemsMax),
  transactions: z
    .array(
      z.strictObject({
        bytes: hexBytes(limits.transactionBytesMax),
        index: z.number().int().min(0),
        path,
        result: hexBytes(limits.answerBytesMax),
        resultCount: z.number().int().min(1),
        resultPath: path,
      }),
    )
    .max(limits.evidenceItemsMax),
  /** Digest of all the rest, so that no byte can differ unseen. */
  checksum: digest,
});

export type EvidenceFile = z.infer<typeof evidenceFileSchema>;
export type EvidenceContent = Omit<EvidenceFile, 'checksum'>;

/** The one byte form of an evidence file: canonical JSON (RFC 8785) with its checksum. */
export function evidenceFileBytes(
  content: EvidenceContent,
  checksum: (content: EvidenceContent) => string,
): Uint8Array {
  return utf8FromText(canonicalJson({ ...content, checksum: checksum(content) }));
}

/** The bytes that a file's checksum is taken of. */
export function evidenceChecksumBytes(content: EvidenceContent): Uint8Array {
  return utf8FromText(CHECKSUM_DOMAIN + canonicalJson(content));
}

const evidenceQuery = z.strictObject({
  /** Leaves the genesis document out: the reader then has it beside the file. */
  bare: flagText.optional(),
});
const answers = { 200: { about: 'The file, in its one byte form.', schema: evidenceFileSchema } };

export const evidenceRoutes = {
  getObjectEvidence: defineRoute({
    name: 'getObjectEvidence',
    scope: 'objects',
    method: 'GET',
    url: '/v1/:objects/:id/evidence',
    summary: 'A portable file that proves an object, or its absence, with no node at all.',
    params: z.strictObject({ objects: z.string(), id: z.string().min(1).max(64) }),
    query: evidenceQuery.extend({ at: heightText.optional() }),
    answers,
  }),
  getTransactionEvidence: defineRoute({
    name: 'getTransactionEvidence',
    scope: 'blocks',
    method: 'GET',
    url: '/v1/transactions/:id/evidence',
    summary: 'A portable file that proves a transaction and its result.',
    params: z.strictObject({ id: txIdField }),
    query: evidenceQuery,
    answers,
  }),
} as const;
