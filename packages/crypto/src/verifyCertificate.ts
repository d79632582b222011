import {
  type Certificate,
  type ChainBinding,
  failure,
  faultsMax,
  limits,
  quorum,
  type Result,
  SIGNATURE_BYTES,
  success,
  type ValidatorSet,
  type VoteType,
  voteSignBytes,
} from '@triflow/protocol';
import { type SignatureCheck, verifySignature } from './signatureSuite.js';

/**
 * Verifies a certificate in full under set(h): form, seats, threshold and every signature (R-C1,
 * R-C2). Faults: `certificate_invalid`, `signature_invalid`.
 */
export function verifyCertificate(
  chain: ChainBinding,
  set: ValidatorSet,
  certificate: Certificate,
): Result<true> {
  const checks = certificateSignatures(chain, set, certificate);
  if (!checks.ok) return checks;
  for (const [position, check] of checks.value.entries()) {
    // R-C2: one bad entry rejects the whole, wherever it stands.
    if (!verifySignature(check.suite, check.publicKey, check.message, check.signature)) {
      return failure('signature_invalid', `entry ${position} is not signed by its validator`);
    }
  }
  return success(true);
}

/**
 * All of R-C1 but the signatures: gives back each one still to be verified, in the order of the
 * entries. Fault: `certificate_invalid`.
 */
export function certificateSignatures(
  chain: ChainBinding,
  set: ValidatorSet,
  certificate: Certificate,
): Result<SignatureCheck[]> {
  const fault = faultOfForm(set, certificate);
  if (fault !== undefined) return failure('certificate_invalid', fault);
  const messageOf = messageMaker(chain, certificate);
  const checks: SignatureCheck[] = [];
  for (const { index, signature, type, valueId } of seatsOf(certificate)) {
    const seat = set[index];
    if (seat === undefined) return failure('certificate_invalid', `no validator ${index}`);
    const { suite, publicKey } = seat;
    checks.push({ suite, publicKey, message: messageOf(type, valueId), signature });
  }
  return success(checks);
}

/** The seats that signed, ascending. Says nothing of their signatures. */
export function commitSigners(certificate: Certificate): number[] {
  return seatsOf(certificate).map((seat) => seat.index);
}

type ValueId = Parameters<typeof voteSignBytes>[1]['valueId'];

interface Seat {
  readonly index: number;
  readonly signature: Uint8Array;
  readonly type: VoteType;
  readonly valueId: ValueId;
}

function seatsOf(certificate: Certificate): readonly Seat[] {
  if (certificate.kind === 'round') return certificate.entries;
  const type = certificate.kind === 'prevote' ? 'prevote' : 'precommit';
  const { valueId } = certificate;
  return certificate.entries.map(([index, signature]) => ({ index, signature, type, valueId }));
}

/** R-C1 and R-D3: ranges, threshold, strictly ascending seats of this set, whole signatures. */
function faultOfForm(set: ValidatorSet, certificate: Certificate): string | undefined {
  const { height, round, entries } = certificate;
  if (!Number.isSafeInteger(height) || height < 1) return 'height out of range';
  if (!Number.isSafeInteger(round) || round < 0 || round > limits.roundMax) {
    return 'round out of range';
  }
  if (set.length < 1) return 'an empty set has no quorum';
  const needed = certificate.kind === 'round' ? faultsMax(set.length) + 1 : quorum(set.length);
  if (entries.length < needed) return `${entries.length} of ${needed} signatures`;
  if (entries.length > set.length) return 'more signatures than validators';
  let previous = -1;
  for (const { index, signature } of seatsOf(certificate)) {
    if (!Number.isInteger(index) || index <= previous) return 'seats are not strictly ascending';
    if (index >= set.length) return `no validator ${index}`;
    if (signature.length !== SIGNATURE_BYTES) return `signature of ${signature.length} bytes`;
    previous = index;
  }
  return undefined;
}

/** Equal votes have equal bytes, made once. */
function messageMaker(
  chain: ChainBinding,
  certificate: Certificate,
): (type: VoteType, valueId: ValueId) => Uint8Array {
  const { height, round } = certificate;
  const made = new Map<string, Uint8Array>();
  return (type, valueId) => {
    const name = `${type}/${valueId}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const bytes = voteSignBytes(chain, { type, height, round, valueId });
    made.set(name, bytes);
    return bytes;
  };
}
