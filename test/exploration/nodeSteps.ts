import type { Input } from '@triflow/consensus';
import {
  type Hash,
  type PrevoteCertificate,
  type Proposal,
  quorum,
  type Vote,
  type VoteType,
} from '@triflow/protocol';
import { type CoreNode, feed, HEIGHT, NOW, timerInput, valueBy, verdictOn } from './coreNode.js';
import type { Departure } from './literalMachine.js';

/** What an exploration is about. */
export interface Scope {
  readonly n: number;
  /** Rounds that may begin. */
  readonly rounds: number;
  /** Seats that say anything to anybody. */
  readonly liars: readonly number[];
  readonly departure?: Departure;
  /** Whether the second opinion is asked at every step; it is when left out. */
  readonly compares?: boolean;
}

/** A node between two steps; a block that was asked for may still be building. */
export interface Place {
  readonly node: CoreNode;
  readonly building: number | null;
}

/** What all correct nodes have ever signed: any of it may be heard by anybody at any time. */
export interface Soup {
  readonly votes: readonly Said[];
  readonly proposals: readonly Proposal[];
}

export interface Said {
  readonly type: VoteType;
  readonly round: number;
  readonly index: number;
  readonly valueId: Hash | null;
}

/** One thing that may happen to a node next: what it hears, and then a timer that runs out. */
export interface Step {
  readonly label: string;
  readonly inputs: readonly Input[];
  readonly timer?: string;
}

const SIGNATURE = new Uint8Array(64);
const VARIANTS = 2;

/**
 * Everything that can make a rule fire in a node now. Votes are heard only together with those
 * that they fire a rule with: what was sent never goes away, so whoever hears earlier does nothing
 * that cannot happen later. Certificates are heard as their votes and as certificates (R-C3).
 */
export function* stepsOf(place: Place, soup: Soup, scope: Scope): Generator<Step> {
  const { node, building } = place;
  const { core, timers } = node;
  const { round, step } = core;
  if (isFinished(place, scope)) return;
  if (building === round) {
    const base = { kind: 'blockBuilt', at: NOW, height: HEIGHT, round } as const;
    const built = { ...base, valueId: valueBy(node.index, round), timeMs: NOW };
    yield { label: `builds ${round}`, inputs: [built] };
  }
  yield* hearsProposal(node, soup, scope);
  if (step === 'propose' && timers.has(`propose/${round}`)) {
    yield { label: `timer propose ${round}`, inputs: [], timer: `propose/${round}` };
  }
  yield* hearsPolka(node, soup, scope);
  if (step === 'prevote') yield* timesOut('prevote', node, soup, scope);
  if (round + 1 < scope.rounds) yield* timesOut('precommit', node, soup, scope);
  yield* skips(node, soup, scope);
}

/** Whether nothing that this node may still do can be heard by others in the rounds there are. */
export function isFinished({ node }: Place, { rounds }: Scope): boolean {
  const { round, step } = node.core;
  return step === 'decided' || (step === 'precommit' && round + 1 >= rounds);
}

/**
 * The commits that a node can be shown now. A decision says nothing to others, and what could be
 * decided can always be decided later: so decisions are tried at every state and end there.
 */
export function* decisionsOf({ node }: Place, soup: Soup, scope: Scope): Generator<Step> {
  if (node.core.step === 'decided') return;
  for (let round = 0; round < scope.rounds; round += 1) {
    for (const valueId of valuesOf(soup, scope)) {
      const seats = seatsFor('precommit', round, valueId, soup, scope);
      if (seats.length < quorum(scope.n)) continue;
      const certificate = { ...certificateOf(round, valueId, seats), kind: 'commit' } as const;
      const label = `hears the commit ${round} of ${valueId.slice(0, 3)}`;
      yield { label, inputs: [{ kind: 'certificate', at: NOW, certificate }] };
    }
  }
}

