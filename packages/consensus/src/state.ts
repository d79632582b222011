import type {
  CommitCertificate,
  Hash,
  PrevoteCertificate,
  Proposal,
  RoundCertificate,
  ValidatorId,
} from '@triflow/protocol';
import type { Mode, Quarantine, SignSlot, StartHeight } from './input.js';
import type { VoteKeeper } from './voteKeeper.js';

export type Step = 'unstarted' | 'propose' | 'prevote' | 'precommit' | 'decided';

export interface HeldProposal {
  readonly proposal: Proposal;
  /** Local clock when it first arrived: what `fresh` is judged by (R-V10). */
  readonly arrivedAt: number;
}

export interface Verdict {
  readonly verdict: 'valid' | 'invalid';
  readonly timeMs: number;
  readonly builder: ValidatorId;
}

/** One height of one node. Values are replaced, never changed in place. */
export interface ConsensusState {
  /** What the height started from: set, parameters, parent. */
  readonly base: StartHeight;
  /** Position of this node in the set; null when it is not in it. */
  readonly selfIndex: number | null;
  readonly mode: Mode;
  readonly round: number;
  readonly step: Step;
  readonly locked: { readonly valueId: Hash; readonly round: number } | null;
  readonly valid: {
    readonly valueId: Hash;
    readonly round: number;
    readonly certificate: PrevoteCertificate;
  } | null;
  /** The POL of the proposal that was asked to be signed last: `valid` may move before it is. */
  readonly offered: PrevoteCertificate | null;
  /** "First time in this round" of. */
  readonly flags: { readonly r34: boolean; readonly r36: boolean; readonly r47: boolean };
  readonly votes: VoteKeeper;
  readonly proposals: ReadonlyMap<number, readonly HeldProposal[]>;
  /** Values whose judgement was asked for, and those that have it (R-V9: written once). */
  readonly judging: ReadonlySet<Hash>;
  readonly verdicts: ReadonlyMap<Hash, Verdict>;
  /** Own messages by slot name, from the moment they were asked to be signed. */
  readonly slots: ReadonlyMap<string, SignSlot>;
  readonly entry: RoundCertificate | null;
  readonly pacing: {
    readonly newHeightElapsed: boolean;
    readonly workSeen: boolean;
    readonly heartbeatDue: boolean;
    /** The builder of this round answered that there is nothing to propose. */
    readonly idleBuild: boolean;
  };
  readonly decision: CommitCertificate | null;
  readonly heads: ReadonlyMap<number, number>;
  readonly statusFrom: ReadonlySet<number>;
  readonly confirmed: boolean;
  readonly behindSince: number | null;
  readonly catchingUp: boolean;
  readonly quarantine: Quarantine | null;
  /** P11: under the operator's word, re-broadcasts to wait for before this node votes. */
  readonly listening: number;
  /** P11: the newest own message of this height that others had and the log has not. */
  readonly forgotten: Pick<SignSlot, 'type' | 'round'> | null;
  /** Round and step at the last re-broadcast: nothing is repeated while things move. */
  readonly mark: string;
  /** How often each missing value was asked for, so that the next validator is asked. */
  readonly asked: ReadonlyMap<Hash, number>;
  readonly kept: string;
}

/** A working copy inside one transition. */
export type Draft = { -readonly [K in keyof ConsensusState]: ConsensusState[K] };
