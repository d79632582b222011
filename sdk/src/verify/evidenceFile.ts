import {
  type EvidenceContent,
  type EvidenceFile,
  evidenceChecksumBytes,
  evidenceFileBytes,
  evidenceFileSchema,
} from '@triflow/api/routes';
import { hashOf } from '@triflow/crypto';
import {
  bytesFromHexText,
  canonicalJson,
  failure,
  hexFromBytes,
  limits,
  parseJson,
  plainFromJson,
  type Result,
  success,
  textFromHash,
  textFromUtf8,
} from '@triflow/protocol';

export { EVIDENCE_FORMAT, type EvidenceContent, type EvidenceFile } from '@triflow/api/routes';

/** The one byte form of an evidence file: canonical JSON (RFC 8785) with its checksum. */
export function encodeEvidenceFile(content: EvidenceContent): Uint8Array {
  return evidenceFileBytes(content, checksumOf);
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
  return textFromHash(hashOf(evidenceChecksumBytes(content)));
}

function malformed(message: string): ReturnType<typeof failure> {
  return failure('evidence_malformed', message);
}
