import {
  type ChainBinding,
  compareBytes,
  type Evidence,
  type EvidenceMessage,
  failure,
  limits,
  proposalSignBytes,
  type Result,
  SIGNATURE_BYTES,
  success,
  type ValidatorSet,
  validatorIndex,
  voteSignBytes,
} from '@triflow/protocol';
import { type SignatureCheck, verifySignature } from './signatureSuite.js';

/**
 * Verifies a proof of equivocation under set(h): two different signed byte strings by one
 * validator in one slot, ordered bytewise (R-E1). Faults: `evidence_invalid`, `signature_invalid`.
 */
export function verifyEvidence(
  chain: ChainBinding,
  set: ValidatorSet,
  evidence: Evidence,
): Result<true> {
  const checks = evidenceSignatures(chain, set, evidence);
  if (!checks.ok) return checks;
  for (const check of checks.value) {
    if (!verifySignature(check.suite, check.publicKey, check.message, check.signature)) {
      return failure('signature_invalid', `not signed by ${evidence.validator}`);
    }
  }
  return success(true);
}

/** All of R-E1 but the two signatures, which it gives back. Fault: `evidence_invalid`. */
export function evidenceSignatures(
  chain: ChainBinding,
  set: ValidatorSet,
  evidence: Evidence,
): Result<SignatureCheck[]> {
  const { height, round, first, second } = evidence;
  if (!Number.isSafeInteger(height) || height < 1) return invalid('height out of range');
  if (!Number.isSafeInteger(round) || round < 0 || round > limits.roundMax) {
    return invalid('round out of range');
  }
  const index = validatorIndex(set, evidence.validator);
  const seat = index === undefined ? undefined : set[index];
  if (seat === undefined) return invalid(`${evidence.validator} is not a validator here`);
  const firstBytes = messageBytes(chain, evidence, first);
  const secondBytes = messageBytes(chain, evidence, second);
  if (firstBytes === undefined || secondBytes === undefined) return invalid('not such a message');
  const order = compareBytes(firstBytes, secondBytes);
  if (order === 0) return invalid('both messages are the same');
  if (order > 0) return invalid('the messages are not in order');
  const { suite, publicKey } = seat;
  return success([
    { suite, publicKey, message: firstBytes, signature: first.signature },
    { suite, publicKey, message: secondBytes, signature: second.signature },
  ]);
}

/** The signed bytes of one side; undefined for what that kind of message cannot say (R-D3). */
function messageBytes(
  chain: ChainBinding,
  evidence: Evidence,
  message: EvidenceMessage,
): Uint8Array | undefined {
  const { height, round, kind } = evidence;
  const { valueId, validRound, signature } = message;
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  if (kind === 'proposal') {
    if (valueId === null || !Number.isSafeInteger(validRound)) return undefined;
    if (validRound < -1 || validRound >= round) return undefined;
    return proposalSignBytes(chain, { height, round, valueId, validRound });
  }
  if (validRound !== -1) return undefined;
  return voteSignBytes(chain, { type: kind, height, round, valueId });
}

function invalid(message: string): ReturnType<typeof failure> {
  return failure('evidence_invalid', message);
}
