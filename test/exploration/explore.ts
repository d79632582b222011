import { assert, compareText } from '@triflow/protocol';
import { Random, shuffled } from '../simulation/random.js';
import { type CoreNode, describeNode, HEIGHT, NOW, openNode, timerInput } from './coreNode.js';
import {
  decisionsOf,
  isFinished,
  type Place,
  type Scope,
  type Soup,
  type Step,
  saidBy,
  stepsOf,
  takeStep,
} from './nodeSteps.js';
import { NumberSet } from './numberSet.js';

export interface ExploreOptions extends Scope {
  /** Ends early, unfinished, above so many states of the whole. */
  readonly statesMax?: number | undefined;
  /** A seed for the order in which steps are tried: what is left unfinished differs with it. */
  readonly order?: number | undefined;
  readonly onProgress?: (states: number) => void;
  /** Called with the nodes of one state in so many, for what else is to be tried from there. */
  readonly sample?: { readonly every: number; visit: (nodes: readonly CoreNode[]) => string[] };
}

export interface ExploreReport {
  /** Different states of all correct nodes together. */
  readonly states: number;
  /** Different states of one node, over all. */
  readonly places: number;
  readonly steps: number;
  /** States in which a value can be decided. */
  readonly decided: number;
  readonly complete: boolean;
  readonly failures: readonly string[];
}

/** A node's state, once, however many states of the whole it is part of. */
interface Known {
  readonly place: Place;
  /** What others can hear of it: one number for each different set of messages. */
  readonly said: number;
}

interface Next {
  readonly id: number;
  readonly label: string;
}

/** What a node can do among others that have said so much. */
interface Prospects {
  readonly nexts: readonly Next[];
  readonly decides: readonly string[];
}

interface Frame {
  readonly ids: readonly number[];
  readonly nexts: { readonly at: number; readonly next: Next }[];
  readonly label: string;
}

const PROGRESS = 100_000;
const ID_BASE = 2 ** 17;

/**
 * All that can happen to the real cores of one height in so many rounds, in every order, with
 * seats that say anything to anybody: agreement (I1), one message a slot (I4), a lock that does
 * not fall (I5), evidence against liars only (I9), and the second opinion at every step.
 */
export function explore(options: ExploreOptions): ExploreReport {
  return new Explorer(options).run();
}

class Explorer {
  readonly #options: ExploreOptions;
  readonly #draw: Random | null;
  readonly #known: Known[] = [];
  readonly #ids = new Map<string, number>();
  readonly #soups: Soup[] = [];
  readonly #soupIds = new Map<string, number>();
  /** Of each node's state, by what was said. */
  readonly #prospects: Map<string, Prospects>[] = [];
  readonly #seen = new NumberSet();
  readonly #stack: Frame[] = [];
  #failures: string[] = [];
  #steps = 0;
  #decided = 0;

  constructor(options: ExploreOptions) {
    this.#options = options;
    this.#draw = options.order === undefined ? null : new Random(options.order);
  }