/** Carries a step out: judgements are there at once, a block only when it is built. */
export function takeStep(
  place: Place,
  { inputs, timer }: Step,
  departure?: Departure,
): { readonly place: Place; readonly accused: readonly string[]; readonly failures: string[] } {
  let { node, building } = place;
  const failures: string[] = [];
  const accused: string[] = [];
  const give = (input: Input): void => {
    const outcome = feed(node, input, departure);
    node = outcome.node;
    failures.push(...outcome.failures);
    accused.push(...outcome.accused);
    for (const request of outcome.requests) {
      if (request.kind === 'buildBlock') building = request.round;
      if (request.kind === 'judge') give(verdictOn(request.valueId));
    }
  };
  for (const input of inputs) give(input);
  const running = timer === undefined ? undefined : node.timers.get(timer);
  if (timer !== undefined && running !== undefined) {
    const timers = new Map(node.timers);
    timers.delete(timer);
    node = { ...node, timers };
    give(timerInput(running.timer));
  }
  return { place: { node, building }, accused, failures };
}

/** What a node has said so far, in the soup's words. */
export function saidBy({ index, core, signed }: CoreNode): Soup {
  const votes: Said[] = [];
  const proposals: Proposal[] = [];
  for (const [slot, value] of signed) {
    const [type, at] = slot.split('/');
    const round = Number(at);
    if (type === 'proposal') {
      const own = core.proposals.get(round) ?? [];
      proposals.push(...own.map(({ proposal }) => proposal));
    } else {
      const valueId = value === 'nil' ? null : (value as Hash);
      votes.push({ type: type as VoteType, round, index, valueId });
    }
  }
  return { votes, proposals };
}

/** All that a correct node may hear of others: theirs, and whatever liars can make. */
function* hearsProposal(node: CoreNode, soup: Soup, scope: Scope): Generator<Step> {
  const { core } = node;
  const held = core.proposals.get(core.round) ?? [];
  for (const proposal of [...soup.proposals, ...liedProposals(core.round, soup, scope)]) {
    const { round, valueId, validRound } = proposal;
    if (round !== core.round) continue;
    const isHeld = held.some(({ proposal: one }) => {
      return one.valueId === valueId && one.validRound === validRound;
    });
    if (isHeld) continue;
    const label = `hears proposal ${round} ${valueId.slice(0, 3)} on ${validRound}`;
    yield { label, inputs: [{ kind: 'proposal', at: NOW, proposal }] };
  }
}

/** A liar proposes new blocks, or any that it can show a polka for. */
function* liedProposals(round: number, soup: Soup, scope: Scope): Generator<Proposal> {
  const proposer = (HEIGHT + round) % scope.n;
  if (round < 0 || !scope.liars.includes(proposer)) return;
  const base = { height: HEIGHT, round, signature: SIGNATURE };
  for (let variant = 0; variant < VARIANTS; variant += 1) {
    yield { ...base, valueId: valueBy(proposer, round, variant), validRound: -1 };
  }
  for (let validRound = 0; validRound < round; validRound += 1) {
    for (const valueId of valuesOf(soup, scope)) {
      const seats = seatsFor('prevote', validRound, valueId, soup, scope);
      if (seats.length < quorum(scope.n)) continue;
      const pol = certificateOf(validRound, valueId, seats);
      yield { ...base, valueId, validRound, pol };
    }
  }
}

/** A polka of this round by its votes; what is past, by the certificate of it (R-C3). */
function* hearsPolka(node: CoreNode, soup: Soup, scope: Scope): Generator<Step> {
  const { round: current, step } = node.core;
  for (let round = 0; round <= current; round += 1) {
    const byVotes = round === current && step === 'prevote';
    for (const valueId of [...valuesOf(soup, scope), null]) {
      if (valueId === null && !byVotes) continue;
      const seats = seatsFor('prevote', round, valueId, soup, scope);
      if (seats.length < quorum(scope.n)) continue;
      const label = `hears the polka ${round} for ${valueId?.slice(0, 3) ?? 'nil'}`;
      if (valueId === null || byVotes) {
        const votes = seats.map((index) => voteInput({ type: 'prevote', round, index, valueId }));
        yield { label, inputs: votes.filter((vote) => !isHeld(node, vote.vote)) };
      }
      if (valueId === null) continue;
      const certificate = certificateOf(round, valueId, seats);
      const input: Input = { kind: 'certificate', at: NOW, certificate };
      yield { label: `${label}, certified`, inputs: [input] };
    }
  }
}

