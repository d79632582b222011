import {
  type CertificateEntry,
  type CommitCertificate,
  faultsMax,
  type Hash,
  limits,
  type PrevoteCertificate,
  quorum,
  type RoundCertificate,
  type RoundCertificateEntry,
  type Vote,
  type VoteType,
} from '@triflow/protocol';

/** Votes and certificates of one round. First vote wins for counting (R-M2). */
interface RoundVotes {
  readonly prevote: ReadonlyMap<number, Vote>;
  readonly precommit: ReadonlyMap<number, Vote>;
  readonly polkas: ReadonlyMap<Hash, PrevoteCertificate>;
  readonly commits: ReadonlyMap<Hash, CommitCertificate>;
  /** Slots whose conflicting copy was reported: `type/index`. */
  readonly reported: ReadonlySet<string>;
}

/** Votes and certificates in, thresholds out. Counts seats, never messages (R-Q2). */
export interface VoteKeeper {
  readonly height: number;
  readonly n: number;
  readonly rounds: ReadonlyMap<number, RoundVotes>;
}

/** Two different votes of one seat in one slot. */
export interface VoteConflict {
  readonly first: Vote;
  readonly second: Vote;
}

export interface KeeperUpdate {
  readonly keeper: VoteKeeper;
  /** Whether anything new was learnt. */
  readonly changed: boolean;
  readonly conflicts: readonly VoteConflict[];
}

const EMPTY: RoundVotes = {
  prevote: new Map(),
  precommit: new Map(),
  polkas: new Map(),
  commits: new Map(),
  reported: new Set(),
};

/** An empty keeper for a height with n validators. */
export function createVoteKeeper(height: number, n: number): VoteKeeper {
  return { height, n, rounds: new Map() };
}

/** Takes one verified vote of this height. `current` is the round that the bounds refer to. */
export function addVote(keeper: VoteKeeper, vote: Vote, current: number): KeeperUpdate {
  const admitted = admitRound(keeper, vote, current);
  if (admitted === undefined) return { keeper, changed: false, conflicts: [] };
  const votes = admitted.rounds.get(vote.round) ?? EMPTY;
  const held = votes[vote.type].get(vote.index);
  if (held !== undefined) return conflictUpdate(admitted, votes, held, vote);
  const typed = new Map(votes[vote.type]).set(vote.index, vote);
  const next = withThreshold({ ...votes, [vote.type]: typed }, vote, keeper.n);
  const added = withRound(admitted, vote.round, next);
  const isNamed = next.polkas.size > votes.polkas.size;
  const kept = isNamed ? keepNewestPolka(added, current) : added;
  return { keeper: kept, changed: true, conflicts: [] };
}

/** Takes a verified certificate: the effect of all its votes at once (R-C3). */
export function addCertificate(
  keeper: VoteKeeper,
  certificate: PrevoteCertificate | CommitCertificate | RoundCertificate,
  current: number,
): KeeperUpdate {
  let result = keeper;
  let changed = false;
  const conflicts: VoteConflict[] = [];
  for (const vote of votesOf(certificate)) {
    const update = addVote(result, vote, current);
    result = update.keeper;
    changed ||= update.changed;
    conflicts.push(...update.conflicts);
  }
  if (certificate.kind === 'round') return { keeper: result, changed, conflicts };
  const votes = result.rounds.get(certificate.round) ?? EMPTY;
  const { round, valueId } = certificate;
  const held = certificate.kind === 'prevote' ? votes.polkas : votes.commits;
  if (held.has(valueId)) return { keeper: result, changed, conflicts };
  if (certificate.kind === 'commit') {
    const commits = new Map(votes.commits).set(valueId, certificate);
    return { keeper: withRound(result, round, { ...votes, commits }), changed: true, conflicts };
  }
  if (isOutdatedPolka(result, round, current)) return { keeper: result, changed, conflicts };
  const polkas = new Map(votes.polkas).set(valueId, certificate);
  const added = withRound(result, round, { ...votes, polkas });
  return { keeper: keepNewestPolka(added, current), changed: true, conflicts };
}

/** R-M4: whether a polka of a past round is older than one that is held: of no use to any rule. */
export function isOutdatedPolka(keeper: VoteKeeper, round: number, current: number): boolean {
  return round < current && round < newestPastPolka(keeper, current);
}

/** The votes that a certificate stands for. */
export function votesOf(
  certificate: PrevoteCertificate | CommitCertificate | RoundCertificate,
): Vote[] {
  const { height, round } = certificate;
  if (certificate.kind === 'round') {
    return certificate.entries.map((entry) => ({ ...entry, height, round }));
  }
  const type = certificate.kind === 'prevote' ? 'prevote' : 'precommit';
  const { valueId } = certificate;
  return certificate.entries.map(([index, signature]) => {
    return { type, height, round, valueId, index, signature };
  });
}

