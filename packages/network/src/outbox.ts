import { defined } from '@triflow/protocol';
import { FRAME_HEAD_BYTES, writeFrameHead } from './frames.js';

/** A waiting message costs this much beside its bytes. */
const ENTRY_BYTES = 64;
const COMPACT_AT = 1_024;

/** Messages waiting for one peer on one channel, bounded by bytes. */
export interface Outbox {
  readonly bytesMax: number;
  messages: Uint8Array[];
  first: number;
  /** How much of the first message, its length included, has been taken. */
  taken: number;
  bytes: number;
}

/** An empty queue. */
export function createOutbox(bytesMax: number): Outbox {
  return { bytesMax, messages: [], first: 0, taken: 0, bytes: 0 };
}

/** Puts a message at the end; false when the queue is full. An empty queue takes any message. */
export function offer(outbox: Outbox, message: Uint8Array): boolean {
  const cost = message.length + ENTRY_BYTES;
  if (outbox.bytes > 0 && outbox.bytes + cost > outbox.bytesMax) return false;
  outbox.messages.push(message);
  outbox.bytes += cost;
  return true;
}

/** Whether nothing waits. */
export function isEmpty(outbox: Outbox): boolean {
  return outbox.first === outbox.messages.length;
}

/** Takes framed bytes, of one message in part or of several; undefined when nothing waits. */
export function takeChunk(outbox: Outbox, chunkBytesMax: number): Uint8Array | undefined {
  if (isEmpty(outbox)) return undefined;
  const chunk = new Uint8Array(waitingBytes(outbox, chunkBytesMax));
  let fill = 0;
  while (fill < chunk.length) {
    const message = defined(outbox.messages[outbox.first], 'outbox: a message is missing');
    const copied = copyFramed(message, outbox.taken, chunk, fill);
    fill += copied;
    outbox.taken += copied;
    if (outbox.taken === FRAME_HEAD_BYTES + message.length) dropFirst(outbox, message);
  }
  return chunk;
}

/** After a broken stream: the message that was cut begins again. */
export function rewind(outbox: Outbox): void {
  outbox.taken = 0;
}

/** Forgets everything that waits. */
export function clearOutbox(outbox: Outbox): void {
  outbox.messages = [];
  outbox.first = 0;
  outbox.taken = 0;
  outbox.bytes = 0;
}

function waitingBytes(outbox: Outbox, bytesMax: number): number {
  let bytes = -outbox.taken;
  for (let i = outbox.first; i < outbox.messages.length && bytes < bytesMax; i += 1) {
    bytes += FRAME_HEAD_BYTES + (outbox.messages[i]?.length ?? 0);
  }
  return Math.min(bytes, bytesMax);
}

/** Copies what fits of a message, seen as its length and its bytes, from position `from` on. */
function copyFramed(message: Uint8Array, from: number, chunk: Uint8Array, at: number): number {
  let copied = 0;
  if (from < FRAME_HEAD_BYTES) {
    const head = new Uint8Array(FRAME_HEAD_BYTES);
    writeFrameHead(head, 0, message.length);
    copied = Math.min(FRAME_HEAD_BYTES - from, chunk.length - at);
    chunk.set(head.subarray(from, from + copied), at);
  }
  const start = from + copied - FRAME_HEAD_BYTES;
  if (start < 0) return copied;
  const rest = Math.min(message.length - start, chunk.length - at - copied);
  chunk.set(message.subarray(start, start + rest), at + copied);
  return copied + rest;
}

function dropFirst(outbox: Outbox, message: Uint8Array): void {
  outbox.first += 1;
  outbox.taken = 0;
  outbox.bytes -= message.length + ENTRY_BYTES;
  if (isEmpty(outbox)) {
    outbox.messages = [];
    outbox.first = 0;
  } else if (outbox.first >= COMPACT_AT && outbox.first * 2 >= outbox.messages.length) {
    outbox.messages = outbox.messages.slice(outbox.first);
    outbox.first = 0;
  }
}
