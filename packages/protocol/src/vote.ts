import type { Hash, ValidatorId } from './ids.js';

export type VoteType = 'prevote' | 'precommit';

/** A signed vote; `valueId` null is nil. `index` is the position in set(height). */
export interface Vote {
  readonly type: VoteType;
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash | null;
  readonly index: number;
  readonly signature: Uint8Array;
}

/** The proposer's signed naming of a block; `validRound` is -1 or the round of the polka. */
export interface Proposal {
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash;
  readonly validRound: number;
  readonly signature: Uint8Array;
  /** Present iff validRound >= 0: a PrevoteCertificate of exactly (height, validRound, valueId). */
  readonly pol?: PrevoteCertificate;
}

/** Seat and signature; certificates list them strictly ascending by seat (R-C1). */
export type CertificateEntry = readonly [index: number, signature: Uint8Array];

/** q prevotes for one value in one round: a polka. */
export interface PrevoteCertificate {
  readonly kind: 'prevote';
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash;
  readonly entries: readonly CertificateEntry[];
}

/** q precommits for one value: finality. */
export interface CommitCertificate {
  readonly kind: 'commit';
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash;
  readonly entries: readonly CertificateEntry[];
}

export interface RoundCertificateEntry {
  readonly index: number;
  readonly type: VoteType;
  readonly valueId: Hash | null;
  readonly signature: Uint8Array;
}

/** f+1 or more signed votes of one round, one a validator: the reason to be in it. */
export interface RoundCertificate {
  readonly kind: 'round';
  readonly height: number;
  readonly round: number;
  readonly entries: readonly RoundCertificateEntry[];
}

export type Certificate = PrevoteCertificate | CommitCertificate | RoundCertificate;

export type EvidenceKind = 'proposal' | 'prevote' | 'precommit';

/** Two different signed messages of one validator in one slot (R-E1), ordered by their bytes. */
export interface Evidence {
  readonly validator: ValidatorId;
  readonly height: number;
  readonly round: number;
  readonly kind: EvidenceKind;
  readonly first: EvidenceMessage;
  readonly second: EvidenceMessage;
}

export interface EvidenceMessage {
  readonly valueId: Hash | null;
  /** Only a proposal has one; -1 otherwise. */
  readonly validRound: number;
  readonly signature: Uint8Array;
}
