import {
  type Certificate,
  faultsMax,
  type Hash,
  type PrevoteCertificate,
  type Proposal,
  quorum,
  type Vote,
  type VoteType,
} from '@triflow/protocol';
import { Random } from '../simulation/random.js';
import { CoreNetwork } from './coreNetwork.js';
import { HEIGHT, NOW, valueBy } from './coreNode.js';
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

/**
 * Cores of one height under a scheduler that delays, loses, repeats and reorders as it likes,
 * with seats that say anything to anybody. Then all arrives in time, and the height must end.
 */
export function randomRun(options: RunOptions): RunReport {
  const run = new Run(options);
  run.disturb();
  const { network } = run;
  if (network.failures.length === 0 && options.liars <= faultsMax(options.n)) network.settle();
  return run.report();
}

class Run {
  readonly network: CoreNetwork;
  readonly #options: RunOptions;
  readonly #random: Random;
  readonly #liars: readonly number[];
  readonly #manner: Manner;
  /** All votes and proposals ever sent, for those who lie with them. */
  readonly #heard: Vote[] = [];

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
    const seats = Array.from({ length: n }, (_, at) => (this.#liars.includes(at) ? -1 : at));
    const { departure = {} } = options;
    const onVote = (vote: Vote): void => {
      this.#heard.push(vote);
    };
    this.network = new CoreNetwork({ n, seats, liars: this.#liars, departure, onVote });
  }

  disturb(): void {
    const { steps, timers, lies } = this.#manner;
    for (let step = 0; step < steps && this.network.failures.length === 0; step += 1) {
      const dice = this.#random.below(100);
      if (dice < timers) this.#fireAny();
      else if (dice < timers + lies) this.#lie();
      else this.#deliverAny();
    }
  }

  report(): RunReport {
    const { failures, nodes, steps, accused } = this.network;
    const rounds = Math.max(...[...nodes.values()].map(({ core }) => core.round));
    return { failures, steps, rounds, accused: accused.size };
  }

  #deliverAny(): void {
    const { pending } = this.network;
    if (pending.length === 0) return;
    const at = this.#random.below(pending.length);
    const [one] = this.#random.chance(this.#manner.repeatPercent)
      ? pending.slice(at, at + 1)
      : pending.splice(at, 1);
    if (one === undefined) return;
    // A vote may be lost; what was asked for and signed proposals come again by R-ASK and R-T4.
    if (one.input.kind !== 'verdict' && this.#random.chance(this.#manner.lossPercent)) return;
    this.network.give(one.to, one.input);
  }

  #fireAny(): void {
    const node = this.#random.pick([...this.network.nodes.values()]);
    const names = [...node.timers.keys()];
    if (names.length > 0) this.network.fire(node.index, this.#random.pick(names));
  }

  /** A liar says something to one node: a vote, a proposal, or a certificate that exists. */
  #lie(): void {
    if (this.#liars.length === 0) return;
    const liar = this.#random.pick(this.#liars);
    const to = this.#random.pick([...this.network.nodes.keys()]);
    const rounds = [...this.network.nodes.values()].map(({ core }) => core.round);
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
    this.network.plan(to, { kind: 'vote', at: NOW, vote });
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
    this.network.plan(to, { kind: 'proposal', at: NOW, proposal });
  }

  #lieCertificate(to: number): void {
    const known = this.#certificates(this.#random.pick(['prevote', 'precommit'] as const));
    if (known.length === 0) return;
    this.network.plan(to, { kind: 'certificate', at: NOW, certificate: this.#random.pick(known) });
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
