import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { CodedError, type Logger, limits } from '@triflow/protocol';
import type { SubmitQueue } from '../submitQueue.js';
import type { CaptureEvent, CaptureJob } from './captureJob.js';
import type { JobFiles } from './jobFiles.js';
import { failedCommand, isTransient, problemOfRefusal, recordCommand } from './recordEvents.js';

/** Events of one transaction of a capture that proceeds. */
const BATCH_EVENTS = 64;
/** Leaves room in a transaction for what stands around the events. */
const BATCH_BYTES = limits.transactionBytesMax - 16 * 1024;
const PAUSES_MS: readonly number[] = [500, 1_000, 2_000, 5_000, 15_000, 30_000];

export type NewCapture = Pick<
  CaptureJob,
  'captureErrorBehaviour' | 'validationLevel' | 'errors' | 'events'
>;

/**
 * The captures of a gateway. A job is on disk before it is answered for, and is taken up again by
 * the next run; an event that was recorded already is the same event, so nothing comes twice.
 */
export class CaptureJobs {
  readonly #jobs = new Map<string, CaptureJob>();
  readonly #files: JobFiles;
  readonly #queue: SubmitQueue;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();
  #lastId = 0;

  constructor(parts: {
    readonly files: JobFiles;
    readonly queue: SubmitQueue;
    readonly logger: Logger;
  }) {
    this.#files = parts.files;
    this.#queue = parts.queue;
    this.#logger = parts.logger;
    // One listener a waiting job: many are no leak, so Node should not warn.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Takes up what the last run left. */
  async start(): Promise<void> {
    for (const job of await this.#files.load()) {
      this.#jobs.set(job.captureID, job);
      if (job.running) this.#begin(job);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#working);
  }

  get(captureID: string): CaptureJob | undefined {
    return this.#jobs.get(captureID);
  }

  /** The newest first, behind a captureID. */
  list(after: string | undefined, limit: number): readonly CaptureJob[] {
    const all = [...this.#jobs.values()].reverse();
    const start = after === undefined ? 0 : all.findIndex((job) => job.captureID === after) + 1;
    return all.slice(start, start + limit);
  }

  /** Accepts a capture; durable once it resolves. RATE_LIMITED, EPCIS_CAPTURE_LIMIT. */
  async create(capture: NewCapture): Promise<CaptureJob> {
    const open = [...this.#jobs.values()].filter(({ running }) => running).length;
    if (open >= limits.epcisCaptureJobsOpenMax) {
      throw new CodedError('RATE_LIMITED', `${open} captures are running already`);
    }
    const bytes = capture.events.reduce((sum, event) => sum + sizeOf(event), 0);
    if (capture.captureErrorBehaviour === 'rollback' && bytes > BATCH_BYTES) {
      const message = `${bytes} bytes of events: one transaction holds ${BATCH_BYTES}`;
      throw new CodedError('EPCIS_CAPTURE_LIMIT', message);
    }
    const job: CaptureJob = {
      captureID: this.#newId(),
      createdAt: Date.now(),
      running: true,
      success: capture.errors.length === 0,
      ...capture,
    };
    await this.#files.save(job);
    this.#jobs.set(job.captureID, job);
    this.#begin(job);
    await this.#forgetOldest();
    return job;
  }

  /** Ids in the order of their making, also across restarts. */
  #newId(): string {
    this.#lastId = Math.max(this.#lastId + 1, Date.now());
    return `${this.#lastId.toString(36)}-${randomBytes(6).toString('hex')}`;
  }

  #begin(job: CaptureJob): void {
    const work = this.#run(job)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#logger.error('epcis.capture_failed', { captureID: job.captureID, reason });
      })
      .finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #run(job: CaptureJob): Promise<void> {
    for (let attempt = 0; job.events.length > 0 && !this.#stopping.signal.aborted; ) {
      const batch = job.captureErrorBehaviour === 'rollback' ? job.events : batchOf(job.events);
      const isSettled = await this.#submit(job, batch);
      if (isSettled) {
        attempt = 0;
        if (job.events.length > 0) await this.#files.save(job);
        continue;
      }
      const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0;
      attempt += 1;
      await pause(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    if (job.events.length > 0) return;
    const success = job.errors.length === 0;
    const done = { ...job, running: false, finishedAt: Date.now(), success };
    await this.#files.save(done);
    // Nobody is told of an end that a crash could take back.
    Object.assign(job, done);
    const { captureID } = job;
    this.#logger.info('epcis.captured', { captureID, success, errors: job.errors.length });
  }

  /** One transaction; false when nothing is known of it yet. */
  async #submit(job: CaptureJob, batch: readonly CaptureEvent[]): Promise<boolean> {
    try {
      await this.#queue.submit(batch.map((event) => recordCommand(event, job.validationLevel)));
      settle(job, batch);
      return true;
    } catch (error) {
      if (isTransient(error)) return false;
      const at = failedCommand(error);
      const failed = at === undefined ? undefined : batch[at];
      // A node that refuses without naming a command: one by one, each for itself.
      if (failed === undefined && batch.length > 1 && job.captureErrorBehaviour === 'proceed') {
        for (const event of batch) {
          if (!(await this.#submit(job, [event]))) return false;
        }
        return true;
      }
      const only = batch.length === 1 ? batch[0] : undefined;
      const blamed = failed ?? only;
      const problem = problemOfRefusal(error, blamed?.path);
      job.errors.push({ ...problem, errors: [...problem.errors] });
      job.success = false;
      const isAll = job.captureErrorBehaviour === 'rollback' || blamed === undefined;
      settle(job, isAll ? batch : [blamed]);
      return true;
    }
  }

  async #forgetOldest(): Promise<void> {
    while (this.#jobs.size > limits.epcisCaptureJobsKeptMax) {
      const oldest = [...this.#jobs.values()].find(({ running }) => !running);
      if (oldest === undefined) return;
      this.#jobs.delete(oldest.captureID);
      await this.#files.remove(oldest.captureID);
    }
  }
}

function settle(job: CaptureJob, done: readonly CaptureEvent[]): void {
  const settled = new Set(done);
  job.events = job.events.filter((event) => !settled.has(event));
}

/** As many events as one transaction holds; always at least one. */
function batchOf(events: readonly CaptureEvent[]): readonly CaptureEvent[] {
  let bytes = 0;
  const end = events.findIndex((event, at) => {
    bytes += sizeOf(event);
    return at > 0 && (at >= BATCH_EVENTS || bytes > BATCH_BYTES);
  });
  return end < 0 ? events : events.slice(0, end);
}

function sizeOf({ bytes }: CaptureEvent): number {
  return Math.ceil((bytes.length * 3) / 4) + 256;
}