  run(): ExploreReport {
    const { n, liars, statesMax = Number.MAX_SAFE_INTEGER } = this.#options;
    const correct = Array.from({ length: n }, (_, at) => at).filter((at) => !liars.includes(at));
    this.#enter({ ids: correct.map((at) => this.#open(at)), nexts: [], label: 'start' });
    while (this.#stack.length > 0 && this.#failures.length === 0 && this.#seen.size < statesMax) {
      this.#advance();
    }
    const complete = this.#stack.length === 0;
    const states = this.#seen.size;
    const places = this.#known.length;
    const counts = { states, places, steps: this.#steps, decided: this.#decided };
    return { ...counts, complete, failures: this.#failures };
  }

  #open(index: number): number {
    const { node } = openNode(index, this.#options.n, this.#options.compares);
    const label = 'start';
    const start = timerInput({ name: 'newHeight', height: HEIGHT, round: -1 });
    const inputs = [{ kind: 'work', at: NOW, height: HEIGHT } as const, start];
    const { place, failures } = takeStep({ node, building: null }, { label, inputs });
    this.#failures.push(...failures);
    return this.#know(place);
  }

  #advance(): void {
    const frame = this.#stack.at(-1);
    const step = frame?.nexts.pop();
    if (frame === undefined || step === undefined) {
      this.#stack.pop();
      return;
    }
    const ids = frame.ids.with(step.at, step.next.id);
    this.#enter({ ids, nexts: [], label: `#${step.at} ${step.next.label}` });
  }

  #enter(frame: Frame): void {
    const { ids } = frame;
    const key = ids.reduce((sum, id) => sum * ID_BASE + id, 0);
    if (!this.#seen.add(key)) return;
    this.#stack.push(frame);
    if (this.#seen.size % PROGRESS === 0) this.#options.onProgress?.(this.#seen.size);
    const known = ids.map((id) => this.#at(id));
    const saids = known.map(({ said }) => said);
    const prospects = ids.map((id) => this.#prospectsOf(id, saids));
    this.#check(known, prospects);
    const nexts = prospects.flatMap((some, at) => some.nexts.map((next) => ({ at, next })));
    frame.nexts.push(...this.#ordered(nexts));
  }

  #ordered<T>(items: readonly T[]): readonly T[] {
    if (this.#draw === null) return items;
    return shuffled(this.#draw, items.length).map((at) => items[at] as T);
  }

  /** I1 over all that could be decided here, and what else is wanted of some states. */
  #check(known: readonly Known[], prospects: readonly Prospects[]): void {
    const values = new Set(prospects.flatMap(({ decides }) => decides));
    if (values.size > 1) this.#fail(`I1: ${[...values].join(' and ')} can be decided`, known);
    if (values.size > 0) this.#decided += 1;
    const { sample } = this.#options;
    if (sample === undefined || this.#seen.size % sample.every !== 0) return;
    for (const failure of sample.visit(known.map(({ place }) => place.node))) {
      this.#fail(failure, known);
    }
  }

  #prospectsOf(id: number, saids: readonly number[]): Prospects {
    const key = saids.join(' ');
    const ofThis = this.#prospects[id];
    assert(ofThis !== undefined, 'explore: a numbered state');
    const held = ofThis.get(key);
    if (held !== undefined) return held;
    const { place } = this.#at(id);
    const soups = saids.map((said) => this.#soups[said] ?? { votes: [], proposals: [] });
    const soup = {
      votes: soups.flatMap(({ votes }) => votes),
      proposals: soups.flatMap(({ proposals }) => proposals),
    };
    const nexts = new Map<number, Next>();
    for (const step of stepsOf(place, soup, this.#options)) {
      const after = this.#take(place, step);
      this.#judge(place, after, step.label);
      const next = this.#know(after.place);
      if (next !== id && !nexts.has(next)) nexts.set(next, { id: next, label: step.label });
    }
    const decides = [...decisionsOf(place, soup, this.#options)].flatMap((step) => {
      return this.#take(place, step).place.node.core.decision?.valueId.slice(0, 3) ?? [];
    });
    const prospects = { nexts: [...nexts.values()], decides };
    ofThis.set(key, prospects);
    return prospects;
  }

  #take(place: Place, step: Step): ReturnType<typeof takeStep> {
    this.#steps += 1;
    const after = takeStep(place, step, this.#options.departure);
    for (const failure of after.failures) this.#fail(`${failure}: ${step.label}`, []);
    return after;
  }

  #judge(before: Place, after: ReturnType<typeof takeStep>, label: string): void {
    const was = before.node.core.locked?.round ?? -1;
    const is = after.place.node.core.locked?.round ?? -1;
    if (is < was) this.#fail(`I5: the lock falls from ${was} to ${is}: ${label}`, []);
    for (const id of after.accused) {
      const isLiar = this.#options.liars.includes(Number(id.slice(1)));
      if (!isLiar) this.#fail(`I9: ${id} is accused: ${label}`, []);
    }
  }

  #know(place: Place): number {
    const key = keyOf(place, this.#options);
    const held = this.#ids.get(key);
    if (held !== undefined) return held;
    const id = this.#known.length;
    assert(id < ID_BASE, 'explore: more states of one node than can be numbered');
    this.#ids.set(key, id);
    this.#prospects.push(new Map());
    this.#known.push({ place, said: this.#say(place.node) });
    return id;
  }

  #say(node: CoreNode): number {
    const soup = saidBy(node);
    const proposals = soup.proposals.map(({ round, validRound }) => `${round}/${validRound}`);
    const key = `${node.index} ${[...node.signed].join(' ')} ${proposals.join(' ')}`;
    const held = this.#soupIds.get(key);
    if (held !== undefined) return held;
    this.#soupIds.set(key, this.#soups.length);
    return this.#soups.push(soup) - 1;
  }

  #at(id: number): Known {
    const known = this.#known[id];
    assert(known !== undefined, 'explore: a numbered state');
    return known;
  }

  #fail(what: string, known: readonly Known[]): void {
    const path = this.#stack.map(({ label }) => label);
    const where = known.map(({ place }) => `v${place.node.index} ${describeNode(place.node)}`);
    this.#failures = [...this.#failures, [what, ...where, ...path].join('\n  ')];
  }
}

/**
 * All of a node's state that its future steps depend on. What liars said in past rounds is not
 * part of it: their certificates bypass it (R-C3).
 */
function keyOf(place: Place, scope: Scope): string {
  const { node, building } = place;
  const { core, timers } = node;
  if (isFinished(place, scope)) return `${node.index} ${describeNode(node)}`;
  const { round, step, flags } = core;
  const heard = [...core.votes.rounds].flatMap(([at, held]) => {
    return [...held.prevote.values(), ...held.precommit.values()].flatMap((vote) => {
      const counts = at === round && step === 'prevote' && vote.type === 'prevote';
      if (scope.liars.includes(vote.index) && !counts) return [];
      return `${at}${vote.type}${vote.index}${vote.valueId?.slice(0, 3) ?? '-'}`;
    });
  });
  const proposed = (core.proposals.get(round) ?? []).map(({ proposal }) => {
    return `${proposal.valueId.slice(0, 3)}${proposal.validRound}`;
  });
  const running = [...timers.keys()].filter((name) => name.endsWith(`/${round}`));
  const lists = [heard, proposed, running].map((list) => list.toSorted(compareText).join());
  return [node.index, describeNode(node), building, ...lists, flags.r36].join(' ');
}