/** polka(r, id): the certificate of q prevotes for a value. */
export function polka(
  keeper: VoteKeeper,
  round: number,
  valueId: Hash,
): PrevoteCertificate | undefined {
  return keeper.rounds.get(round)?.polkas.get(valueId);
}

/** polka(r, nil). */
export function isNilPolka(keeper: VoteKeeper, round: number): boolean {
  const prevotes = keeper.rounds.get(round)?.prevote ?? EMPTY.prevote;
  let nil = 0;
  for (const vote of prevotes.values()) if (vote.valueId === null) nil += 1;
  return nil >= quorum(keeper.n);
}

/** prevotesAny(r): q seats have prevoted, whatever they said. */
export function hasPrevotesAny(keeper: VoteKeeper, round: number): boolean {
  return (keeper.rounds.get(round)?.prevote.size ?? 0) >= quorum(keeper.n);
}

/** precommitsAny(r). */
export function hasPrecommitsAny(keeper: VoteKeeper, round: number): boolean {
  return (keeper.rounds.get(round)?.precommit.size ?? 0) >= quorum(keeper.n);
}

/** Every polka held, highest round first. */
export function polkas(keeper: VoteKeeper): PrevoteCertificate[] {
  const found: PrevoteCertificate[] = [];
  for (const votes of keeper.rounds.values()) found.push(...votes.polkas.values());
  return found.sort((a, b) => b.round - a.round);
}

/** Every commit(r, id), for any round. */
export function commits(keeper: VoteKeeper): CommitCertificate[] {
  const found: CommitCertificate[] = [];
  for (const votes of keeper.rounds.values()) found.push(...votes.commits.values());
  return found.sort((a, b) => a.round - b.round);
}

/** The highest round above the current one with votes of f + 1 seats. */
export function skipRound(keeper: VoteKeeper, current: number): number | undefined {
  let highest: number | undefined;
  for (const [round, votes] of keeper.rounds) {
    if (round <= current || (highest !== undefined && round < highest)) continue;
    const seats = new Set([...votes.prevote.keys(), ...votes.precommit.keys()]);
    if (seats.size >= faultsMax(keeper.n) + 1) highest = round;
  }
  return highest;
}

/** The votes of one type in a round as a RoundCertificate, or all, one a seat. */
export function roundCertificate(
  keeper: VoteKeeper,
  round: number,
  type?: VoteType,
): RoundCertificate | null {
  const votes = keeper.rounds.get(round) ?? EMPTY;
  const entries = new Map<number, RoundCertificateEntry>();
  const add = (vote: Vote): void => {
    const { index, valueId, signature } = vote;
    if (!entries.has(index)) entries.set(index, { index, type: vote.type, valueId, signature });
  };
  for (const vote of votes.precommit.values()) add(vote);
  if (type !== 'precommit') for (const vote of votes.prevote.values()) add(vote);
  if (entries.size < faultsMax(keeper.n) + 1) return null;
  const sorted = [...entries.values()].sort((a, b) => a.index - b.index);
  return { kind: 'round', height: keeper.height, round, entries: sorted };
}

/** A seat's vote of a round and type. */
export function voteBy(
  keeper: VoteKeeper,
  round: number,
  type: VoteType,
  index: number,
): Vote | undefined {
  return keeper.rounds.get(round)?.[type].get(index);
}

/** The newest vote of a seat: highest round, precommit before prevote (P11). */
export function newestVoteBy(keeper: VoteKeeper, index: number): Vote | undefined {
  let newest: Vote | undefined;
  for (const [round, votes] of keeper.rounds) {
    if (newest !== undefined && round < newest.round) continue;
    const vote = votes.precommit.get(index) ?? votes.prevote.get(index);
    if (vote !== undefined) newest = vote;
  }
  return newest;
}

/** Seats that voted for a value in any round: who may have its body. */
export function votersFor(keeper: VoteKeeper, valueId: Hash): number[] {
  const seats = new Set<number>();
  for (const votes of keeper.rounds.values()) {
    for (const vote of [...votes.prevote.values(), ...votes.precommit.values()]) {
      if (vote.valueId === valueId) seats.add(vote.index);
    }
  }
  return [...seats].sort((a, b) => a - b);
}

/** Forgets what R-M1 lets go when a round starts: old rounds, nil votes of past ones. */
export function pruneRounds(keeper: VoteKeeper, current: number): VoteKeeper {
  const rounds = new Map<number, RoundVotes>();
  for (const [round, votes] of keepNewestPolka(keeper, current).rounds) {
    if (round >= current) {
      rounds.set(round, votes);
      continue;
    }
    const named = votes.polkas.size > 0 || votes.commits.size > 0;
    if (round < current - limits.keptRounds && !named) continue;
    rounds.set(round, {
      ...votes,
      prevote: withoutNil(votes.prevote),
      precommit: withoutNil(votes.precommit),
    });
  }
  return { ...keeper, rounds };
}

