import { heldMessages, type Input } from '@triflow/consensus';
import {
  type Certificate,
  faultsMax,
  type Hash,
  type PrevoteCertificate,
  type Proposal,
  quorum,
  type Vote,
  type VoteType,
  type WireMessage,
} from '@triflow/protocol';
import { Random } from '../simulation/random.js';
import {
  type CoreNode,
  describeNode,
  feed,
  HEIGHT,
  NOW,
  type Outcome,
  openNode,
  timerInput,
  valueBy,
  verdictOn,
} from './coreNode.js';
import type { Departure } from './literalMachine.js';

export interface RunOptions {
  readonly seed: number;
  readonly n: number;
  /** Byzantine seats; more than f is for the canary. */
  readonly liars: number;
  readonly departure?: Departure;
}

export interface RunReport {
  readonly failures: readonly string[];
  readonly steps: number;
  readonly rounds: number;
  readonly accused: number;
}

const HEAL_STEPS = 20_000;
const SIGNATURE = new Uint8Array(64);

/** How this run's scheduler behaves: every seed draws another one. */
interface Manner {
  readonly steps: number;
  /** Out of 100 steps: those that fire a timer, and those in which a liar speaks. */
  readonly timers: number;
  readonly lies: number;
  readonly lossPercent: number;
  readonly repeatPercent: number;
}

interface Pending {
  readonly to: number;
  readonly input: Input;
  readonly due: number;
}

/**
 * Cores of one height under a scheduler that delays, loses, repeats and reorders as it likes,
 * with seats that say anything to anybody. Then all arrives in time, and the height must end.
 */
export function randomRun(options: RunOptions): RunReport {
  const run = new Run(options);
  run.disturb();
  if (run.failures.length === 0 && options.liars <= faultsMax(options.n)) run.heal();
  return run.report();
}

class Run {
  readonly failures: string[] = [];
  readonly #options: RunOptions;
  readonly #random: Random;
  readonly #nodes = new Map<number, CoreNode>();
  readonly #liars: readonly number[];
  readonly #accused = new Set<string>();
  readonly #manner: Manner;
  /** All votes and proposals ever sent, for those who lie with them. */
  readonly #heard: Vote[] = [];
  #pending: Pending[] = [];
  #now = 0;
  #steps = 0;

  constructor(options: RunOptions) {
    const { n, seed, liars } = options;
    this.#options = options;
    this.#random = new Random(seed);
    this.#manner = {
      steps: this.#random.pick([100, 250, 600]),
      timers: this.#random.pick([2, 10, 25, 40]),
      lies: liars === 0 ? 0 : this.#random.pick([2, 10, 25]),
      lossPercent: this.#random.pick([0, 5, 20, 40]),
      repeatPercent: this.#random.pick([0, 8, 30]),
    };
    const first = this.#random.below(n);
    this.#liars = Array.from({ length: liars }, (_, at) => (first + at * 2) % n);
    for (let index = 0; index < n; index += 1) {
      if (this.#liars.includes(index)) continue;
      this.#take(openNode(index, n));
      this.#give(index, { kind: 'work', at: NOW, height: HEIGHT });
      this.#give(index, timerInput({ name: 'newHeight', height: HEIGHT, round: -1 }));
    }
  }

  disturb(): void {
    const { steps, timers, lies } = this.#manner;
    for (let step = 0; step < steps && this.failures.length === 0; step += 1) {
      const dice = this.#random.below(100);
      if (dice < timers) this.#fireAny();
      else if (dice < timers + lies) this.#lie();
      else this.#deliverAny();
    }
  }

