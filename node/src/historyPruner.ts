import type { Logger } from '@triflow/protocol';
import type { LedgerStore, LevelStore, PruneStep } from '@triflow/storage';
import type { TimerPort } from './ports.js';
import { lowestKept, type Retention } from './retention.js';

/** A step takes a millisecond or two: a twentieth of the thread while there is something to do. */
const STEP_MS = 25;
const STEP_RECORDS = 512;
const LOOK_MS = 10_000;
/** Each round reads all that is kept of the past, so it waits until a quarter more is there. */
const SPARE_SHARE = 4;
/** Removed records after which their keys are worth a compaction. */
const SLICE_RECORDS = 50_000;

type KeyRange = NonNullable<PruneStep['range']>;

export interface HistoryPrunerOptions {
  readonly store: LedgerStore;
  readonly level: Pick<LevelStore, 'compact'> | undefined;
  readonly retention: Retention;
  readonly timers: TimerPort;
  readonly logger: Logger;
  /** A block is being made or waited for: the disk is wanted elsewhere. */
  readonly isBusy: () => boolean;
}

/**
 * Gives up the state of heights beyond the retention while the node runs: a little at a time, and
 * compacts what was removed when no block is being made. Blocks, headers, certificates, results
 * and the sets of validators stay.
 */
export class HistoryPruner {
  readonly #options: HistoryPrunerOptions;
  readonly #slices: KeyRange[] = [];
  #slice: { from: Uint8Array; removed: number } | undefined;
  /** An earlier process may have been stopped in the middle. */
  #isSweeping = true;
  #removed = 0;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: HistoryPrunerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#keepsAll() && this.#options.store.stateFrom() === 0) return;
    this.#again(STEP_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #again(delayMs: number): void {
    if (!this.#stopped) this.#cancel = this.#options.timers.set(delayMs, () => void this.#turn());
  }

  async #turn(): Promise<void> {
    try {
      if (!this.#isSweeping) await this.#look();
      if (this.#isSweeping) await this.#step();
      if (!this.#options.isBusy()) await this.#compact();
    } catch (error) {
      // Of damage the store's guard has heard; a failed write stops the node at its next commit.
      if (!this.#stopped) this.#options.logger.warn('store.prune_ended', { error: String(error) });
      return;
    }
    const isDue = this.#isSweeping || this.#slices.length > 0;
    if (isDue || !this.#keepsAll()) this.#again(isDue ? STEP_MS : LOOK_MS);
  }

  #keepsAll(): boolean {
    const { stateHeights, stateDays } = this.#options.retention;
    return stateHeights === undefined && stateDays === undefined;
  }

  async #look(): Promise<void> {
    const { store, retention, logger } = this.#options;
    const wanted = await lowestKept(store, retention);
    const kept = (store.head()?.height ?? 0) - wanted;
    if (wanted - store.stateFrom() < Math.max(1, Math.floor(kept / SPARE_SHARE))) return;
    await store.forgetBefore(wanted);
    logger.info('store.pruning', { stateFrom: wanted });
    this.#isSweeping = true;
  }

  async #step(): Promise<void> {
    const { store, logger } = this.#options;
    const { removed, range, isDone } = await store.pruneStep(STEP_RECORDS);
    this.#removed += removed;
    if (range !== undefined) this.#noteRange(range, removed, isDone);
    if (!isDone) return;
    if (this.#removed > 0) {
      logger.info('store.pruned', { stateFrom: store.stateFrom(), removed: this.#removed });
    }
    this.#removed = 0;
    this.#isSweeping = false;
  }

  /** Ranges that lost many records, one after the other. */
  #noteRange(range: KeyRange, removed: number, isLast: boolean): void {
    this.#slice ??= { from: range.from, removed: 0 };
    this.#slice.removed += removed;
    if (this.#slice.removed < SLICE_RECORDS && !isLast) return;
    if (this.#slice.removed > 0) this.#slices.push({ from: this.#slice.from, to: range.to });
    this.#slice = undefined;
  }

  async #compact(): Promise<void> {
    const slice = this.#slices.shift();
    if (slice !== undefined) await this.#options.level?.compact(slice.from, slice.to);
  }
}