/** How many certificates of values are held, for the bound of R-M4. */
export function certificateCount(keeper: VoteKeeper): number {
  let count = 0;
  for (const { polkas, commits } of keeper.rounds.values()) count += polkas.size + commits.size;
  return count;
}

/** How many votes are held, for the bound of R-M4. */
export function voteCount(keeper: VoteKeeper): number {
  let count = 0;
  for (const votes of keeper.rounds.values()) count += votes.prevote.size + votes.precommit.size;
  return count;
}

/**
 * R-M4: of past rounds only the newest polka is kept. R-VALID adopts no other, and a proposal
 * brings the one that R-28 asks for.
 */
function keepNewestPolka(keeper: VoteKeeper, current: number): VoteKeeper {
  const newest = newestPastPolka(keeper, current);
  const rounds = new Map(keeper.rounds);
  for (const [round, votes] of rounds) {
    if (round < newest && votes.polkas.size > 0) rounds.set(round, { ...votes, polkas: new Map() });
  }
  return { ...keeper, rounds };
}

function newestPastPolka({ rounds }: VoteKeeper, current: number): number {
  let newest = -1;
  for (const [round, { polkas }] of rounds) {
    if (round < current && round > newest && polkas.size > 0) newest = round;
  }
  return newest;
}

function withoutNil(votes: ReadonlyMap<number, Vote>): ReadonlyMap<number, Vote> {
  return new Map([...votes].filter(([, vote]) => vote.valueId !== null));
}

/** R-M1: K past rounds; of future ones a seat's F highest. Undefined: the vote is not kept. */
function admitRound(keeper: VoteKeeper, vote: Vote, current: number): VoteKeeper | undefined {
  if (vote.round < current - limits.keptRounds) return undefined;
  if (vote.round < current && vote.valueId === null) return undefined;
  if (vote.round <= current) return keeper;
  const future: number[] = [];
  for (const [round, votes] of keeper.rounds) {
    const spoke = votes.prevote.has(vote.index) || votes.precommit.has(vote.index);
    if (round > current && round !== vote.round && spoke) future.push(round);
  }
  if (future.length < limits.futureRounds) return keeper;
  const lowest = Math.min(...future);
  if (vote.round < lowest) return undefined;
  return dropSeat(keeper, lowest, vote.index);
}

function dropSeat(keeper: VoteKeeper, round: number, index: number): VoteKeeper {
  const votes = keeper.rounds.get(round) ?? EMPTY;
  const prevote = new Map(votes.prevote);
  const precommit = new Map(votes.precommit);
  prevote.delete(index);
  precommit.delete(index);
  const rounds = new Map(keeper.rounds);
  const isEmpty = prevote.size === 0 && precommit.size === 0 && votes.polkas.size === 0;
  if (isEmpty && votes.commits.size === 0) rounds.delete(round);
  else rounds.set(round, { ...votes, prevote, precommit });
  return { ...keeper, rounds };
}

function conflictUpdate(
  keeper: VoteKeeper,
  votes: RoundVotes,
  held: Vote,
  vote: Vote,
): KeeperUpdate {
  const slot = `${vote.type}/${vote.index}`;
  if (held.valueId === vote.valueId || votes.reported.has(slot)) {
    return { keeper, changed: false, conflicts: [] };
  }
  const next = { ...votes, reported: new Set(votes.reported).add(slot) };
  return {
    keeper: withRound(keeper, vote.round, next),
    changed: false,
    conflicts: [{ first: held, second: vote }],
  };
}

/** Builds the certificate when a vote completes a quorum for its value. */
function withThreshold(votes: RoundVotes, vote: Vote, n: number): RoundVotes {
  const { valueId, height, round } = vote;
  if (valueId === null) return votes;
  const held = vote.type === 'prevote' ? votes.polkas : votes.commits;
  if (held.has(valueId)) return votes;
  const same = [...votes[vote.type].values()].filter((one) => one.valueId === valueId);
  if (same.length < quorum(n)) return votes;
  const entries = same
    .map(({ index, signature }): CertificateEntry => [index, signature])
    .sort((a, b) => a[0] - b[0]);
  if (vote.type === 'prevote') {
    const certificate = { kind: 'prevote', height, round, valueId, entries } as const;
    return { ...votes, polkas: new Map(votes.polkas).set(valueId, certificate) };
  }
  const certificate = { kind: 'commit', height, round, valueId, entries } as const;
  return { ...votes, commits: new Map(votes.commits).set(valueId, certificate) };
}

function withRound(keeper: VoteKeeper, round: number, votes: RoundVotes): VoteKeeper {
  return { ...keeper, rounds: new Map(keeper.rounds).set(round, votes) };
}
