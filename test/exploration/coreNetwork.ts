import { heldMessages, type Input } from '@triflow/consensus';
import type { Hash, Vote, WireMessage } from '@triflow/protocol';
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

export interface NetworkOptions {
  readonly n: number;
  /** The seat of each core; two cores of one seat are twins. */
  readonly seats: readonly number[];
  /** Seats that may be accused. */
  readonly liars: readonly number[];
  readonly departure?: Departure;
  /** Whether the second opinion is asked at every step; it is when left out. */
  readonly compares?: boolean;
  /** Whether a message gets from one core to another now; all do when left out. */
  readonly reaches?: (from: number, to: number, message: WireMessage) => boolean;
  /** What a core builds for a round; null when it stays silent. */
  readonly builds?: (core: number, round: number) => Hash | null;
  readonly onVote?: (vote: Vote) => void;
}

export interface Pending {
  readonly to: number;
  readonly input: Input;
  readonly due: number;
}

/** Steps in which everything is in time must end a height. */
const SETTLE_STEPS = 20_000;

/** Cores of one height and the messages between them. Who orders them is up to its user. */
export class CoreNetwork {
  readonly failures: string[] = [];
  readonly accused = new Set<string>();
  readonly nodes = new Map<number, CoreNode>();
  pending: Pending[] = [];
  steps = 0;
  /** Undone, every message gets through. */
  isDivided = true;
  readonly #options: NetworkOptions;
  /** When each core's timers run out. */
  readonly #due = new Map<number, Map<string, number>>();
  #now = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    for (const [core, seat] of options.seats.entries()) {
      if (seat < 0) continue;
      this.#take(core, openNode(seat, options.n, options.compares));
      this.give(core, { kind: 'work', at: NOW, height: HEIGHT });
      this.give(core, timerInput({ name: 'newHeight', height: HEIGHT, round: -1 }));
    }
  }

  /** A core takes an input, and what comes of it is sent. */
  give(core: number, input: Input): void {
    const node = this.nodes.get(core);
    if (node === undefined) return;
    this.steps += 1;
    this.#take(core, feed(node, input, this.#options.departure));
  }

  plan(to: number, input: Input): void {
    this.pending.push({ to, input, due: this.#now + 1 });
  }

  fire(core: number, name: string): void {
    const node = this.nodes.get(core);
    const running = node?.timers.get(name);
    if (node === undefined || running === undefined) return;
    const timers = new Map(node.timers);
    timers.delete(name);
    this.nodes.set(core, { ...node, timers });
    this.#due.get(core)?.delete(name);
    this.give(core, timerInput(running.timer));
  }

  /** The oldest message, or else the timer that runs out first; false when there is neither. */
  advance(): boolean {
    const [first] = this.pending;
    if (first !== undefined && first.due <= this.#now + 1) {
      this.pending.shift();
      this.give(first.to, first.input);
      return true;
    }
    const next = this.#firstTimer();
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    this.fire(next.core, next.name);
    return true;
  }

  /** I14: everything held is sent again, all arrives in time, and the height must end. */
  settle(): void {
    this.isDivided = false;
    for (const [core, node] of this.nodes) {
      for (const message of heldMessages(node.core)) this.#post(core, message);
      this.#publish(core, node);
    }
    for (let step = 0; step < SETTLE_STEPS && this.failures.length === 0; step += 1) {
      if (!this.#isWaiting()) return;
      if (!this.advance()) break;
    }
    if (this.failures.length > 0) return;
    const where = [...this.nodes].map(([core, node]) => `#${core} ${describeNode(node)}`);
    this.failures.push(`I14: the height does not end: ${where.join('; ')}`);
  }

  /** Correct cores that have not decided. */
  waiting(): CoreNode[] {
    return [...this.nodes.values()].filter((node) => this.#waits(node));
  }

  #isWaiting(): boolean {
    for (const node of this.nodes.values()) if (this.#waits(node)) return true;
    return false;
  }

  #waits({ index, core }: CoreNode): boolean {
    return core.step !== 'decided' && !this.#options.liars.includes(index);
  }

  /** The timer that runs out first; a core's own in the order in which they were set. */
  #firstTimer(): { core: number; name: string; at: number } | undefined {
    let first: { core: number; name: string; at: number } | undefined;
    for (const [core, node] of this.nodes) {
      if (node.core.step === 'decided') continue;
      for (const [name, { delayMs }] of node.timers) {
        const at = this.#dueAt(core, name, delayMs);
        const isFirst = first === undefined || at < first.at;
        if (isFirst) first = { core, name, at };
      }
    }
    return first;
  }

  #dueAt(core: number, name: string, delayMs: number): number {
    const due = this.#due.get(core) ?? new Map<string, number>();
    const at = due.get(name) ?? this.#now + delayMs;
    this.#due.set(core, due.set(name, at));
    return at;
  }

  #take(core: number, { node, sent, requests, accused, failures }: Outcome): void {
    const before = this.nodes.get(core)?.core.decision ?? null;
    this.nodes.set(core, node);
    if (node.core.decision !== null && before === null) {
      this.#publish(core, node);
      this.#checkAgreement();
    }
    // A liar's copy may still find out that it is one (P11), which the second opinion knows not of.
    if (!this.#options.liars.includes(node.index)) this.failures.push(...failures);
    for (const message of sent) this.#post(core, message);
    for (const request of requests) {
      if (request.kind === 'judge') this.plan(core, verdictOn(request.valueId));
      else if (request.kind === 'buildBlock') this.#build(core, node, request.round);
      else this.#answer(core, request.round, request.valueId);
    }
    for (const id of accused) {
      this.accused.add(id);
      if (!this.#options.liars.includes(Number(id.slice(1)))) {
        this.failures.push(`I9: ${id} is accused`);
      }
    }
  }

  /** Twins are one liar: what one of them decides, its owner made up. */
  #checkAgreement(): void {
    const decided = [...this.nodes.values()].flatMap(({ index, core }) => {
      const counts = core.decision !== null && !this.#options.liars.includes(index);
      return counts ? [core.decision.valueId] : [];
    });
    if (new Set(decided).size > 1) this.failures.push(`I1: two values are decided: ${decided}`);
  }

  #build(core: number, { index }: CoreNode, round: number): void {
    const { builds = () => valueBy(index, round) } = this.#options;
    const valueId = builds(core, round);
    const base = { at: NOW, height: HEIGHT, round } as const;
    if (valueId === null) this.plan(core, { kind: 'nothingToBuild', ...base });
    else this.plan(core, { kind: 'blockBuilt', ...base, valueId, timeMs: NOW });
  }

  /** R-ASK: whoever holds the proposal gives it; bodies come with the judgement. */
  #answer(to: number, round: number, valueId: Hash): void {
    for (const { core } of this.nodes.values()) {
      const held = (core.proposals.get(round) ?? []).find((one) => {
        return one.proposal.valueId === valueId;
      });
      if (held === undefined) continue;
      this.plan(to, { kind: 'proposal', at: NOW, proposal: held.proposal });
      return;
    }
    this.plan(to, verdictOn(valueId));
  }

  #post(from: number, message: WireMessage): void {
    const input = inputOf(message);
    if (input === undefined) return;
    if (input.kind === 'vote') this.#options.onVote?.(input.vote);
    const { reaches = () => true } = this.#options;
    for (const to of this.nodes.keys()) {
      const node = this.nodes.get(to);
      if (to === from || node === undefined) continue;
      if (this.#options.liars.includes(node.index) && namesSeat(message, node.index)) continue;
      if (this.isDivided && !reaches(from, to, message)) continue;
      this.plan(to, input);
    }
  }

  /** A node that is ahead gives its certificate to those behind (R-T4). */
  #publish(from: number, { core }: CoreNode): void {
    const { decision } = core;
    if (decision !== null) this.#post(from, { kind: 'certificate', certificate: decision });
  }
}

/** A twin does not let itself hear what its other half said: it would fall silent (P11). */
function namesSeat(message: WireMessage, seat: number): boolean {
  if (message.kind === 'vote') return message.vote.index === seat;
  if (message.kind !== 'certificate') return false;
  const { certificate } = message;
  return certificate.kind === 'round'
    ? certificate.entries.some(({ index }) => index === seat)
    : certificate.entries.some(([index]) => index === seat);
}

function inputOf(message: WireMessage): Input | undefined {
  if (message.kind === 'vote') return { kind: 'vote', at: NOW, vote: message.vote };
  if (message.kind === 'proposal') return { kind: 'proposal', at: NOW, proposal: message.proposal };
  if (message.kind === 'certificate') {
    return { kind: 'certificate', at: NOW, certificate: message.certificate };
  }
  return undefined;
}
