import {
  assert,
  type CertificateEntry,
  type CommitCertificate,
  consensusParametersSchema,
  type Hash,
  type PartyId,
  type PrevoteCertificate,
  type Proposal,
  quorum,
  type ValidatorId,
  type ValidatorSet,
  type Vote,
  type VoteType,
} from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Input, SignSlot, StartHeight } from './input.js';
import { proposerIndex } from './proposer.js';
import type { ConsensusState } from './state.js';
import { transition } from './transition.js';

export const HEIGHT = 5;
export const NOW = 1_000_000;

const SIGNATURE = new Uint8Array(64);

/** A named value for tests. */
export function value(letter: string): Hash {
  return letter.repeat(64) as Hash;
}

/** A set of n validators v0, v1, … */
export function validators(n: number): ValidatorSet {
  return Array.from({ length: n }, (_, index) => ({
    id: `v${index}` as ValidatorId,
    party: 'dev:OPERATOR' as PartyId,
    suite: 'ed25519',
    publicKey: new Uint8Array(32).fill(index),
    peerId: `peer-${index}`,
    power: 1,
  }));
}

/** One node's core under test: inputs in, effects remembered. */
export class Height {
  state: ConsensusState;
  effects: readonly Effect[];
  readonly n: number;
  at = NOW;

  constructor(
    options: { n?: number; self?: number | null } & Omit<Partial<StartHeight>, 'self'> = {},
  ) {
    const { n = 4, self = 0, ...rest } = options;
    this.n = n;
    const start: StartHeight = {
      kind: 'startHeight',
      at: NOW,
      chain: { chainId: 'test', genesisHash: value('0') },
      height: HEIGHT,
      set: validators(n),
      parentId: value('1'),
      parentTimeMs: NOW - 1_000,
      params: consensusParametersSchema.parse({}),
      local: { rebroadcastMs: 1_000, syncGraceMs: 500 },
      mode: 'following',
      confirmed: true,
      catchingUp: false,
      quarantine: null,
      heads: [],
      ...rest,
      self: self === null ? null : (`v${self}` as ValidatorId),
    };
    const { state, effects } = transition(null, start);
    this.state = state;
    this.effects = effects;
  }

  /** Feeds one input; answers its effects. */
  feed(input: Input): readonly Effect[] {
    const result = transition(this.state, input);
    this.state = result.state;
    this.effects = result.effects;
    return result.effects;
  }

  /** Starts round 0: the interval has passed and there is work. */
  begin(): this {
    this.timer('newHeight', -1);
    this.feed({ kind: 'work', at: this.at, height: HEIGHT });
    return this;
  }

  timer(
    name: 'newHeight' | 'heartbeat' | 'propose' | 'prevote' | 'precommit' | 'rebroadcast',
    round = this.state.round,
  ) {
    return this.feed({ kind: 'timer', at: this.at, timer: { name, height: HEIGHT, round } });
  }

  vote(type: VoteType, index: number, valueId: Hash | null, round = this.state.round) {
    const vote: Vote = { type, height: HEIGHT, round, valueId, index, signature: SIGNATURE };
    return this.feed({ kind: 'vote', at: this.at, vote });
  }

  proposal(valueId: Hash, options: { round?: number; pol?: PrevoteCertificate } = {}) {
    const round = options.round ?? this.state.round;
    const { pol } = options;
    const base = { height: HEIGHT, round, valueId, signature: SIGNATURE };
    const proposal: Proposal =
      pol === undefined ? { ...base, validRound: -1 } : { ...base, validRound: pol.round, pol };
    return this.feed({ kind: 'proposal', at: this.at, proposal });
  }

  verdict(
    valueId: Hash,
    verdict: 'valid' | 'invalid' = 'valid',
    options: { round?: number; timeMs?: number } = {},
  ) {
    const round = options.round ?? Math.max(this.state.round, 0);
    const builder = `v${proposerIndex(HEIGHT, round, this.n)}` as ValidatorId;
    const timeMs = options.timeMs ?? this.at;
    return this.feed({
      kind: 'verdict',
      at: this.at,
      height: HEIGHT,
      valueId,
      verdict,
      timeMs,
      builder,
    });
  }

  /** Answers the newest request for a signature of a kind. */
  signed(type: SignSlot['type']) {
    const slot = [...this.state.slots.values()].filter((one) => one.type === type).at(-1);
    assert(slot !== undefined, `signed: no ${type} was asked for`);
    return this.feed({ kind: 'signed', at: this.at, slot, signature: SIGNATURE });
  }

  polka(valueId: Hash, round = this.state.round): PrevoteCertificate {
    return { kind: 'prevote', height: HEIGHT, round, valueId, entries: this.entries() };
  }

  commit(valueId: Hash, round = this.state.round): CommitCertificate {
    return { kind: 'commit', height: HEIGHT, round, valueId, entries: this.entries() };
  }

  /** Signatures of the last q validators. */
  entries(): CertificateEntry[] {
    const first = this.n - quorum(this.n);
    return Array.from({ length: quorum(this.n) }, (_, i) => [first + i, SIGNATURE]);
  }

  /** Slots that were asked to be signed by the last input. */
  asked(): SignSlot[] {
    return this.effects.flatMap((effect) => (effect.kind === 'sign' ? [effect.slot] : []));
  }

  scheduled(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'schedule' ? [`${effect.timer.name}/${effect.timer.round}`] : [],
    );
  }

  of<K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }>[] {
    return this.effects.filter((effect) => effect.kind === kind) as Extract<Effect, { kind: K }>[];
  }
}
