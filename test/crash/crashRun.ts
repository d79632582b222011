import { isCodedError } from '@triflow/protocol';
import type { Pick } from '@triflow/storage';
import { Random } from '../simulation/random.js';
import { headOf, type SimMember, World } from '../simulation/world.js';
import { calmPlan } from './calmPlan.js';
import { initialise } from './grownWorld.js';
import { type Step, watchSteps } from './steps.js';

/**
 * What becomes of a step: power goes `before` it with nothing unsynced kept, `after` it with all
 * kept, with every unsynced write `torn` by sectors, or with any `subset`; or the disk refuses it
 * (`refused`), or does it and then says that it failed (`lied`), and the process must stop (P9).
 */
export const crashModes = ['before', 'after', 'torn', 'subset'] as const;
export const errorModes = ['refused', 'lied'] as const;

export type PointMode = (typeof crashModes)[number] | (typeof errorModes)[number];

export interface Point {
  readonly step: number;
  readonly mode: PointMode;
}

export interface CrashRunOptions {
  readonly nodes: number;
  readonly heights: number;
  /** The first is met by member 0 in its first life, the second in its next one, and so on. */
  readonly points: readonly Point[];
  /** Everybody loses power with member 0. */
  readonly allNodes?: boolean;
  /** The first start after a point is followed by an orderly end, before anything comes in. */
  readonly stopsAtOnce?: boolean;
  readonly seed?: number;
  readonly keepTrace?: boolean;
  /** A disk that is not what it should be, for the canary. */
  readonly spoil?: (member: SimMember) => void;
}

export interface CrashReport {
  readonly failures: readonly string[];
  /** How many of the points were met. */
  readonly met: number;
  /** Steps of member 0 in each of its lives. */
  readonly steps: readonly number[];
  /** Of the same lives, how many were done when the node was up; undefined if it never was. */
  readonly startSteps: readonly (number | undefined)[];
  readonly kinds: readonly string[];
  readonly trace: readonly string[];
}

const DOWN_MS = 500;
const LOAD_EVERY_MS = 120;
const LIMIT_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** A short run of the real node whose disk fails at given points; then all must be well again. */
export async function crashRun(options: CrashRunOptions): Promise<CrashReport> {
  return new CrashRun(options).run();
}

class CrashRun {
  readonly #options: CrashRunOptions;
  readonly #world: World;
  readonly #victim: SimMember;
  readonly #random: Random;
  readonly #steps: number[] = [];
  readonly #startSteps: (number | undefined)[] = [];
  readonly #kinds: string[] = [];
  #met = 0;
  /** Step number at which the present life began. */
  #lifeFrom = 0;
  #lifeSteps = 0;
  #failedAtMs: number | null = null;
  #downs = 0;
  #isStartingAgain = false;

  constructor(options: CrashRunOptions) {
    this.#options = options;
    const { nodes, seed = 1, keepTrace = false } = options;
    const plan = calmPlan({ seed, nodes });
    const mayStop = (member: SimMember, error: unknown): boolean => this.#stopped(member, error);
    this.#world = new World({ plan, keepTrace, mayStop });
    this.#victim = this.#world.members[0] as SimMember;
    this.#random = new Random(seed + 7);
  }

