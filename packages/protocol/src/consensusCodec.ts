import { type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, hashFromBytes, isValidatorId } from './ids.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';
import type {
  Certificate,
  CertificateEntry,
  CommitCertificate,
  Evidence,
  EvidenceKind,
  EvidenceMessage,
  Proposal,
  RoundCertificateEntry,
  Vote,
  VoteType,
} from './vote.js';

/**
 * The fields of consensus messages as canonical arrays, for the wire, the log and the store.
 * Readers give undefined for anything that is not exactly such an array with numbers in range
 * (R-D3); they judge form, not signatures.
 */
type Fields = readonly CborValue[];

const SIGNATURE_BYTES = 64;
const VOTE_TYPES: readonly VoteType[] = ['prevote', 'precommit'];
const EVIDENCE_KINDS: readonly EvidenceKind[] = ['proposal', 'prevote', 'precommit'];

/** A vote as an array. */
export function voteFields(vote: Vote): CborValue[] {
  const { type, height, round, valueId, index, signature } = vote;
  return [VOTE_TYPES.indexOf(type), height, round, hashField(valueId), index, signature];
}

/** Reads a vote; undefined when the form is wrong. */
export function voteFromFields(value: CborValue | undefined): Vote | undefined {
  const fields = asFields(value, 6);
  if (fields === undefined) return undefined;
  const [kind, height, round, id, index, signature] = fields;
  const type = typeof kind === 'number' ? VOTE_TYPES[kind] : undefined;
  const valueId = optionalHash(id);
  if (type === undefined || valueId === undefined) return undefined;
  if (!isHeight(height) || !isRound(round) || !isIndex(index)) return undefined;
  if (!isSignature(signature)) return undefined;
  return { type, height, round, valueId, index, signature };
}

/** A proposal as an array; the POL is its last member or null. */
export function proposalFields(proposal: Proposal): CborValue[] {
  const { height, round, valueId, validRound, signature, pol } = proposal;
  const last = pol === undefined ? null : certificateFields(pol);
  return [height, round, bytesFromHash(valueId), validRound, signature, last];
}

/** Reads a proposal; undefined when the form is wrong (R-C4's stateless half). */
export function proposalFromFields(value: CborValue | undefined): Proposal | undefined {
  const fields = asFields(value, 6);
  if (fields === undefined) return undefined;
  const [height, round, id, validRound, signature, last] = fields;
  const valueId = optionalHash(id);
  if (valueId === undefined || valueId === null || !isSignature(signature)) return undefined;
  if (!isHeight(height) || !isRound(round)) return undefined;
  if (validRound !== -1 && !isRound(validRound)) return undefined;
  const base = { height, round, valueId, validRound, signature };
  if (last === null) return base;
  const pol = certificateFromFields(last);
  return pol?.kind === 'prevote' ? { ...base, pol } : undefined;
}

/** A certificate as an array. */
export function certificateFields(certificate: Certificate): CborValue[] {
  const { height, round } = certificate;
  if (certificate.kind === 'round') {
    const entries = certificate.entries.map(({ index, type, valueId, signature }): CborValue => {
      return [index, VOTE_TYPES.indexOf(type), hashField(valueId), signature];
    });
    return [2, height, round, null, entries];
  }
  const kind = certificate.kind === 'prevote' ? 0 : 1;
  const entries = certificate.entries.map(([index, signature]): CborValue => [index, signature]);
  return [kind, height, round, bytesFromHash(certificate.valueId), entries];
}

/** Reads a certificate; undefined when the form is wrong. */
export function certificateFromFields(value: CborValue | undefined): Certificate | undefined {
  const fields = asFields(value, 5);
  if (fields === undefined) return undefined;
  const [kind, height, round, id, list] = fields;
  if (!isHeight(height) || !isRound(round)) return undefined;
  if (!Array.isArray(list) || list.length > limits.validatorsMax) return undefined;
  const valueId = optionalHash(id);
  if (kind === 2) {
    if (valueId !== null) return undefined;
    return roundCertificate(height, round, list);
  }
  if ((kind !== 0 && kind !== 1) || valueId === undefined || valueId === null) return undefined;
  const entries: CertificateEntry[] = [];
  for (const item of list as Fields) {
    const pair = asFields(item, 2);
    const [index, signature] = pair ?? [];
    if (!isIndex(index) || !isSignature(signature)) return undefined;
    entries.push([index, signature]);
  }
  return { kind: kind === 0 ? 'prevote' : 'commit', height, round, valueId, entries };
}

