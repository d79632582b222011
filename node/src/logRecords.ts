import type { Quarantine } from '@triflow/consensus';
import {
  bytesFromHash,
  type CborValue,
  type CommitCertificate,
  decodeCanonical,
  decodeCommitCertificate,
  encodeCanonical,
  encodeCertificate,
  failure,
  type Hash,
  hashFromBytes,
  type Result,
  success,
} from '@triflow/protocol';

/**
 * Record types of the consensus log (P4, P7); numbers are never reused. `quarantine`, empty, is all
 * that the log holds which replaces a lost or damaged one, until the first height begins (P11).
 */
export const logRecordTypes = { input: 1, slot: 2, end: 3, quarantine: 4 } as const;

export interface EndRecord {
  readonly height: number;
  readonly valueId: Hash;
  readonly certificate: CommitCertificate;
  /** The next height begins with it, after a crash too (P11). */
  readonly quarantine: Quarantine | null;
}

/** END(h, valueId, CommitCertificate): the height is decided (P7). */
export function encodeEnd(end: EndRecord): Uint8Array {
  const { height, valueId, certificate, quarantine } = end;
  return encodeCanonical([
    height,
    bytesFromHash(valueId),
    encodeCertificate(certificate),
    encodeQuarantine(quarantine),
  ]);
}

/** Reads an END record. */
export function decodeEnd(bytes: Uint8Array): Result<EndRecord> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const fields = Array.isArray(decoded.value) ? (decoded.value as readonly CborValue[]) : [];
  const [height, id, encoded, held] = fields;
  const valueId = id instanceof Uint8Array ? hashFromBytes(id) : undefined;
  const quarantine = decodeQuarantine(held);
  if (
    fields.length !== 4 ||
    typeof height !== 'number' ||
    valueId === undefined ||
    !(encoded instanceof Uint8Array) ||
    quarantine === undefined
  ) {
    return failure('log_record_malformed', 'not an END record');
  }
  const certificate = decodeCommitCertificate(encoded);
  if (!certificate.ok) return certificate;
  return success({ height, valueId, certificate: certificate.value, quarantine });
}

function encodeQuarantine(quarantine: Quarantine | null): CborValue {
  return quarantine === null ? null : [quarantine.until];
}

function decodeQuarantine(value: CborValue | undefined): Quarantine | null | undefined {
  if (value === null) return null;
  const [until, ...others] = Array.isArray(value) ? (value as readonly CborValue[]) : [];
  if (others.length > 0) return undefined;
  return until === null || typeof until === 'number' ? { until } : undefined;
}
