import type { Connection, Stream } from '@libp2p/interface';
import { CodedError } from '@triflow/protocol';
import { startDeadline } from './deadline.js';
import {
  clearOutbox,
  createOutbox,
  isEmpty,
  type Outbox,
  offer,
  rewind,
  takeChunk,
} from './outbox.js';
import { redialDelayMs } from './redialDelay.js';

/** Small messages are joined up to this size; one encrypted frame carries almost as much. */
const CHUNK_BYTES = 64 * 1_024;
/** A stream that holds this much unsent is not given more. */
const STREAM_BACKLOG_BYTES = CHUNK_BYTES;
const HEARTBEAT = new Uint8Array(0);
const OPEN_FAILURES_MAX = 5;
/** How long a stream that is left may take to send what it holds. */
const RETIRE_MS = 10_000;

export interface LaneWriterOptions {
  readonly protocol: string;
  readonly queueBytesMax: number;
  readonly openTimeoutMs: number;
  readonly reopenMinMs: number;
  readonly reopenMaxMs: number;
  /** False while a more urgent lane of the same peer has something to send. */
  mayWrite(): boolean;
  /** Messages of one job are joined: runs the flush after it. */
  defer(flush: () => void): void;
  onOpen(): void;
  /** Everything was handed to the connection. */
  onFlushed(): void;
  onBytes(count: number): void;
  /** The connection lets no stream be opened, again and again. */
  onBroken(): void;
}

/** One connection's turn of a writer: the stream on it and what opens the stream. */
interface Attempt {
  readonly connection: Connection;
  readonly abort: AbortController;
  stream: Stream | undefined;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/** The long-lived outbound stream of one peer and lane, with its bounded queue. */
export class LaneWriter {
  readonly #options: LaneWriterOptions;
  readonly #outbox: Outbox;
  #attempt: Attempt | undefined;
  #flushing = false;
  #wrote = false;

  constructor(options: LaneWriterOptions) {
    this.#options = options;
    this.#outbox = createOutbox(options.queueBytesMax);
  }

  /** Begins to write over this connection; what waits goes there. */
  start(connection: Connection): void {
    const old = this.#attempt;
    const abort = new AbortController();
    this.#attempt = { connection, abort, stream: undefined, failures: 0, timer: undefined };
    rewind(this.#outbox);
    if (old !== undefined) retire(old);
    this.#open(this.#attempt);
  }

  /** Drops the stream and everything that waits. */
  stop(): void {
    const old = this.#attempt;
    this.#attempt = undefined;
    clearOutbox(this.#outbox);
    if (old !== undefined) end(old);
  }

  /** False when the queue is full. */
  send(message: Uint8Array): boolean {
    if (!offer(this.#outbox, message)) return false;
    this.schedule();
    return true;
  }

  /** Nothing waits here or in the stream: whatever is written now comes after all of it. */
  isFlushed(): boolean {
    return isEmpty(this.#outbox) && (this.#attempt?.stream?.writeBufferLength ?? 0) === 0;
  }

  /** Sends a heartbeat if nothing else was sent since the last call. */
  heartbeat(): void {
    const wrote = this.#wrote;
    this.#wrote = false;
    const attempt = this.#attempt;
    if (attempt?.stream === undefined) return;
    attempt.failures = Math.max(0, attempt.failures - 1);
    if (!wrote && this.isFlushed()) this.send(HEARTBEAT);
  }

  /** Writes soon, after what else the present job puts into the queue. */
  schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.defer(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const stream = this.#attempt?.stream;
    if (stream === undefined) return;
    try {
      while (canTake(stream) && this.#options.mayWrite()) {
        const chunk = takeChunk(this.#outbox, CHUNK_BYTES);
        if (chunk === undefined) break;
        this.#wrote = true;
        this.#options.onBytes(chunk.length);
        stream.send(chunk);
      }
    } catch {
      // The stream has just closed under us: its close event opens the next one.
      stream.abort(new CodedError('TRANSPORT_FAILED', 'write failed'));
    }
    if (this.isFlushed()) this.#options.onFlushed();
  }

  #open(attempt: Attempt): void {
    const { protocol, openTimeoutMs } = this.#options;
    const deadline = startDeadline(openTimeoutMs, [attempt.abort.signal]);
    attempt.connection
      .newStream(protocol, { signal: deadline.signal })
      .then(
        (stream) => this.#opened(attempt, stream),
        () => this.#failed(attempt),
      )
      .finally(() => deadline.clear());
  }

  #opened(attempt: Attempt, stream: Stream): void {
    if (attempt !== this.#attempt) {
      stream.abort(new CodedError('ABORTED', 'stream no longer needed'));
      return;
    }
    attempt.stream = stream;
    // The channel has one direction: whatever comes back is thrown away unread.
    void stream.closeRead().catch(() => {});
    stream.addEventListener('drain', () => this.#flush());
    // 'idle' comes from inside the stream's own send loop, which would not see new bytes.
    stream.addEventListener('idle', () => queueMicrotask(() => this.#flush()));
    stream.addEventListener('close', () => this.#closed(attempt, stream));
    if (stream.status !== 'open') return this.#closed(attempt, stream);
    this.#options.onOpen();
    this.#flush();
  }

  #closed(attempt: Attempt, stream: Stream): void {
    if (attempt.stream !== stream) return;
    attempt.stream = undefined;
    if (attempt !== this.#attempt) return;
    rewind(this.#outbox);
    if (this.isFlushed()) this.#options.onFlushed();
    this.#failed(attempt);
  }

  #failed(attempt: Attempt): void {
    if (attempt !== this.#attempt || attempt.timer !== undefined) return;
    if (attempt.connection.status !== 'open') return;
    attempt.failures += 1;
    if (attempt.failures >= OPEN_FAILURES_MAX) return this.#options.onBroken();
    const { reopenMinMs, reopenMaxMs } = this.#options;
    const delay = redialDelayMs(attempt.failures - 1, reopenMinMs, reopenMaxMs, Math.random());
    attempt.timer = setTimeout(() => {
      attempt.timer = undefined;
      if (attempt === this.#attempt) this.#open(attempt);
    }, delay);
  }
}

function canTake(stream: Stream): boolean {
  return (
    stream.writeStatus === 'writable' &&
    !stream.writableNeedsDrain &&
    stream.writeBufferLength < STREAM_BACKLOG_BYTES
  );
}

/** Lets an old stream send what it already has. */
function retire(attempt: Attempt): void {
  if (attempt.timer !== undefined) clearTimeout(attempt.timer);
  const { stream } = attempt;
  attempt.stream = undefined;
  attempt.abort.abort();
  void stream?.close({ signal: AbortSignal.timeout(RETIRE_MS) }).catch(() => {});
}

function end(attempt: Attempt): void {
  if (attempt.timer !== undefined) clearTimeout(attempt.timer);
  const { stream } = attempt;
  attempt.stream = undefined;
  attempt.abort.abort();
  stream?.abort(new CodedError('ABORTED', 'stream no longer needed'));
}
