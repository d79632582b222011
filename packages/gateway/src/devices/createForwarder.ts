import { isCodedError, type Logger, limits } from '@triflow/protocol';
import type { Archive, ArchivedBatch } from '../store/archive.js';
import type { Quarantine } from '../store/quarantine.js';
import type { Spool } from '../store/spool.js';
import type { SubmitQueue } from '../submitQueue.js';
import { batchCommand } from './batchCommand.js';
import type { DeviceDirectory } from './deviceDirectory.js';
import { createPendingReadings, isSameReading, type PendingReading } from './pendingReadings.js';
import { type Chunk, type DeviceWork, planBatches } from './planBatches.js';
import type { Reading } from './readingRow.js';

const READ_BYTES = 1_048_576;
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

/** Refusals of one reading or of one batch: cut smaller, the others still pass. */
const CUT_CODES: ReadonlySet<string> = new Set([
  'BOUND_EXCEEDED',
  'CLOCK_SKEW_TOO_LARGE',
  'READING_KIND_NOT_BOUND',
  'BATCH_IS_MALFORMED',
  'PARAMS_ARE_INVALID',
]);
/** Refusals of the device: nothing of it passes now. */
const DEVICE_CODES: ReadonlySet<string> = new Set([
  'OBJECT_NOT_FOUND',
  'DEVICE_NOT_BOUND',
  'SIGNER_NOT_PARTY_TO_OBJECT',
  'BATCH_ROOT_DIFFERS',
]);

