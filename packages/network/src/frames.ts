import { concatBytes } from '@triflow/protocol';

/** Bytes before each message: its length, big-endian. Zero is a heartbeat. */
export const FRAME_HEAD_BYTES = 4;
/** A message that arrives in parts gets at first this much, then at most four times what came. */
const FIRST_ALLOCATION_BYTES = 4_096;
const GROWTH = 4;

/** Cuts a byte stream into length-prefixed messages. */
export interface FrameReader {
  readonly bytesMax: number;
  readonly chunks: Uint8Array[];
  offset: number;
  readonly head: Uint8Array;
  headFill: number;
  body: Uint8Array | undefined;
  bodyLength: number;
  bodyFill: number;
}

/** A reader whose messages may have up to `bytesMax` bytes. */
export function createFrameReader(bytesMax: number): FrameReader {
  return {
    bytesMax,
    chunks: [],
    offset: 0,
    head: new Uint8Array(FRAME_HEAD_BYTES),
    headFill: 0,
    body: undefined,
    bodyLength: 0,
    bodyFill: 0,
  };
}

/** Hands over received bytes; they are read by the following calls of `nextFrame`. */
export function pushBytes(reader: FrameReader, chunk: Uint8Array): void {
  if (chunk.length > 0) reader.chunks.push(chunk);
}

/**
 * The next whole message, as a copy, so that a small one does not keep a large buffer alive.
 * `oversize` comes before anything is allocated for that message (R-D2); the stream cannot go on.
 */
export function nextFrame(reader: FrameReader): Uint8Array | 'more' | 'oversize' {
  for (;;) {
    const chunk = reader.chunks[0];
    if (chunk === undefined) return 'more';
    if (reader.headFill < FRAME_HEAD_BYTES) {
      readHead(reader, chunk);
      if (reader.headFill < FRAME_HEAD_BYTES) continue;
      if (reader.bodyLength > reader.bytesMax) return 'oversize';
      if (reader.bodyLength === 0) return finishFrame(reader, new Uint8Array(0));
      continue;
    }
    const body = readBody(reader, chunk);
    if (body !== undefined) return finishFrame(reader, body);
  }
}

/** A plain copy; a Buffer's own `slice` would be a view of the same memory. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

/** One message with its length before it. */
export function encodeFrame(...parts: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(FRAME_HEAD_BYTES);
  let length = 0;
  for (const part of parts) length += part.length;
  writeFrameHead(head, 0, length);
  return concatBytes(head, ...parts);
}

/** Writes the four bytes that precede a message of this length. */
export function writeFrameHead(target: Uint8Array, at: number, length: number): void {
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
}

function readHead(reader: FrameReader, chunk: Uint8Array): void {
  const { head } = reader;
  const take = Math.min(FRAME_HEAD_BYTES - reader.headFill, chunk.length - reader.offset);
  head.set(chunk.subarray(reader.offset, reader.offset + take), reader.headFill);
  reader.headFill += take;
  advance(reader, chunk, take);
  reader.bodyLength = new DataView(head.buffer).getUint32(0);
}

function readBody(reader: FrameReader, chunk: Uint8Array): Uint8Array | undefined {
  const { bodyLength, bodyFill, offset } = reader;
  const take = Math.min(bodyLength - bodyFill, chunk.length - offset);
  if (take === bodyLength) {
    const whole = copyOf(chunk.subarray(offset, offset + take));
    advance(reader, chunk, take);
    return whole;
  }
  const body = roomFor(reader, bodyFill + take);
  body.set(chunk.subarray(offset, offset + take), bodyFill);
  reader.bodyFill += take;
  advance(reader, chunk, take);
  return reader.bodyFill === bodyLength ? body : undefined;
}

/** R-D4: what is allocated follows what has arrived, not what the length announces. */
function roomFor(reader: FrameReader, bytes: number): Uint8Array {
  const old = reader.body;
  if (old !== undefined && old.length >= bytes) return old;
  const wanted = Math.max(FIRST_ALLOCATION_BYTES, bytes * GROWTH);
  const body = new Uint8Array(Math.min(reader.bodyLength, wanted));
  if (old !== undefined) body.set(old.subarray(0, reader.bodyFill));
  reader.body = body;
  return body;
}

function advance(reader: FrameReader, chunk: Uint8Array, bytes: number): void {
  reader.offset += bytes;
  if (reader.offset < chunk.length) return;
  reader.chunks.shift();
  reader.offset = 0;
}

function finishFrame(reader: FrameReader, body: Uint8Array): Uint8Array {
  reader.headFill = 0;
  reader.body = undefined;
  reader.bodyFill = 0;
  return body;
}
