import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, nextFrame, pushBytes } from './frames.js';

function readAll(bytesMax: number, chunks: readonly Uint8Array[]): (Uint8Array | 'oversize')[] {
  const reader = createFrameReader(bytesMax);
  const frames: (Uint8Array | 'oversize')[] = [];
  for (const chunk of chunks) {
    pushBytes(reader, chunk);
    for (let frame = nextFrame(reader); frame !== 'more'; frame = nextFrame(reader)) {
      frames.push(frame);
      if (frame === 'oversize') return frames;
    }
  }
  return frames;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}

describe('frames', () => {
  it('reads back what was encoded, however the bytes are cut', () => {
    const message = fc.uint8Array({ maxLength: 300 });
    const sizes = fc.array(fc.nat(97), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), sizes, (messages, cuts) => {
        const stream = Buffer.concat(messages.map((bytes) => encodeFrame(bytes)));
        const read = readAll(300, cut(new Uint8Array(stream), cuts));
        expect(read.map((bytes) => [...bytes])).toEqual(messages.map((bytes) => [...bytes]));
      }),
    );
  });

  it('reads a large message that comes in small parts', () => {
    const message = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const chunks = cut(encodeFrame(message), Array(200).fill(499));
    expect(readAll(100_000, chunks)).toEqual([message]);
  });

  it.each([
    ['one more than allowed', [0, 0, 0, 11]],
    ['sixteen mebibytes', [1, 0, 0, 0]],
    ['the sign bit', [128, 0, 0, 0]],
    ['the largest length', [255, 255, 255, 255]],
    ['text instead of a length', [...new TextEncoder().encode('GET / HTTP/1.1')]],
  ])('refuses a length: %s', (_, bytes) => {
    expect(readAll(10, [Uint8Array.from(bytes)])).toEqual(['oversize']);
  });

  it('takes a message of exactly the allowed length', () => {
    const message = new Uint8Array(10).fill(1);
    expect(readAll(10, [encodeFrame(message)])).toEqual([message]);
  });

  it('R-D4: allocates by what has arrived and not by the announced length', () => {
    const reader = createFrameReader(16 * 1024 * 1024);
    pushBytes(reader, Uint8Array.of(1, 0, 0, 0));
    for (let received = 0; received < 100_000; received += 1_000) {
      pushBytes(reader, new Uint8Array(1_000));
      expect(nextFrame(reader)).toBe('more');
      expect(reader.body?.length).toBeLessThanOrEqual(Math.max(4_096, 4 * (received + 1_000)));
    }
    expect(reader.chunks).toEqual([]);
  });

  it.each([
    ['an array', (bytes: Uint8Array) => bytes],
    ['a Buffer, whose slice is a view', (bytes: Uint8Array) => Buffer.from(bytes)],
  ])('gives copies, so that a vote does not keep a network buffer alive: of %s', (_, from) => {
    const chunk = from(encodeFrame(Uint8Array.of(1, 2, 3)));
    const reader = createFrameReader(10);
    pushBytes(reader, chunk);
    const frame = nextFrame(reader);
    chunk.fill(0);
    expect(frame).toEqual(Uint8Array.of(1, 2, 3));
  });
});