/** Any q votes of this round, then the timer that they start. */
function* timesOut(type: VoteType, node: CoreNode, soup: Soup, scope: Scope): Generator<Step> {
  const { round } = node.core;
  const timer = `${type}/${round}`;
  if (node.timers.has(timer)) {
    yield { label: `timer ${type} ${round}`, inputs: [], timer };
    return;
  }
  for (const votes of subsets(choices(type, round, node, soup, scope), quorum(scope.n))) {
    const told = votes.map(({ index, valueId }) => `v${index}=${valueId?.slice(0, 3) ?? 'nil'}`);
    const inputs = votes.map(voteInput).filter((vote) => !isHeld(node, vote.vote));
    yield { label: `timer ${type} ${round} after ${told.join(' ')}`, inputs, timer };
  }
}

/** f + 1 seats speak of a later round. */
function* skips(node: CoreNode, soup: Soup, scope: Scope): Generator<Step> {
  const enough = scope.n - quorum(scope.n) + 1;
  for (let round = Math.max(0, node.core.round + 1); round < scope.rounds; round += 1) {
    const each = new Map<number, Said[]>();
    for (const type of ['prevote', 'precommit'] as const) {
      for (const [index, votes] of choices(type, round, node, soup, scope)) {
        each.set(index, [...(each.get(index) ?? []), ...votes]);
      }
    }
    for (const votes of subsets(each, enough)) {
      const told = votes.map(({ type, index }) => `${type} of v${index}`).join(', ');
      yield { label: `skips to ${round} after ${told}`, inputs: votes.map(voteInput) };
    }
  }
}

/** What each seat may be heard to say in a slot; a node that holds a seat's vote keeps to it. */
function choices(
  type: VoteType,
  round: number,
  { core }: CoreNode,
  soup: Soup,
  scope: Scope,
): Map<number, Said[]> {
  const each = new Map<number, Said[]>();
  for (const said of soup.votes) {
    if (said.type === type && said.round === round) each.set(said.index, [said]);
  }
  const values = [...valuesOf(soup, scope), null];
  for (const index of scope.liars) {
    const held = core.votes.rounds.get(round)?.[type].get(index);
    const may = held === undefined ? values : [held.valueId];
    each.set(
      index,
      may.map((valueId) => ({ type, round, index, valueId })),
    );
  }
  return each;
}

/** Every way to take `size` seats and one vote of each. */
function* subsets(each: Map<number, Said[]>, size: number): Generator<Said[]> {
  const seats = [...each.keys()].sort((a, b) => a - b);
  function* take(from: number, taken: Said[]): Generator<Said[]> {
    if (taken.length === size) {
      yield taken;
      return;
    }
    for (let at = from; at < seats.length; at += 1) {
      for (const vote of each.get(seats[at] ?? -1) ?? []) yield* take(at + 1, [...taken, vote]);
    }
  }
  yield* take(0, []);
}

/** Seats that can be shown to have voted so: correct ones that did, and every liar. */
function seatsFor(
  type: VoteType,
  round: number,
  valueId: Hash | null,
  soup: Soup,
  { liars }: Scope,
): number[] {
  const correct = soup.votes.filter((said) => {
    return said.type === type && said.round === round && said.valueId === valueId;
  });
  return [...correct.map(({ index }) => index), ...liars].sort((a, b) => a - b);
}

/** Values that anybody can have heard of. */
function valuesOf(soup: Soup, { n, rounds, liars }: Scope): Hash[] {
  const values = new Set(soup.proposals.map(({ valueId }) => valueId));
  for (let round = 0; round < rounds; round += 1) {
    const proposer = (HEIGHT + round) % n;
    if (!liars.includes(proposer)) continue;
    for (let variant = 0; variant < VARIANTS; variant += 1) {
      values.add(valueBy(proposer, round, variant));
    }
  }
  return [...values];
}

function certificateOf(round: number, valueId: Hash, seats: readonly number[]): PrevoteCertificate {
  const entries = seats.map((index) => [index, SIGNATURE] as const);
  return { kind: 'prevote', height: HEIGHT, round, valueId, entries };
}

function voteInput(said: Said): Extract<Input, { kind: 'vote' }> {
  return { kind: 'vote', at: NOW, vote: { ...said, height: HEIGHT, signature: SIGNATURE } };
}

function isHeld({ core }: CoreNode, { round, type, index, valueId }: Vote): boolean {
  return core.votes.rounds.get(round)?.[type].get(index)?.valueId === valueId;
}
