import { type Logger, limits } from '@triflow/protocol';
import type { Archive } from '../store/archive.js';
import type { Quarantine } from '../store/quarantine.js';
import type { Spool } from '../store/spool.js';
import type { SubmitQueue } from '../submitQueue.js';
import type { DeviceDirectory } from './deviceDirectory.js';
import { createDeviceStates, type DeviceStates } from './deviceStates.js';
import { judgePast } from './judgePast.js';
import { createPendingReadings, type PendingReadings } from './pendingReadings.js';
import { type DeviceWork, type Plan, planBatches } from './planBatches.js';
import { type GroupEnd, sendGroup } from './sendGroup.js';

const READ_BYTES = 1_048_576;
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

const reasons = {
  conflict: 'another reading has its number',
  late: 'later numbers are on the chain',
} as const;

export interface ForwarderParts {
  readonly spool: Spool;
  readonly archive: Archive;
  readonly quarantine: Quarantine;
  readonly directory: Pick<DeviceDirectory, 'refresh' | 'coverage'>;
  readonly queue: Pick<SubmitQueue, 'submit'>;
  readonly logger: Logger;
  readonly now: () => number;
  /** Ends after a time or when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly rules: {
    readonly maxDelayMs: number;
    readonly gapWaitMs: number;
    readonly anchor: ReadonlySet<string>;
    readonly anchorReadings: number;
    readonly groupsMax: number;
  };
}

export interface ForwarderCounts {
  readonly committed: number;
  readonly duplicates: number;
  readonly waiting: number;
}

/** Carries readings from the spool to the chain, each once, in the order of their numbers. */
export interface Forwarder {
  start(): void;
  /** There is something new in the spool. */
  wake(): void;
  stop(): Promise<void>;
  readonly counts: ForwarderCounts;
}

/** Makes a forwarder over an open spool. */
export function createForwarder(parts: ForwarderParts): Forwarder {
  return new SpoolForwarder(parts);
}

class SpoolForwarder implements Forwarder {
  readonly #parts: ForwarderParts;
  readonly #pending: PendingReadings;
  readonly #states: DeviceStates;
  readonly #ended = new AbortController();
  #woken = new AbortController();
  #running: Promise<void> | undefined;
  /** One batch a transaction, to see which one the chain does not take. */
  #isAlone = false;
  #backoffMs = 0;
  #committed = 0;
  #duplicates = 0;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    this.#pending = createPendingReadings(parts.spool.start);
    this.#states = createDeviceStates(parts.directory, parts.rules);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken.abort();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  get counts(): ForwarderCounts {
    const waiting = this.#pending.size;
    return { committed: this.#committed, duplicates: this.#duplicates, waiting };
  }

  async #run(): Promise<void> {
    const { logger, now, sleep } = this.#parts;
    const ended = this.#ended.signal;
    while (!ended.aborted) {
      this.#woken = new AbortController();
      let nextMs: number | undefined;
      try {
        nextMs = await this.#round();
      } catch (error) {
        logger.error('gateway.forwarding_failed', { error: String(error) });
        nextMs = this.#backOff();
      }
      const waitMs = nextMs === undefined ? BACKOFF_MAX_MS : nextMs - now();
      const signal = this.#backoffMs > 0 ? ended : AbortSignal.any([ended, this.#woken.signal]);
      if (waitMs > 0) await sleep(waitMs, signal);
    }
  }

  /** Reads, plans, sends, lets go. Gives the time of the next round; undefined: when woken. */
  async #round(): Promise<number | undefined> {
    const { spool, now } = this.#parts;
    await this.#fill();
    const plan = await this.#plan();
    const groups = this.#isAlone ? plan.groups.map((group) => group.slice(0, 1)) : plan.groups;
    const state = { states: this.#states, pending: this.#pending };
    const ends = await Promise.all(
      groups.map(async (group): Promise<GroupEnd> => {
        const end = await sendGroup(group, this.#parts, state);
        const readings = group.reduce((sum, { pending }) => sum + pending.length, 0);
        if (end === 'committed') this.#committed += readings;
        return end;
      }),
    );
    this.#isAlone = ends.includes('ambiguous');
    const finished = this.#pending.takeFinished();
    if (finished !== undefined) await spool.release(finished);
    if (ends.includes('trouble')) return this.#backOff();
    this.#backoffMs = 0;
    return groups.length > 0 ? now() : plan.nextMs;
  }

  /** Fills the window from the spool. */
  async #fill(): Promise<void> {
    const { spool, quarantine } = this.#parts;
    while (this.#pending.size < limits.spoolWindowReadingsMax) {
      const found = await spool.read(this.#pending.readFrom, READ_BYTES);
      if (found.length === 0) return;
      for (const { device, reading, isSame } of this.#pending.add(found)) {
        if (isSame) this.#duplicates += 1;
        else await quarantine.put(device, [reading], 'conflict', reasons.conflict);
      }
    }
  }

  async #plan(): Promise<Plan> {
    const { rules, now } = this.#parts;
    const devices = this.#pending.devices();
    await this.#states.load(devices);
    for (const device of devices) await this.#dropPast(device);
    const work = this.#pending.devices().map((device): DeviceWork => {
      const { lastSeq, chunkMax } = this.#states.of(device);
      const anchored = this.#states.isAnchored(device);
      return { device, lastSeq, anchored, chunkMax, pending: this.#pending.of(device) };
    });
    const { maxDelayMs, gapWaitMs, groupsMax } = rules;
    const hurry = this.#pending.size >= limits.spoolWindowReadingsMax;
    return planBatches(work, { nowMs: now(), maxDelayMs, gapWaitMs, hurry, groupsMax });
  }

  /** Lets go of readings at or before the last number. */
  async #dropPast(device: string): Promise<void> {
    const { lastSeq } = this.#states.of(device);
    const [first] = this.#pending.of(device);
    if (first === undefined || first.reading.seq > lastSeq) return;
    const past = this.#pending.of(device).filter(({ reading }) => reading.seq <= lastSeq);
    for (const [{ reading }, verdict] of await judgePast(device, past, this.#parts)) {
      if (verdict === 'duplicate') this.#duplicates += 1;
      else await this.#parts.quarantine.put(device, [reading], verdict, reasons[verdict]);
    }
    this.#pending.finish(device, past);
  }

  #backOff(): number {
    this.#backoffMs = Math.min(Math.max(BACKOFF_MS, this.#backoffMs * 2), BACKOFF_MAX_MS);
    return this.#parts.now() + this.#backoffMs;
  }
}
