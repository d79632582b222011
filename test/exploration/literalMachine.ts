import type { Input } from '@triflow/consensus';
import { assert, type Hash, limits, type Proposal, type Vote } from '@triflow/protocol';

/**
 * The second opinion: rules of the specification, written from its text and not from
 * the core. It keeps what was heard and counts all of it anew for every condition, at every step.
 * Only a voting validator's height is covered; catch-up and quarantine are not.
 */
export interface Opinion {
  readonly n: number;
  readonly height: number;
  readonly self: number;
  readonly clockSkewMs: number;
  readonly proposalDelayMs: number;
  round: number;
  step: 'unstarted' | 'propose' | 'prevote' | 'precommit' | 'decided' | 'halted';
  lockedValue: Hash | null;
  lockedRound: number;
  validValue: Hash | null;
  validRound: number;
  decided: Hash | null;
  /** "First time in this round": the lines that have fired in it. */
  fired: ReadonlySet<34 | 36 | 47>;
  /** R-T2: the interval has passed, and there is a reason. */
  intervalOver: boolean;
  hasReason: boolean;
  nothingToBuild: boolean;
  votes: readonly Vote[];
  proposals: readonly { readonly proposal: Proposal; readonly at: number }[];
  certified: readonly {
    readonly type: Vote['type'];
    readonly round: number;
    readonly valueId: Hash;
  }[];
  verdicts: ReadonlyMap<
    Hash,
    { readonly valid: boolean; readonly timeMs: number; readonly builder: string }
  >;
  /** Slots that were asked to be signed, and what for. */
  slots: ReadonlyMap<string, Hash | null>;
  readonly ids: readonly string[];
}

/** What a step asks for, as text: `sign prevote 0 <id>`, `timer propose 1`, `build 1`, `decide <id>`. */
export type Act = string;

/** Departures from the specification, for the canaries: what they change must be noticed. */
export interface Departure {
  readonly ignoresLock?: boolean;
  readonly countsFewer?: boolean;
}

/** The opinion of a node that starts a height as a voting validator. */
export function openOpinion(input: Extract<Input, { kind: 'startHeight' }>): Opinion {
  const ids = input.set.map(({ id }) => id as string);
  const self = ids.indexOf(input.self ?? '');
  assert(self >= 0, 'openOpinion: a validator of the set');
  return {
    n: input.set.length,
    height: input.height,
    self,
    clockSkewMs: input.params.clockSkewMs,
    proposalDelayMs: input.params.proposalDelayMs,
    round: -1,
    step: 'unstarted',
    lockedValue: null,
    lockedRound: -1,
    validValue: null,
    validRound: -1,
    decided: null,
    fired: new Set(),
    intervalOver: false,
    hasReason: false,
    nothingToBuild: false,
    votes: [],
    proposals: [],
    certified: [],
    verdicts: new Map(),
    slots: new Map(),
    ids,
  };
}

/** One input; the opinion after it and what it asks for. The opinion given stays as it was. */
export function hear(
  before: Opinion,
  input: Input,
  departure: Departure = {},
): { readonly opinion: Opinion; readonly acts: Act[] } {
  if (before.step === 'decided' || before.step === 'halted') return { opinion: before, acts: [] };
  const opinion: Opinion = { ...before };
  const machine = new LiteralMachine(opinion, departure);
  machine.take(input);
  // Its rules rest until something changes: what they say follows from the opinion alone.
  if (machine.acts.length === 0 && isSame(before, opinion)) return { opinion: before, acts: [] };
  machine.run();
  machine.forgetValues();
  return { opinion, acts: machine.acts };
}

/** Whether nothing was changed: what an opinion holds is replaced, never changed itself. */
function isSame(one: Opinion, other: Opinion): boolean {
  for (const name in one) {
    if (one[name as keyof Opinion] !== other[name as keyof Opinion]) return false;
  }
  return true;
}

class LiteralMachine {
  readonly acts: Act[] = [];
  readonly #s: Opinion;
  readonly #departure: Departure;
  readonly #f: number;
  readonly #q: number;

