import type {
  Certificate,
  ChainBinding,
  CommitCertificate,
  ConsensusParameters,
  Echo,
  Hash,
  Proposal,
  ValidatorId,
  ValidatorSet,
  Vote,
} from '@triflow/protocol';

/** following: signs nothing. quarantined: P11. halted: R-HALT. */
export type Mode = 'following' | 'voting' | 'quarantined' | 'halted';

export type TimerName =
  | 'newHeight'
  | 'heartbeat'
  | 'propose'
  | 'prevote'
  | 'precommit'
  | 'rebroadcast';

export interface Timer {
  readonly name: TimerName;
  readonly height: number;
  readonly round: number;
}

export type SlotType = 'proposal' | 'prevote' | 'precommit';

/** One place for one signature; two different messages in it would be equivocation. */
export interface SignSlot {
  readonly type: SlotType;
  readonly height: number;
  readonly round: number;
  readonly valueId: Hash | null;
  /** Only a proposal has one; -1 otherwise. */
  readonly validRound: number;
}

/** P11: this node's sign state is lost, and what that binds it to. */
export interface Quarantine {
  /** The last height it holds for; null until enough others have reported. */
  readonly until: number | null;
  /**
   * The operator's word that ends it early: these validators are lost, all others can be asked.
   * The node then signs, but only what is newer than every own message that anyone still has.
   */
  readonly vouched: readonly ValidatorId[] | null;
}

/** Settings of this node that the shared parameters do not fix (consensus section 8). */
export interface LocalSettings {
  readonly rebroadcastMs: number;
  readonly syncGraceMs: number;
}

/** All that a height starts from; nothing else survives the one before (section 6). */
export interface StartHeight {
  readonly kind: 'startHeight';
  readonly at: number;
  readonly chain: ChainBinding;
  readonly height: number;
  readonly set: ValidatorSet;
  readonly parentId: Hash;
  readonly parentTimeMs: number;
  readonly params: ConsensusParameters;
  readonly local: LocalSettings;
  /** This node's validator id; null for an observer. */
  readonly self: ValidatorId | null;
  readonly mode: Mode;
  /** Whether q validators, itself included, have been heard since the process started. */
  readonly confirmed: boolean;
  /** Whether the node was behind: it then votes again as soon as it is not. */
  readonly catchingUp: boolean;
  readonly quarantine: Quarantine | null;
  /** Latest heads reported by validators of this set. */
  readonly heads: readonly (readonly [index: number, head: number])[];
}

/** All that the core can hear. Signatures in it are verified; `at` is the local clock in ms. */
export type Input =
  | StartHeight
  /** The process started again in the middle of this height (R-Y1). */
  | {
      readonly kind: 'restarted';
      readonly at: number;
      /** P11: see Quarantine. */
      readonly vouched: readonly ValidatorId[] | null;
    }
  | { readonly kind: 'work'; readonly at: number; readonly height: number }
  | {
      readonly kind: 'blockBuilt';
      readonly at: number;
      readonly height: number;
      readonly round: number;
      readonly valueId: Hash;
      readonly timeMs: number;
    }
  | {
      readonly kind: 'nothingToBuild';
      readonly at: number;
      readonly height: number;
      readonly round: number;
    }
  | { readonly kind: 'proposal'; readonly at: number; readonly proposal: Proposal }
  | { readonly kind: 'vote'; readonly at: number; readonly vote: Vote }
  | { readonly kind: 'certificate'; readonly at: number; readonly certificate: Certificate }
  | {
      readonly kind: 'verdict';
      readonly at: number;
      readonly height: number;
      readonly valueId: Hash;
      readonly verdict: 'valid' | 'invalid';
      readonly timeMs: number;
      readonly builder: ValidatorId;
    }
  | {
      readonly kind: 'signed';
      readonly at: number;
      readonly slot: SignSlot;
      readonly signature: Uint8Array;
    }
  | {
      readonly kind: 'synced';
      readonly at: number;
      readonly height: number;
      readonly valueId: Hash;
      readonly certificate: CommitCertificate;
    }
  | {
      readonly kind: 'peerStatus';
      readonly at: number;
      /** Null: an observer, which has no seat. */
      readonly index: number | null;
      readonly head: number;
      readonly echo: Echo | null;
    }
  | { readonly kind: 'timer'; readonly at: number; readonly timer: Timer };