  async run(): Promise<CrashReport> {
    const world = this.#world;
    await initialise(world);
    for (const member of world.members) this.#options.spoil?.(member);
    watchSteps(this.#victim, (step) => this.#decide(step));
    for (const member of world.members) await this.#start(member);
    this.#load();
    const failed = (): boolean => {
      world.look();
      return world.checkers.failures.length > 0 || this.#isStuckAfterError();
    };
    const goal = this.#options.heights;
    await world.scheduler.runUntil(world.scheduler.nowMs() + LIMIT_MS, () => {
      return failed() || this.#isDone(goal);
    });
    if (!this.#isDone(goal) && world.checkers.failures.length === 0) this.#sayStuck();
    if (world.checkers.failures.length === 0) await world.audit();
    return {
      failures: world.checkers.failures,
      met: this.#met,
      steps: [...this.#steps, this.#lifeSteps],
      startSteps: this.#startSteps,
      kinds: this.#kinds,
      trace: world.trace,
    };
  }

  /** Some heights beyond those with points, everybody level and nothing pending. */
  #isDone(goal: number): boolean {
    const { members, checkers } = this.#world;
    if (this.#isStartingAgain) return false;
    return members.every((member) => headOf(member) >= goal) && checkers.pending().length === 0;
  }

  #sayStuck(): void {
    const { members, checkers } = this.#world;
    const heads = members.map((member) => `${member.id} ${headOf(member)}`).join(', ');
    const stuck = this.#isStuckAfterError() ? 'P9: the process goes on after an error' : 'I14';
    checkers.fail(`${stuck}: ${heads}, ${checkers.pending().length} pending`);
  }

  #isStuckAfterError(): boolean {
    const since = this.#failedAtMs;
    return since !== null && this.#world.scheduler.nowMs() > since + STOP_WITHIN_MS;
  }

  #decide({ number, kind }: Step): 'none' | 'fail' | 'applyThenFail' {
    const step = number - this.#lifeFrom;
    this.#lifeSteps = step + 1;
    if (this.#met === 0) this.#kinds.push(kind);
    const point = this.#options.points[this.#downs];
    if (point === undefined || point.step !== step || this.#met > this.#downs) return 'none';
    this.#met += 1;
    if (point.mode === 'refused' || point.mode === 'lied') {
      this.#failedAtMs = this.#world.scheduler.nowMs();
      return point.mode === 'refused' ? 'fail' : 'applyThenFail';
    }
    const { mode } = point;
    if (mode === 'before') {
      this.#powerLoss(mode);
      return 'fail';
    }
    // Before the node's own continuation: nothing of it runs on a machine without power.
    queueMicrotask(() => this.#powerLoss(mode));
    return 'none';
  }

  #powerLoss(mode: PointMode): void {
    const all = this.#options.allNodes === true;
    const victims = this.#world.members.filter((member) => {
      return member === this.#victim || (all && member.life > 0);
    });
    for (const member of victims) {
      this.#world.crash(member, pickFor(mode, this.#random));
      this.#comeBack(member);
    }
  }

  /** P9: the only way to stop is the disk's error, said with its code. */
  #stopped(member: SimMember, error: unknown): boolean {
    if (member !== this.#victim || this.#failedAtMs === null) return false;
    if (!isCodedError(error, 'STORE_FULL')) return false;
    this.#failedAtMs = null;
    queueMicrotask(() => this.#comeBack(member));
    return true;
  }

  #comeBack(member: SimMember): void {
    if (member === this.#victim) {
      this.#steps.push(this.#lifeSteps);
      this.#lifeFrom += this.#lifeSteps;
      this.#lifeSteps = 0;
      this.#downs += 1;
    }
    this.#world.scheduler.plan(DOWN_MS, () => void this.#start(member));
  }

  async #start(member: SimMember): Promise<void> {
    const life = this.#downs;
    await this.#world.start(member);
    if (member === this.#victim && life === this.#downs) {
      this.#startSteps[life] = this.#lifeSteps;
      if (life === 1 && this.#options.stopsAtOnce === true) await this.#startAgain(member);
    }
  }

  async #startAgain(member: SimMember): Promise<void> {
    this.#isStartingAgain = true;
    await this.#world.stop(member);
    await this.#world.start(member);
    this.#isStartingAgain = false;
  }

  /** Clients: new transactions, and again what they have no outcome of. */
  #load(): void {
    const world = this.#world;
    let turn = 0;
    const next = (): void => {
      turn += 1;
      const running = world.running();
      const member = running[turn % Math.max(1, running.length)];
      if (member !== undefined) {
        for (const bytes of world.checkers.pending()) void member.node?.admission.submit(bytes);
        if (headOf(member) < this.#options.heights) void world.submit(member, `c${turn % 3}`);
      }
      world.scheduler.plan(LOAD_EVERY_MS, next);
    };
    world.scheduler.plan(LOAD_EVERY_MS, next);
  }
}

/** The first question of a crash is how many names to keep, the next ones what of each write. */
function pickFor(mode: PointMode, random: Random): Pick {
  let asked = 0;
  return (bound) => {
    asked += 1;
    if (mode === 'before') return 0;
    if (mode === 'subset') return random.below(bound);
    if (asked === 1) return bound - 1;
    if (mode === 'after') return Math.min(1, bound - 1);
    return bound === 3 ? 2 : random.below(bound);
  };
}
