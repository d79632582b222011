import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import { CodedError } from '@triflow/protocol';
import { createFrameReader, type FrameReader, nextFrame, pushBytes } from './frames.js';
import { type TokenBucket, takeTokens, waitMs } from './tokenBucket.js';

export interface LaneReaderOptions {
  readonly stream: Stream;
  readonly messageBytesMax: number;
  readonly bytesBucket: TokenBucket;
  readonly messagesBucket: TokenBucket;
  nowMs(): number;
  /** Any bytes at all: the peer lives. */
  onActivity(): void;
  onMessage(bytes: Uint8Array): void;
  /** The stream carries what no correct peer sends; it is closed already. */
  onViolation(reason: string): void;
}

/**
 * Reads one inbound stream. Order of checks (R-D2): length, size class, token bucket; then the
 * bytes are handed over. A peer that is too fast is not punished: its stream is not read until the
 * bucket has filled, so that its own queue is what grows.
 */
export class LaneReader {
  readonly #options: LaneReaderOptions;
  readonly #frames: FrameReader;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #stopped = false;

  constructor(options: LaneReaderOptions) {
    this.#options = options;
    this.#frames = createFrameReader(options.messageBytesMax);
  }

  start(): void {
    const { stream } = this.#options;
    stream.addEventListener('message', this.#onBytes);
    // Not 'remoteCloseWrite': bytes may still wait in a stream that is paused.
    stream.addEventListener('end', this.#onEnd);
    stream.addEventListener('close', this.#onClose);
  }

  /** Ends the stream; nothing is delivered afterwards. */
  stop(): void {
    if (this.#stopped) return;
    this.#onClose();
    this.#options.stream.abort(new CodedError('ABORTED', 'stream no longer needed'));
  }

  /** Whether reading waits for tokens: then silence on this stream says nothing. */
  isPaused(): boolean {
    return this.#timer !== undefined;
  }

  readonly #onBytes = (event: StreamMessageEvent): void => {
    if (this.#stopped) return;
    this.#options.onActivity();
    if (event.data instanceof Uint8Array) pushBytes(this.#frames, event.data);
    else for (const part of event.data) pushBytes(this.#frames, part);
    if (this.#timer === undefined) this.#deliver();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.#timer === undefined) this.stop();
  };

  readonly #onClose = (): void => {
    this.#stopped = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  };

  #deliver(): void {
    const { bytesBucket, messagesBucket, nowMs } = this.#options;
    while (!this.#stopped) {
      const now = nowMs();
      const wait = Math.max(waitMs(bytesBucket, now), waitMs(messagesBucket, now));
      if (wait > 0) return this.#pause(wait);
      const frame = nextFrame(this.#frames);
      if (frame === 'more') return;
      if (frame === 'oversize') return this.#violate();
      takeTokens(bytesBucket, frame.length);
      takeTokens(messagesBucket, 1);
      if (frame.length > 0) this.#options.onMessage(frame);
    }
  }

  #pause(wait: number): void {
    const { stream } = this.#options;
    if (stream.readStatus === 'readable') stream.pause();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#deliver();
      if (this.#timer !== undefined || this.#stopped) return;
      if (this.#ended) this.stop();
      else this.#resume();
    }, wait);
  }

  #resume(): void {
    const { stream } = this.#options;
    if (stream.readStatus === 'paused') stream.resume();
  }

  #violate(): void {
    this.stop();
    this.#options.onViolation('a message is announced larger than its channel allows');
  }
}