  /** I14: everything sent arrives, timers run by their delays, liars are silent. */
  heal(): void {
    for (const node of this.#nodes.values()) {
      for (const message of heldMessages(node.core)) this.#post(node.index, message);
      this.#publish(node);
    }
    const due = new Map<string, number>();
    for (let step = 0; step < HEAL_STEPS && this.failures.length === 0; step += 1) {
      const open = [...this.#nodes.values()].filter(({ core }) => core.step !== 'decided');
      if (open.length === 0) return;
      if (this.#deliverFirst()) continue;
      const timers = open.flatMap(({ index, timers: running }) => {
        return [...running].map(([name, { timer, delayMs }]) => {
          const key = `${index} ${name}`;
          if (!due.has(key)) due.set(key, this.#now + delayMs);
          return { index, name, timer, key, at: due.get(key) ?? 0 };
        });
      });
      const [next] = timers.toSorted((a, b) => a.at - b.at || a.index - b.index);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      due.delete(next.key);
      this.#fire(next.index, next.name);
    }
    if (this.failures.length > 0) return;
    const where = [...this.#nodes.values()].map((node) => `v${node.index} ${describeNode(node)}`);
    this.failures.push(`I14: the height does not end: ${where.join('; ')}`);
  }

  report(): RunReport {
    const rounds = [...this.#nodes.values()].map(({ core }) => core.round);
    const steps = this.#steps;
    return {
      failures: this.failures,
      steps,
      rounds: Math.max(...rounds),
      accused: this.#accused.size,
    };
  }

  #give(index: number, input: Input): void {
    const node = this.#nodes.get(index);
    if (node === undefined) return;
    this.#steps += 1;
    this.#take(feed(node, input, this.#options.departure));
  }

  #take({ node, sent, requests, accused, failures }: Outcome): void {
    const { index } = node;
    const decides = node.core.decision !== null && this.#nodes.get(index)?.core.decision === null;
    this.#nodes.set(index, node);
    if (decides) this.#publish(node);
    this.failures.push(...failures);
    for (const message of sent) this.#post(index, message);
    for (const request of requests) {
      if (request.kind === 'judge') this.#plan(index, verdictOn(request.valueId));
      else if (request.kind === 'buildBlock') {
        const { round } = request;
        const valueId = valueBy(index, round);
        const base = { kind: 'blockBuilt', at: NOW, height: HEIGHT } as const;
        this.#plan(index, { ...base, round, valueId, timeMs: NOW });
      } else this.#answer(index, request.round, request.valueId);
    }
    for (const id of accused) {
      this.#accused.add(id);
      if (!this.#liars.includes(Number(id.slice(1)))) this.failures.push(`I9: ${id} is accused`);
    }
    this.#checkAgreement();
  }

  #checkAgreement(): void {
    const decided = [...this.#nodes.values()].flatMap(({ core }) => {
      return core.decision === null ? [] : [core.decision.valueId];
    });
    if (new Set(decided).size > 1) this.failures.push(`I1: two values are decided: ${decided}`);
  }

  /** R-ASK: whoever holds the proposal gives it; bodies come with the judgement. */
  #answer(to: number, round: number, valueId: Hash): void {
    for (const { core } of this.#nodes.values()) {
      const held = (core.proposals.get(round) ?? []).find((one) => {
        return one.proposal.valueId === valueId;
      });
      if (held === undefined) continue;
      this.#plan(to, { kind: 'proposal', at: NOW, proposal: held.proposal });
      return;
    }
    this.#plan(to, verdictOn(valueId));
  }

  #post(from: number, message: WireMessage): void {
    const input = inputOf(message);
    if (input === undefined) return;
    if (input.kind === 'vote') this.#heard.push(input.vote);
    for (const to of this.#nodes.keys()) if (to !== from) this.#plan(to, input);
  }

  /** A node that is ahead gives its certificate to those behind (R-T4). */
  #publish({ index, core }: CoreNode): void {
    const { decision } = core;
    if (decision !== null) this.#post(index, { kind: 'certificate', certificate: decision });
  }

