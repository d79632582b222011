import type { Connection, Stream, StreamMessageEvent } from '@libp2p/interface';
import { CodedError } from '@triflow/protocol';
import { startDeadline } from './deadline.js';
import { createFrameReader, encodeFrame, nextFrame, pushBytes } from './frames.js';
import { withResolvers } from './polyfill.js';

export const REQUEST_PROTOCOL = '/triflow/request/1';

/** First byte of an answer: bytes follow, or the peer does not answer this. */
const ANSWERED = 0;
const REFUSED = 1;
const CHUNK_BYTES = 64 * 1_024;

export interface AskOptions {
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly signals: readonly (AbortSignal | undefined)[];
  onActivity(): void;
}

/** One question over its own stream. TRANSPORT_FAILED with `details.reason`, or ABORTED. */
export async function ask(
  connection: Connection,
  request: Uint8Array,
  options: AskOptions,
): Promise<Uint8Array> {
  const deadline = startDeadline(options.timeoutMs, options.signals);
  const { signal } = deadline;
  let stream: Stream | undefined;
  try {
    signal.throwIfAborted();
    stream = await connection.newStream(REQUEST_PROTOCOL, { signal });
    const answer = readFrame(stream, options.responseBytesMax + 1, signal, options.onActivity);
    // Nobody waits for it yet; if the write fails, its rejection is nobody's business.
    answer.catch(() => {});
    stream.send(encodeFrame(request));
    const bytes = await answer;
    if (bytes[0] === ANSWERED) return bytes.subarray(1);
    throw transportFailed(bytes[0] === REFUSED ? 'refused' : 'malformed');
  } catch (error) {
    if (deadline.end() === 'timeout') throw transportFailed('timeout');
    if (deadline.end() === 'aborted') throw new CodedError('ABORTED', 'the request was given up');
    if (error instanceof CodedError) throw error;
    throw transportFailed('closed', error);
  } finally {
    deadline.clear();
    stream?.abort(new CodedError('ABORTED', 'request over'));
  }
}

export interface ServeOptions {
  readonly requestBytesMax: number;
  readonly responseBytesMax: number;
  readonly readMs: number;
  readonly serveMs: number;
  readonly stopSignal: AbortSignal;
  onRequest(bytes: Uint8Array): void;
  onViolation(reason: string): void;
  onResponse(bytes: number): void;
  onFailed(error: unknown): void;
  answer(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** Resolves when the next chunk may leave: bandwidth, and consensus goes first (R-D6, R-Y5). */
  turn(chunkBytes: number, signal: AbortSignal): Promise<void>;
}

/** Reads one question, answers it and closes the stream. Never rejects. */
export async function serve(stream: Stream, options: ServeOptions): Promise<void> {
  const ended = new AbortController();
  const onClose = () => ended.abort();
  stream.addEventListener('close', onClose);
  const signals = [options.stopSignal, ended.signal];
  const reading = startDeadline(options.readMs, signals);
  const serving = startDeadline(options.readMs + options.serveMs, signals);
  try {
    const request = await readFrame(stream, options.requestBytesMax, reading.signal);
    options.onRequest(request);
    const frame = await answerFrame(request, serving.signal, options);
    await writeFrame(stream, frame, serving.signal, options);
    options.onResponse(frame.length);
    await stream.close({ signal: serving.signal });
  } catch (error) {
    if (reasonOf(error) === 'too_large') options.onViolation('a request is larger than allowed');
    stream.abort(new CodedError('ABORTED', 'request over'));
  } finally {
    reading.clear();
    serving.clear();
    stream.removeEventListener('close', onClose);
  }
}

/** What `request` rejects with when no answer came; the reason is for programs. */
export function transportFailed(reason: string, cause?: unknown): CodedError {
  const options = cause === undefined ? {} : { cause };
  return new CodedError('TRANSPORT_FAILED', `the peer gave no answer: ${reason}`, {
    details: { reason },
    ...options,
  });
}

/** Collects one frame; rejects when the stream or the signal ends first, or it is too large. */
function readFrame(
  stream: Stream,
  bytesMax: number,
  signal: AbortSignal,
  onActivity: () => void = () => {},
): Promise<Uint8Array> {
  const { promise, resolve, reject } = withResolvers<Uint8Array>();
  const frames = createFrameReader(bytesMax);
  const onBytes = (event: StreamMessageEvent) => {
    onActivity();
    if (event.data instanceof Uint8Array) pushBytes(frames, event.data);
    else for (const part of event.data) pushBytes(frames, part);
    const frame = nextFrame(frames);
    if (frame === 'oversize') reject(transportFailed('too_large'));
    else if (frame !== 'more') resolve(frame);
  };
  const onEnd = () => reject(transportFailed('closed'));
  stream.addEventListener('message', onBytes);
  // Data may still wait in the stream when the peer has closed its end: 'end' comes after it.
  stream.addEventListener('end', onEnd);
  stream.addEventListener('close', onEnd);
  signal.addEventListener('abort', onEnd, { once: true });
  if (signal.aborted || stream.status !== 'open') onEnd();
  return promise.finally(() => {
    stream.removeEventListener('message', onBytes);
    stream.removeEventListener('end', onEnd);
    stream.removeEventListener('close', onEnd);
    signal.removeEventListener('abort', onEnd);
  });
}

async function answerFrame(
  request: Uint8Array,
  signal: AbortSignal,
  options: ServeOptions,
): Promise<Uint8Array> {
  try {
    const answer = await until(options.answer(request, signal), signal);
    if (answer.length <= options.responseBytesMax) {
      return encodeFrame(Uint8Array.of(ANSWERED), answer);
    }
    options.onFailed(transportFailed('too_large'));
  } catch (error) {
    if (!signal.aborted) options.onFailed(error);
  }
  return encodeFrame(Uint8Array.of(REFUSED));
}

async function writeFrame(
  stream: Stream,
  frame: Uint8Array,
  signal: AbortSignal,
  options: ServeOptions,
): Promise<void> {
  for (let at = 0; at < frame.length; at += CHUNK_BYTES) {
    const chunk = frame.subarray(at, at + CHUNK_BYTES);
    await options.turn(chunk.length, signal);
    signal.throwIfAborted();
    if (!stream.send(chunk)) await drained(stream, signal);
  }
}

/** A stream's own `onDrain` waits only the first time, so this listens for the event. */
function drained(stream: Stream, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = withResolvers<void>();
  const onDrain = () => {
    if (stream.writeBufferLength < CHUNK_BYTES) resolve();
  };
  const onIdle = () => resolve();
  const onEnd = () => reject(transportFailed('closed'));
  stream.addEventListener('drain', onDrain);
  stream.addEventListener('idle', onIdle);
  stream.addEventListener('close', onEnd);
  signal.addEventListener('abort', onEnd, { once: true });
  if (signal.aborted || stream.status !== 'open') onEnd();
  else if (!stream.writableNeedsDrain && stream.writeBufferLength === 0) resolve();
  return promise.finally(() => {
    stream.removeEventListener('drain', onDrain);
    stream.removeEventListener('idle', onIdle);
    stream.removeEventListener('close', onEnd);
    signal.removeEventListener('abort', onEnd);
  });
}

/** A promise, or a rejection when the signal fires first. */
export function until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = withResolvers<T>();
  const onAbort = () => reject(transportFailed('timeout'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  work.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

function reasonOf(error: unknown): unknown {
  return error instanceof CodedError ? error.details.reason : undefined;
}