  constructor(opinion: Opinion, departure: Departure) {
    this.#s = opinion;
    this.#departure = departure;
    // R-Q1, by the formula and not by the protocol's function.
    this.#f = Math.floor((opinion.n - 1) / 3);
    this.#q = Math.ceil((opinion.n + this.#f + 1) / 2) - (departure.countsFewer === true ? 1 : 0);
  }

  take(input: Input): void {
    const s = this.#s;
    switch (input.kind) {
      case 'timer':
        if (input.timer.height === s.height) this.#timer(input.timer.name, input.timer.round);
        return;
      case 'work':
        s.hasReason = true;
        if (s.nothingToBuild && s.step === 'propose' && this.#proposer(s.round) === s.self) {
          s.nothingToBuild = false;
          this.acts.push(`build ${s.round}`);
        }
        return;
      case 'nothingToBuild':
        if (input.round === s.round) s.nothingToBuild = true;
        return;
      case 'blockBuilt':
        this.#built(input.round, input.valueId, input.timeMs);
        return;
      case 'proposal':
        this.#proposal(input.proposal, input.at);
        return;
      case 'vote':
        this.#vote(input.vote);
        return;
      case 'certificate': {
        const { certificate } = input;
        if (certificate.kind === 'round') {
          for (const { index, type, valueId, signature } of certificate.entries) {
            const { height, round } = certificate;
            this.#vote({ type, height, round, valueId, index, signature });
          }
          return;
        }
        this.#certificate(certificate.kind === 'prevote' ? 'prevote' : 'precommit', certificate);
        return;
      }
      case 'verdict':
        this.#judge(input.valueId, input.verdict === 'valid', input.timeMs, input.builder);
        return;
      case 'signed':
        this.#signed(input);
        return;
      default:
        assert(false, `the second opinion does not hear ${input.kind}`);
    }
  }

  /** Section 7: the enabled rule of highest priority, until none is enabled. */
  run(): void {
    const s = this.#s;
    // R-T2: round 0 waits for the interval and for a reason.
    const proposed = s.proposals.some(({ proposal }) => proposal.round === 0);
    if (s.round === -1 && s.intervalOver && (s.hasReason || proposed)) {
      this.#startRound(0);
    }
    const over = (): boolean => s.step === 'decided' || s.step === 'halted';
    while (!over() && this.#fire()) this.#forget();
    this.#forget();
  }

  #fire(): boolean {
    return (
      this.#line49() ||
      this.#line55() ||
      this.#line22() ||
      this.#line28() ||
      this.#line36() ||
      this.#newerValidValue() ||
      this.#line44() ||
      this.#line34() ||
      this.#line47()
    );
  }