export interface ForwarderParts {
  readonly spool: Spool;
  readonly archive: Archive;
  readonly quarantine: Quarantine;
  readonly directory: DeviceDirectory;
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

interface DeviceState {
  lastSeq: number;
  chunkMax: number;
}

/** Makes a forwarder over an open spool. */
export function createForwarder(parts: ForwarderParts): Forwarder {
  const { spool, archive, quarantine, directory, queue, logger, rules, now } = parts;
  const pending = createPendingReadings(spool.start);
  const states = new Map<string, DeviceState>();
  const ended = new AbortController();
  let woken = new AbortController();
  let running: Promise<void> | undefined;
  let alone = false;
  let backoffMs = 0;
  let committed = 0;
  let duplicates = 0;

  const isAnchored = (device: string): boolean => rules.anchor.has(device);
  const chunkTop = (device: string): number =>
    isAnchored(device) ? rules.anchorReadings : limits.readingsPerBatchMax;

  const stateOf = async (device: string): Promise<DeviceState> => {
    const known = states.get(device);
    if (known !== undefined) return known;
    const found = await directory.refresh(device);
    const made = { lastSeq: found?.lastSeq ?? 0, chunkMax: chunkTop(device) };
    states.set(device, made);
    return made;
  };

  const fill = async (): Promise<void> => {
    while (pending.size < limits.spoolWindowReadingsMax) {
      const found = await spool.read(pending.readFrom, READ_BYTES);
      if (found.length === 0) return;
      for (const { device, reading, isSame } of pending.add(found)) {
        if (isSame) duplicates += 1;
        else await quarantine.put(device, [reading], 'conflict', 'another reading has its number');
      }
    }
  };

  /** Readings at or before the last number: the chain has them, or they came too late. */
  const dropPast = async (device: string, lastSeq: number): Promise<void> => {
    const past = pending.of(device).filter(({ reading }) => reading.seq <= lastSeq);
    for (const one of past) {
      const { reading } = one;
      const batch = await archive.find(device, reading.seq);
      const kept = batch?.readings.find(({ seq }) => seq === reading.seq);
      if (kept === undefined && batch !== undefined) {
        await quarantine.put(device, [reading], 'late', 'later numbers are on the chain');
      } else if (kept !== undefined && !isSameReading(kept, reading)) {
        await quarantine.put(device, [reading], 'conflict', 'another reading has its number');
      } else duplicates += 1;
    }
    if (past.length > 0) pending.finish(device, past);
  };

  const work = async (): Promise<readonly DeviceWork[]> => {
    const list: DeviceWork[] = [];
    for (const device of pending.devices()) {
      const { lastSeq, chunkMax } = await stateOf(device);
      await dropPast(device, lastSeq);
      const anchored = isAnchored(device);
      list.push({ device, lastSeq, anchored, chunkMax, pending: pending.of(device) });
    }
    return list;
  };

  const succeed = (chunks: readonly Chunk[]): void => {
    for (const { device, pending: sent } of chunks) {
      const state = states.get(device);
      if (state !== undefined) {
        state.lastSeq = sent.at(-1)?.reading.seq ?? state.lastSeq;
        state.chunkMax = Math.min(state.chunkMax * 2, chunkTop(device));
      }
      committed += sent.length;
      pending.finish(device, sent);
    }
  };

  /** Cuts a refused batch in two; a single reading that is refused is put aside. */
  const refuse = async (chunk: Chunk, code: string): Promise<void> => {
    const { device, pending: sent } = chunk;
    const state = await stateOf(device);
    const isWhole = DEVICE_CODES.has(code);
    if (!isWhole && sent.length > 1) {
      state.chunkMax = Math.max(1, Math.floor(sent.length / 2));
      return;
    }
    const readings = sent.map(({ reading }) => reading);
    await quarantine.put(device, readings, 'refused', code);
    logger.error('gateway.readings_refused_by_chain', { device, readings: sent.length, code });
    pending.finish(device, sent);
  };

  /** Whether the group came to an end, good or bad. Passing trouble: it is tried again. */
  const send = async (chunks: readonly Chunk[]): Promise<boolean> => {
    try {
      for (const chunk of chunks) await archive.save(archived(chunk));
      await queue.submit(chunks.map(batchCommand));
      succeed(chunks);
      return true;
    } catch (error) {
      const code = isCodedError(error) ? error.code : 'INTERNAL';
      const at = isCodedError(error) ? error.details?.failedCommand : undefined;
      const judged = CUT_CODES.has(code) || DEVICE_CODES.has(code);
      const chunk = chunks[typeof at === 'number' ? at : chunks.length - 1];
      // Refused at the door: which command it was, only a transaction of its own tells.
      if (judged && typeof at !== 'number' && chunks.length > 1) {
        alone = true;
        return true;
      }
      if (chunk !== undefined && judged) {
        for (const one of chunks) await archive.remove(archived(one));
        await refuse(chunk, code);
        return true;
      }
      // It may be on the chain all the same, so its readings stay in the archive.
      logger.warn('gateway.batch_waits', { code, devices: chunks.length });
      for (const { device } of chunks) states.delete(device);
      return code === 'SEQUENCE_REPLAYED';
    }
  };

  const round = async (): Promise<number | undefined> => {
    await fill();
    const isShort = pending.size >= limits.spoolWindowReadingsMax;
    const plan = planBatches(await work(), {
      nowMs: now(),
      maxDelayMs: rules.maxDelayMs,
      gapWaitMs: rules.gapWaitMs,
      hurry: isShort,
      groupsMax: rules.groupsMax,
    });
    const groups = alone ? plan.groups.map((group) => group.slice(0, 1)) : plan.groups;
    alone = false;
    const ends = await Promise.all(groups.map(send));
    const finished = pending.takeFinished();
    if (finished !== undefined) await spool.release(finished);
    if (ends.includes(false)) {
      backoffMs = Math.min(Math.max(BACKOFF_MS, backoffMs * 2), BACKOFF_MAX_MS);
      return now() + backoffMs;
    }
    backoffMs = 0;
    return plan.groups.length > 0 ? now() : plan.nextMs;
  };

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      woken = new AbortController();
      let nextMs: number | undefined;
      try {
        nextMs = await round();
      } catch (error) {
        logger.error('gateway.forwarding_failed', { error: String(error) });
        backoffMs = Math.min(Math.max(BACKOFF_MS, backoffMs * 2), BACKOFF_MAX_MS);
        nextMs = now() + backoffMs;
      }
      const waitMs = nextMs === undefined ? BACKOFF_MAX_MS : nextMs - now();
      const signal = backoffMs > 0 ? ended.signal : AbortSignal.any([ended.signal, woken.signal]);
      if (waitMs > 0) await parts.sleep(waitMs, signal);
    }
  };

  return {
    start() {
      running ??= run();
    },
    wake: () => woken.abort(),
    async stop() {
      ended.abort();
      await running;
    },
    get counts() {
      return { committed, duplicates, waiting: pending.size };
    },
  };
}

function archived({ device, anchored, pending }: Chunk): ArchivedBatch {
  const readings: readonly Reading[] = pending.map(({ reading }: PendingReading) => reading);
  return { device, anchored, readings, toSeq: readings.at(-1)?.seq ?? 0 };
}