  #plan(to: number, input: Input): void {
    this.#pending.push({ to, input, due: this.#now + 1 });
  }

  #deliverAny(): void {
    if (this.#pending.length === 0) return;
    const at = this.#random.below(this.#pending.length);
    const [pending] = this.#random.chance(this.#manner.repeatPercent)
      ? this.#pending.slice(at, at + 1)
      : this.#pending.splice(at, 1);
    if (pending === undefined) return;
    // A vote may be lost; what was asked for and signed proposals come again by R-ASK and R-T4.
    if (pending.input.kind !== 'verdict' && this.#random.chance(this.#manner.lossPercent)) return;
    this.#give(pending.to, pending.input);
  }

  #deliverFirst(): boolean {
    const [first, ...rest] = this.#pending;
    if (first === undefined || first.due > this.#now + 1) return false;
    this.#pending = rest;
    this.#give(first.to, first.input);
    return true;
  }

  #fireAny(): void {
    const nodes = [...this.#nodes.values()];
    const node = this.#random.pick(nodes);
    const names = [...node.timers.keys()];
    if (names.length > 0) this.#fire(node.index, this.#random.pick(names));
  }

  #fire(index: number, name: string): void {
    const node = this.#nodes.get(index);
    const running = node?.timers.get(name);
    if (node === undefined || running === undefined) return;
    const timers = new Map(node.timers);
    timers.delete(name);
    this.#nodes.set(index, { ...node, timers });
    this.#give(index, timerInput(running.timer));
  }

  /** A liar says something to one node: a vote, a proposal, or a certificate that exists. */
  #lie(): void {
    if (this.#liars.length === 0) return;
    const liar = this.#random.pick(this.#liars);
    const to = this.#random.pick([...this.#nodes.keys()]);
    const rounds = [...this.#nodes.values()].map(({ core }) => core.round);
    const round = Math.max(0, Math.max(...rounds) - this.#random.below(3) + this.#random.below(2));
    const values = [...new Set(this.#heard.map(({ valueId }) => valueId))];
    const kind = this.#random.below(10);
    if (kind < 3) this.#lieProposal(liar, to, round);
    else if (kind < 5) this.#lieCertificate(to);
    else {
      const valueId = values.length === 0 ? null : this.#random.pick([...values, null]);
      const type = this.#random.pick(['prevote', 'precommit'] as const);
      this.#lieVote(
        { type, height: HEIGHT, round, valueId, index: liar, signature: SIGNATURE },
        to,
      );
    }
  }

  #lieVote(vote: Vote, to: number): void {
    this.#heard.push(vote);
    this.#plan(to, { kind: 'vote', at: NOW, vote });
  }

  #lieProposal(liar: number, to: number, round: number): void {
    if ((HEIGHT + round) % this.#options.n !== liar) return;
    const base = { height: HEIGHT, round, signature: SIGNATURE };
    const polkas = this.#certificates('prevote').filter((one) => one.round < round);
    let proposal: Proposal;
    if (polkas.length > 0 && this.#random.chance(50)) {
      const pol = this.#random.pick(polkas) as PrevoteCertificate;
      proposal = { ...base, valueId: pol.valueId, validRound: pol.round, pol };
    } else {
      const valueId = valueBy(liar, round, this.#random.below(2));
      proposal = { ...base, valueId, validRound: -1 };
    }
    this.#plan(to, { kind: 'proposal', at: NOW, proposal });
  }

  #lieCertificate(to: number): void {
    const known = this.#certificates(this.#random.pick(['prevote', 'precommit'] as const));
    if (known.length === 0) return;
    this.#plan(to, { kind: 'certificate', at: NOW, certificate: this.#random.pick(known) });
  }

  /** Certificates that votes already sent make, together with any vote of the liars. */
  #certificates(type: VoteType): (PrevoteCertificate | Extract<Certificate, { kind: 'commit' }>)[] {
    const seats = new Map<string, Set<number>>();
    for (const { type: kind, round, valueId, index } of this.#heard) {
      if (kind !== type || valueId === null) continue;
      const key = `${round} ${valueId}`;
      const held = seats.get(key) ?? new Set(this.#liars);
      seats.set(key, held.add(index));
    }
    return [...seats].flatMap(([key, held]) => {
      if (held.size < quorum(this.#options.n)) return [];
      const [round, valueId] = key.split(' ');
      const entries = [...held]
        .toSorted((a, b) => a - b)
        .map((index) => [index, SIGNATURE] as const);
      const base = { height: HEIGHT, round: Number(round), valueId: valueId as Hash, entries };
      return [
        type === 'prevote'
          ? { kind: 'prevote' as const, ...base }
          : { kind: 'commit' as const, ...base },
      ];
    });
  }
}

function inputOf(message: WireMessage): Input | undefined {
  if (message.kind === 'vote') return { kind: 'vote', at: NOW, vote: message.vote };
  if (message.kind === 'proposal') return { kind: 'proposal', at: NOW, proposal: message.proposal };
  if (message.kind === 'certificate') {
    return { kind: 'certificate', at: NOW, certificate: message.certificate };
  }
  return undefined;
}