/** Canonical bytes of a commit certificate, as stored beside its block. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return encodeCanonical(certificateFields(certificate));
}

/** Reads stored certificate bytes. */
export function decodeCommitCertificate(bytes: Uint8Array): Result<CommitCertificate> {
  const decoded = decodeCanonical(bytes, limits.wireItemsMax);
  if (!decoded.ok) return decoded;
  const certificate = certificateFromFields(decoded.value);
  return certificate?.kind === 'commit'
    ? success(certificate)
    : failure('certificate_malformed', 'not a commit certificate');
}

/** Canonical bytes of evidence, a leaf of the header's evidenceRoot. */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  const { validator, height, round, kind, first, second } = evidence;
  return encodeCanonical([
    validator,
    height,
    round,
    EVIDENCE_KINDS.indexOf(kind),
    messageFields(first),
    messageFields(second),
  ]);
}

/** Reads evidence bytes and checks their form. */
export function decodeEvidence(bytes: Uint8Array): Result<Evidence> {
  const decoded = decodeCanonical(bytes, limits.wireItemsMax);
  if (!decoded.ok) return decoded;
  const evidence = evidenceFromFields(decoded.value);
  return evidence === undefined ? failure('evidence_malformed', 'not evidence') : success(evidence);
}

function evidenceFromFields(value: CborValue): Evidence | undefined {
  const fields = asFields(value, 6);
  if (fields === undefined) return undefined;
  const [validator, height, round, kindIndex, one, two] = fields;
  const kind = typeof kindIndex === 'number' ? EVIDENCE_KINDS[kindIndex] : undefined;
  const first = messageFromFields(one);
  const second = messageFromFields(two);
  if (kind === undefined || first === undefined || second === undefined) return undefined;
  if (typeof validator !== 'string' || !isValidatorId(validator)) return undefined;
  if (!isHeight(height) || !isRound(round)) return undefined;
  return { validator, height, round, kind, first, second };
}

function messageFields(message: EvidenceMessage): CborValue[] {
  return [hashField(message.valueId), message.validRound, message.signature];
}

function messageFromFields(value: CborValue | undefined): EvidenceMessage | undefined {
  const fields = asFields(value, 3);
  if (fields === undefined) return undefined;
  const [id, validRound, signature] = fields;
  const valueId = optionalHash(id);
  if (valueId === undefined || !isSignature(signature)) return undefined;
  if (validRound !== -1 && !isRound(validRound)) return undefined;
  return { valueId, validRound, signature };
}

function roundCertificate(height: number, round: number, list: Fields): Certificate | undefined {
  const entries: RoundCertificateEntry[] = [];
  for (const item of list) {
    const fields = asFields(item, 4);
    if (fields === undefined) return undefined;
    const [index, kind, id, signature] = fields;
    const type = typeof kind === 'number' ? VOTE_TYPES[kind] : undefined;
    const valueId = optionalHash(id);
    if (type === undefined || valueId === undefined) return undefined;
    if (!isIndex(index) || !isSignature(signature)) return undefined;
    entries.push({ index, type, valueId, signature });
  }
  return { kind: 'round', height, round, entries };
}

function hashField(hash: Hash | null): CborValue {
  return hash === null ? null : bytesFromHash(hash);
}

function optionalHash(value: CborValue | undefined): Hash | null | undefined {
  if (value === null) return null;
  return value instanceof Uint8Array ? hashFromBytes(value) : undefined;
}

function asFields(value: CborValue | undefined, length: number): Fields | undefined {
  return Array.isArray(value) && value.length === length ? value : undefined;
}

function isHeight(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 1;
}

function isRound(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= limits.roundMax;
}

function isIndex(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < limits.validatorsMax;
}

function isSignature(value: CborValue | undefined): value is Uint8Array {
  return value instanceof Uint8Array && value.length === SIGNATURE_BYTES;
}
