import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from './frames.js';
import { clearOutbox, createOutbox, isEmpty, offer, rewind, takeChunk } from './outbox.js';

describe('outbox', () => {
  it('gives out all messages framed and in order, whatever the chunk size', () => {
    const message = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 500 }), (messages, size) => {
        const outbox = createOutbox(1_000_000);
        for (const bytes of messages) expect(offer(outbox, bytes)).toBe(true);
        const chunks: Uint8Array[] = [];
        for (let chunk = takeChunk(outbox, size); chunk; chunk = takeChunk(outbox, size)) {
          expect(chunk.length).toBeLessThanOrEqual(size);
          chunks.push(chunk);
        }
        const wanted = Buffer.concat(messages.map((bytes) => encodeFrame(bytes)));
        expect(Buffer.concat(chunks)).toEqual(wanted);
        expect(outbox.bytes).toBe(0);
      }),
    );
  });

  it('joins small messages into one chunk', () => {
    const outbox = createOutbox(1_000_000);
    for (let i = 0; i < 100; i += 1) offer(outbox, new Uint8Array(100));
    expect(takeChunk(outbox, 65_536)?.length).toBe(100 * 104);
    expect(takeChunk(outbox, 65_536)).toBeUndefined();
  });

  it('refuses what does not fit and takes it again when there is room', () => {
    const outbox = createOutbox(1_000);
    expect(offer(outbox, new Uint8Array(800))).toBe(true);
    expect(offer(outbox, new Uint8Array(200))).toBe(false);
    takeChunk(outbox, 65_536);
    expect(offer(outbox, new Uint8Array(200))).toBe(true);
  });

  it('counts empty messages too', () => {
    const outbox = createOutbox(1_000);
    let taken = 0;
    while (offer(outbox, new Uint8Array(0))) taken += 1;
    expect(taken).toBeLessThan(20);
  });

  it('begins a message again that a broken stream has cut', () => {
    const outbox = createOutbox(1_000);
    offer(outbox, Uint8Array.of(1, 2, 3, 4, 5, 6));
    takeChunk(outbox, 7);
    rewind(outbox);
    expect(takeChunk(outbox, 100)).toEqual(encodeFrame(Uint8Array.of(1, 2, 3, 4, 5, 6)));
  });

  it('forgets what waits', () => {
    const outbox = createOutbox(1_000);
    offer(outbox, new Uint8Array(900));
    clearOutbox(outbox);
    expect(isEmpty(outbox)).toBe(true);
    expect(offer(outbox, new Uint8Array(900))).toBe(true);
  });

  it('does not keep thousands of messages that have left', () => {
    const outbox = createOutbox(10_000_000);
    for (let i = 0; i < 10_000; i += 1) offer(outbox, new Uint8Array(1));
    for (let i = 0; i < 9_000; i += 1) takeChunk(outbox, 5);
    expect(outbox.messages.length - outbox.first).toBe(1_000);
    expect(outbox.messages.length).toBeLessThan(4_000);
  });
});