  /** Lines 11 to 21. */
  #startRound(round: number): void {
    const s = this.#s;
    s.round = round;
    s.step = 'propose';
    s.fired = new Set();
    s.nothingToBuild = false;
    if (this.#proposer(round) === s.self) {
      if (s.validValue !== null) {
        this.#sign('proposal', s.validValue, s.validRound);
        return;
      }
      this.acts.push(`build ${round}`);
    }
    this.acts.push(`timer propose ${round}`);
  }

  /** Line 22: the first proposal of this round without a polka behind it. */
  #line22(): boolean {
    const s = this.#s;
    if (s.step !== 'propose') return false;
    const found = this.#judged().find(({ proposal }) => proposal.validRound === -1);
    if (found === undefined) return false;
    const { valueId, round } = found.proposal;
    const verdict = s.verdicts.get(valueId);
    const earliest = found.at - (s.proposalDelayMs + 1_000 * round);
    const latest = found.at + s.clockSkewMs;
    const fresh =
      verdict !== undefined &&
      verdict.builder === s.ids[this.#proposer(round)] &&
      verdict.timeMs >= earliest &&
      verdict.timeMs <= latest;
    const free = s.lockedRound === -1 || s.lockedValue === valueId || this.#lockIgnored();
    this.#sign('prevote', verdict?.valid === true && fresh && free ? valueId : null, -1);
    s.step = 'prevote';
    return true;
  }

  /** Line 28: a proposal that rests on a polka of an earlier round. */
  #line28(): boolean {
    const s = this.#s;
    if (s.step !== 'propose') return false;
    const found = this.#judged().find(({ proposal: { valueId, validRound } }) => {
      return validRound >= 0 && validRound < s.round && this.#has('prevote', validRound, valueId);
    });
    if (found === undefined) return false;
    const { valueId, validRound } = found.proposal;
    const valid = s.verdicts.get(valueId)?.valid === true;
    const free = s.lockedRound <= validRound || s.lockedValue === valueId || this.#lockIgnored();
    this.#sign('prevote', valid && free ? valueId : null, -1);
    s.step = 'prevote';
    return true;
  }

  /** Line 34. */
  #line34(): boolean {
    const s = this.#s;
    if (s.step !== 'prevote' || s.fired.has(34)) return false;
    if (this.#seats('prevote', s.round).size < this.#q) return false;
    s.fired = new Set(s.fired).add(34);
    this.acts.push(`timer prevote ${s.round}`);
    return true;
  }

  /** Line 36. */
  #line36(): boolean {
    const s = this.#s;
    if (s.fired.has(36) || (s.step !== 'prevote' && s.step !== 'precommit')) return false;
    const found = this.#judged().find(({ proposal: { valueId } }) => {
      return s.verdicts.get(valueId)?.valid === true && this.#has('prevote', s.round, valueId);
    });
    if (found === undefined) return false;
    const { valueId } = found.proposal;
    s.fired = new Set(s.fired).add(36);
    if (s.step === 'prevote') {
      s.lockedValue = valueId;
      s.lockedRound = s.round;
      this.#sign('precommit', valueId, -1);
      s.step = 'precommit';
    }
    s.validValue = valueId;
    s.validRound = s.round;
    return true;
  }

  /** R-VALID. */
  #newerValidValue(): boolean {
    const s = this.#s;
    const round = this.#newestPastPolka();
    if (round <= s.validRound) return false;
    for (const valueId of this.#values()) {
      if (s.verdicts.get(valueId)?.valid !== true) continue;
      if (!this.#has('prevote', round, valueId)) continue;
      s.validValue = valueId;
      s.validRound = round;
      return true;
    }
    return false;
  }

  /** R-M4: of past rounds the newest polka alone is held. */
  #newestPastPolka(): number {
    const past = this.#rounds().filter((round) => round < this.#s.round);
    const values = this.#values();
    const named = past.filter((round) => {
      return values.some((valueId) => this.#has('prevote', round, valueId));
    });
    return Math.max(-1, ...named);
  }

  /** Values that a held certificate names. */
  #certifiedValues(): Set<Hash> {
    const newest = this.#newestPastPolka();
    const found = new Set<Hash>();
    const rounds = this.#rounds();
    for (const valueId of this.#values()) {
      const isNamed = rounds.some((round) => {
        const polka = round >= newest && this.#has('prevote', round, valueId);
        return polka || this.#has('precommit', round, valueId);
      });
      if (isNamed) found.add(valueId);
    }
    return found;
  }

  /** R-M4: what nothing names any more has to be judged again. */
  forgetValues(): void {
    const s = this.#s;
    if (s.step === 'decided') return;
    s.proposals = kept(s.proposals, ({ proposal }) => proposal.round >= s.round - 2);
    const named = new Set<Hash | null>([s.lockedValue, s.validValue, ...this.#certifiedValues()]);
    for (const { proposal } of s.proposals) named.add(proposal.valueId);
    for (const [slot, valueId] of s.slots) {
      const [type, round] = slot.split('/');
      if (type !== 'precommit' && Number(round) >= s.round - limits.keptRounds) named.add(valueId);
    }
    const entries = [...s.verdicts].filter(([valueId]) => named.has(valueId));
    if (entries.length < s.verdicts.size) s.verdicts = new Map(entries);
  }

  /** Line 44. */
  #line44(): boolean {
    const s = this.#s;
    if (s.step !== 'prevote') return false;
    const nil = s.votes.filter(({ type, round, valueId }) => {
      return type === 'prevote' && round === s.round && valueId === null;
    });
    if (new Set(nil.map(({ index }) => index)).size < this.#q) return false;
    this.#sign('precommit', null, -1);
    s.step = 'precommit';
    return true;
  }

  /** Line 47. */
  #line47(): boolean {
    const s = this.#s;
    if (s.round < 0 || s.fired.has(47)) return false;
    if (this.#seats('precommit', s.round).size < this.#q) return false;
    s.fired = new Set(s.fired).add(47);
    this.acts.push(`timer precommit ${s.round}`);
    return true;
  }

  /** Line 49, in the form of the certificate: any round, the body judged. */
  #line49(): boolean {
    const s = this.#s;
    for (const valueId of this.#values()) {
      const verdict = s.verdicts.get(valueId);
      if (verdict === undefined) continue;
      if (!this.#rounds().some((round) => this.#has('precommit', round, valueId))) continue;
      s.step = verdict.valid ? 'decided' : 'halted';
      s.decided = verdict.valid ? valueId : null;
      this.acts.push(verdict.valid ? `decide ${valueId}` : 'halt');
      return true;
    }
    return false;
  }

  /** Line 55. */
  #line55(): boolean {
    const s = this.#s;
    const later = this.#rounds().filter((round) => {
      const seats = [...this.#seats('prevote', round), ...this.#seats('precommit', round)];
      return round > s.round && new Set(seats).size >= this.#f + 1;
    });
    if (later.length === 0) return false;
    this.#startRound(Math.max(...later));
    return true;
  }

  /** Lines 57 to 67, and the two of R-T2. */
  #timer(name: string, round: number): void {
    const s = this.#s;
    if (name === 'newHeight') s.intervalOver = true;
    if (name === 'heartbeat') s.hasReason = true;
    if (round !== s.round) return;
    if (name === 'propose' && s.step === 'propose') {
      this.#sign('prevote', null, -1);
      s.step = 'prevote';
    } else if (name === 'prevote' && s.step === 'prevote') {
      this.#sign('precommit', null, -1);
      s.step = 'precommit';
    } else if (name === 'precommit' && s.round >= 0) {
      this.#startRound(s.round + 1);
    }
    this.#forget();
  }

  /** proposed if it was built for this very round, which still waits for it. */
  #built(round: number, valueId: Hash, timeMs: number): void {
    const s = this.#s;
    if (round !== s.round || s.step !== 'propose' || this.#proposer(round) !== s.self) return;
    this.#judge(valueId, true, timeMs, s.ids[s.self] ?? '');
    this.#sign('proposal', valueId, -1);
  }

  /** The first verdict stands. */
  #judge(valueId: Hash, valid: boolean, timeMs: number, builder: string): void {
    const { verdicts } = this.#s;
    if (verdicts.has(valueId)) return;
    this.#s.verdicts = new Map(verdicts).set(valueId, { valid, timeMs, builder });
  }

  #signed(input: Extract<Input, { kind: 'signed' }>): void {
    const { slot, signature, at } = input;
    const { type, height, round, valueId, validRound } = slot;
    if (type !== 'proposal') {
      this.#vote({ type, height, round, valueId, index: this.#s.self, signature });
      return;
    }
    assert(valueId !== null, 'a proposal names a value');
    const held = this.#s.proposals.some(({ proposal }) => {
      return proposal.round === round && proposal.valueId === valueId;
    });
    if (held) return;
    const proposal = { height, round, valueId, validRound, signature } as Proposal;
    this.#s.proposals = [...this.#s.proposals, { proposal, at }];
  }

  /** R-C4 was checked before; R-M3: two of a round, or what a certificate names. */
  #proposal(proposal: Proposal, at: number): void {
    const s = this.#s;
    if (proposal.pol !== undefined) this.#certificate('prevote', proposal.pol);
    const { round, valueId, validRound } = proposal;
    const same = s.proposals.filter((one) => one.proposal.round === round);
    const known = same.some(({ proposal: one }) => {
      return one.valueId === valueId && one.validRound === validRound;
    });
    if (known) return;
    const named = this.#certifiedValues().has(valueId);
    const near = round <= s.round + limits.futureRounds && round >= s.round - 2;
    if (named || (near && same.length < 2)) s.proposals = [...s.proposals, { proposal, at }];
  }

  /** R-C3. */
  #certificate(
    type: Vote['type'],
    certificate: {
      readonly height: number;
      readonly round: number;
      readonly valueId: Hash;
      readonly entries: readonly (readonly [number, Uint8Array])[];
    },
  ): void {
    const { height, round, valueId, entries } = certificate;
    for (const [index, signature] of entries) {
      this.#vote({ type, height, round, valueId, index, signature });
    }
    if (this.#known(type, round, valueId)) return;
    this.#s.certified = [...this.#s.certified, { type, round, valueId }];
  }

  /** R-M2: the first vote of a slot counts. */
  #vote(vote: Vote): void {
    const s = this.#s;
    const taken = s.votes.some(({ type, round, index }) => {
      return type === vote.type && round === vote.round && index === vote.index;
    });
    if (!taken) s.votes = [...s.votes, vote];
    this.#forget();
  }

  /** R-M1: no nil of past rounds; of later rounds a seat's F highest. */
  #forget(): void {
    const s = this.#s;
    // A quorum that was complete stays known, whatever is forgotten of its votes.
    for (const { type, round, valueId } of s.votes) {
      if (valueId === null || this.#known(type, round, valueId)) continue;
      if (this.#counted(type, round, valueId) < this.#q) continue;
      s.certified = [...s.certified, { type, round, valueId }];
    }
    s.votes = kept(s.votes, ({ round, valueId, index }) => {
      if (round < s.round - limits.keptRounds) return false;
      if (round < s.round) return valueId !== null;
      if (round === s.round) return true;
      const of = s.votes.filter((vote) => vote.index === index && vote.round > s.round);
      const rounds = [...new Set(of.map((vote) => vote.round))].sort((a, b) => b - a);
      return rounds.indexOf(round) < limits.futureRounds;
    });
  }

  /** Once a slot, and never again in it. */
  #sign(type: string, valueId: Hash | null, validRound: number): void {
    const s = this.#s;
    const slot = `${type}/${s.round}`;
    if (s.slots.has(slot)) return;
    s.slots = new Map(s.slots).set(slot, valueId);
    this.acts.push(`sign ${type} ${s.round} ${valueId} ${validRound}`);
  }

  #judged(): Opinion['proposals'] {
    const s = this.#s;
    return s.proposals.filter(({ proposal: { round, valueId } }) => {
      return round === s.round && s.verdicts.has(valueId);
    });
  }

  /** Whether q seats, or a certificate, stand for a value in a round. */
  #has(type: Vote['type'], round: number, valueId: Hash): boolean {
    return this.#known(type, round, valueId) || this.#counted(type, round, valueId) >= this.#q;
  }

  #known(type: Vote['type'], round: number, valueId: Hash): boolean {
    return this.#s.certified.some((one) => {
      return one.type === type && one.round === round && one.valueId === valueId;
    });
  }

  #counted(type: Vote['type'], round: number, valueId: Hash): number {
    const same = this.#s.votes.filter((vote) => {
      return vote.type === type && vote.round === round && vote.valueId === valueId;
    });
    return new Set(same.map(({ index }) => index)).size;
  }

  #seats(type: Vote['type'], round: number): Set<number> {
    const same = this.#s.votes.filter((vote) => vote.type === type && vote.round === round);
    return new Set(same.map(({ index }) => index));
  }

  #values(): Hash[] {
    const named = [...this.#s.votes, ...this.#s.certified].map(({ valueId }) => valueId);
    return [...new Set(named.filter((valueId) => valueId !== null))];
  }

  #rounds(): number[] {
    return [...new Set([...this.#s.votes, ...this.#s.certified].map(({ round }) => round))];
  }

  #proposer(round: number): number {
    return (this.#s.height + round) % this.#s.n;
  }

  #lockIgnored(): boolean {
    return this.#departure.ignoresLock === true;
  }
}

/** Those that stay; the same list when all do. */
function kept<Item>(list: readonly Item[], stays: (item: Item) => boolean): readonly Item[] {
  const staying = list.filter(stays);
  return staying.length === list.length ? list : staying;
}
