import { CodedError } from '@triflow/protocol';

/** Exit codes of `start` beyond the common ones (experience section 3). */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CodedError)) return 1;
  return exitCodes[error.code] ?? 1;
}

const exitCodes: Readonly<Record<string, number>> = {
  OBJECT_NOT_FOUND: 3,
  TRANSACTION_NOT_FOUND: 3,
  BLOCK_NOT_FOUND: 3,
  OUTCOME_UNKNOWN: 5,
  TRANSPORT_FAILED: 6,
  VERIFICATION_FAILED: 7,
  PROOF_MISSING: 7,
  TRUST_EXPIRED: 7,
  EVIDENCE_MALFORMED: 7,
  EVIDENCE_TAMPERED: 7,
  EVIDENCE_WRONG_CHAIN: 7,
  EVIDENCE_TOO_FEW_SIGNERS: 7,
  CONFIG_INVALID: 10,
  GENESIS_INVALID: 10,
  KEYSTORE_INVALID: 10,
  KEYSTORE_PASSWORD: 10,
  GENESIS_MISMATCH: 11,
  CHAIN_MISMATCH: 11,
  STORE_LOCKED: 12,
  PORT_IN_USE: 13,
  STORE_CORRUPT: 14,
  STORE_FULL: 15,
  NODE_HALTED: 16,
};
