export { isTriflowError, TriflowError } from './errors/triflowError.js';
export { type ProvedReading, readingInEvidence } from './readings/readingInEvidence.js';
export { type ReadingProof, verifyReading } from './readings/readingProof.js';
export { EVIDENCE_FORMAT, type EvidenceFile } from './verify/evidenceFile.js';
export { type EvidenceExplanation, explainEvidence } from './verify/explainEvidence.js';
export { followValidators, type ValidatorStep } from './verify/followValidators.js';
export { readRecord } from './verify/readRecord.js';
export {
  anchorFromGenesis,
  anchorFromPin,
  type KnownSet,
  type PinnedTrust,
  type Trust,
  type TrustAnchor,
} from './verify/trustAnchor.js';
export {
  type EvidenceReport,
  type EvidenceState,
  type EvidenceTransaction,
  verifyEvidence,
} from './verify/verifyEvidence.js';
export { type SignedHeader, type VerifiedHeader, verifyHeader } from './verify/verifyHeader.js';
export { type ProvedState, verifyState } from './verify/verifyState.js';
export {
  type ProvedTransaction,
  type TransactionProof,
  verifyTransaction,
} from './verify/verifyTransaction.js';
