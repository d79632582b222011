import {
  decodeInput,
  decodeSlot,
  type Quarantine,
  quarantineFields,
  quarantineFromFields,
} from '@triflow/consensus';
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
import type { LogEntry } from './ports.js';

/**
 * Record types of the consensus log (P4, P7); numbers are never reused. `quarantine` is all that
 * the log holds which replaces a lost or damaged one, until the first height begins; in a height's
 * log it says that the quarantine began there (P11).
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
    quarantineFields(quarantine),
  ]);
}

/** The payload of a quarantine record. */
export function encodeQuarantineRecord(quarantine: Quarantine): Uint8Array {
  return encodeCanonical(quarantineFields(quarantine));
}

/** Reads the payload of a quarantine record. */
export function decodeQuarantineRecord(bytes: Uint8Array): Result<Quarantine> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const quarantine = quarantineFromFields(decoded.value) ?? null;
  if (quarantine !== null) return success(quarantine);
  return failure('log_record_malformed', 'not a quarantine record');
}

/** Whether a record can be read at all: one that is whole and cannot is damage, too (P10). */
export function isReadableRecord({ type, payload }: LogEntry): boolean {
  if (type === logRecordTypes.slot) return decodeSlot(payload).ok;
  if (type === logRecordTypes.end) return decodeEnd(payload).ok;
  if (type === logRecordTypes.quarantine) return decodeQuarantineRecord(payload).ok;
  return type === logRecordTypes.input && decodeInput(payload).ok;
}

/** Reads an END record. */
export function decodeEnd(bytes: Uint8Array): Result<EndRecord> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const fields = Array.isArray(decoded.value) ? (decoded.value as readonly CborValue[]) : [];
  const [height, id, encoded, held] = fields;
  const valueId = id instanceof Uint8Array ? hashFromBytes(id) : undefined;
  const quarantine = quarantineFromFields(held);
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
