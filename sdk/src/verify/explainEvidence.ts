import { isTriflowError } from '../errors/triflowError.js';
import type { Trust } from './trustAnchor.js';
import { verifyEvidence } from './verifyEvidence.js';

/** What an evidence file says and how far that goes, in words. */
export interface EvidenceExplanation {
  /** Whether every check held; otherwise nothing in the file may be relied on. */
  readonly holds: boolean;
  /** Why it does not hold. */
  readonly code?: string;
  readonly sentences: readonly string[];
}

const WHY: Readonly<Record<string, string>> = {
  EVIDENCE_MALFORMED: 'It is not in the one form that an evidence file has, byte for byte.',
  EVIDENCE_TAMPERED: 'A byte, a proof or a signature in it does not fit the others.',
  EVIDENCE_WRONG_CHAIN: 'It is of another chain or genesis than the one that you trust.',
  EVIDENCE_TOO_FEW_SIGNERS: 'Its block is not signed by a quorum of the validators.',
  TRUST_EXPIRED: 'Its block is older than the validator set that you trust.',
  GENESIS_INVALID: 'What you gave as trust is no genesis, or the document is missing.',
};

/**
 * Checks an evidence file like `verifyEvidence` and tells the verdict to a reader who is no
 * programmer: what is proved, by whom, and what the file does not prove. Throws nothing that a file
 * or a trust can cause.
 */
export function explainEvidence(bytes: Uint8Array, trust: Trust): EvidenceExplanation {
  try {
    const { sentences, height, items, transactions } = verifyEvidence(bytes, trust);
    const limits = [
      `All this is as of block ${height}; what happened later is not in the file.`,
      ...(items.length > 0 ? ['Records that the file does not name are not told of.'] : []),
      ...(transactions.length > 0 ? ['A signature shows the key, not the hand that held it.'] : []),
    ];
    return { holds: true, sentences: [...sentences, ...limits] };
  } catch (error) {
    if (!isTriflowError(error)) throw error;
    const { code, message } = error;
    const why = WHY[code];
    if (why === undefined) throw error;
    return { holds: false, code, sentences: ['This file proves nothing.', why, `${message}.`] };
  }
}
