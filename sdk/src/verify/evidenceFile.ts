import { hashOf } from '@triflow/crypto';
import {
  bytesFromHexText,
  canonicalJson,
  failure,
  hexFromBytes,
  isPartyId,
  isValidatorId,
  limits,
  type PartyId,
  parseJson,
  plainFromJson,
  type Result,
  success,
  textFromHash,
  textFromUtf8,
  utf8FromText,
  type ValidatorId,
} from '@triflow/protocol';
import { z } from 'zod';

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

/** An evidence file (README, "Evidence files"). Bytes are lower-case hexadecimal. */
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
export function encodeEvidenceFile(content: EvidenceContent): Uint8Array {
  return utf8FromText(canonicalJson({ ...content, checksum: checksumOf(content) }));
}

/**
 * Reads a file and checks its form: exactly the canonical bytes, no member unknown, the checksum
 * right. Faults: `evidence_malformed`, `evidence_tampered`.
 */
export function decodeEvidenceFile(bytes: Uint8Array): Result<EvidenceFile> {
  if (bytes.length > limits.evidenceFileBytesMax) return malformed('the file is too large');
  const parsed = parseJson(bytes);
  if (!parsed.ok) return malformed(parsed.fault.message);
  const plain = plainFromJson(parsed.value);
  if (!plain.ok) return malformed(plain.fault.message);
  const file = evidenceFileSchema.safeParse(plain.value);
  if (!file.success) {
    const issue = file.error.issues[0];
    return malformed(`/${(issue?.path ?? []).join('/')} ${issue?.message ?? 'is wrong'}`);
  }
  if (canonicalJson(file.data) !== textFromUtf8(bytes)) {
    return malformed('the bytes are not in canonical form');
  }
  const { checksum, ...content } = file.data;
  if (content.states.length + content.transactions.length === 0) {
    return malformed('the file is about nothing');
  }
  if (checksumOf(content) !== checksum) {
    return failure('evidence_tampered', 'the checksum does not fit the content');
  }
  return success(file.data);
}

/** Bytes of a file's hexadecimal member, whose form the schema has checked. */
export function bytesOfMember(hex: string): Uint8Array {
  return bytesFromHexText(hex) ?? new Uint8Array(0);
}

/** Bytes as a file's member. */
export function memberOfBytes(bytes: Uint8Array): string {
  return hexFromBytes(bytes);
}

function checksumOf(content: EvidenceContent): string {
  return textFromHash(hashOf(utf8FromText(CHECKSUM_DOMAIN + canonicalJson(content))));
}

function malformed(message: string): ReturnType<typeof failure> {
  return failure('evidence_malformed', message);
}
