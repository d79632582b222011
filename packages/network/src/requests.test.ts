import { isCodedError } from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestPeer, numbered, startConnected, type TestPeer } from './testPeers.js';

/** First byte of a test question. */
const ECHO = 1;
const HANG = 2;
const REJECT = 3;
const LARGE = 4;

const MIB = 1024 * 1024;
const options = { timeoutMs: 20_000, responseBytesMax: MIB };

let a: TestPeer;
let b: TestPeer;
let hanging: AbortSignal[] = [];

async function answer(_: string, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  if (bytes[0] === ECHO) return bytes;
  if (bytes[0] === LARGE) return new Uint8Array(8 * MIB).fill(5);
  if (bytes[0] === REJECT) throw new RangeError('no such block');
  hanging.push(signal);
  return new Promise(() => {});
}

async function failure(work: Promise<Uint8Array>): Promise<[string, unknown]> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isCodedError(error) ? [error.code, error.details.reason] : ['not coded', error];
}

beforeEach(async () => {
  hanging = [];
  a = createTestPeer({ seedByte: 1 });
  b = createTestPeer({ seedByte: 2, handlers: { request: answer } });
  await startConnected(a, b);
});

afterEach(async () => {
  await Promise.all([a.network.stop(), b.network.stop()]);
});

describe('requests', () => {
  it('get their own answers, several at a time', async () => {
    for (let round = 0; round < 4; round += 1) {
      const questions = Array.from({ length: 8 }, (_, i) => Uint8Array.of(ECHO, round, i));
      const ask = (question: Uint8Array) => a.network.request(b.peerId, question, options);
      expect(await Promise.all(questions.map(ask))).toEqual(questions);
    }
    expect(a.network.stats().request).toMatchObject({ messagesOut: 32, messagesIn: 32 });
  });

  it('an answer of 8 MiB arrives whole while messages flow', async () => {
    const large = { ...options, responseBytesMax: 8 * MIB };
    const asking = a.network.request(b.peerId, Uint8Array.of(LARGE), large);
    for (let i = 0; i < 50; i += 1) b.network.send(a.peerId, 'consensus', numbered(i, 10_000));
    const bytes = await asking;
    expect(bytes.length).toBe(8 * MIB);
    expect(bytes.every((byte) => byte === 5)).toBe(true);
    expect(a.messages.length).toBe(50);
  });

  it('an answer larger than allowed is refused before it arrives', async () => {
    const asking = a.network.request(b.peerId, Uint8Array.of(LARGE), options);
    expect(await failure(asking)).toEqual(['TRANSPORT_FAILED', 'too_large']);
  });

  it('time out, and the peer is told', async () => {
    const asking = a.network.request(b.peerId, Uint8Array.of(HANG), { ...options, timeoutMs: 50 });
    expect(await failure(asking)).toEqual(['TRANSPORT_FAILED', 'timeout']);
    const [signal] = hanging;
    if (signal?.aborted === false) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
  });

  it('end with the signal of the caller', async () => {
    const controller = new AbortController();
    const signal = controller.signal;
    const asking = a.network.request(b.peerId, Uint8Array.of(HANG), { ...options, signal });
    controller.abort();
    expect(await failure(asking)).toEqual(['ABORTED', undefined]);
    const late = a.network.request(b.peerId, Uint8Array.of(ECHO), { ...options, signal });
    expect(await failure(late)).toEqual(['ABORTED', undefined]);
  });

  it('a rejecting handler is "refused", without its reason', async () => {
    const asking = a.network.request(b.peerId, Uint8Array.of(REJECT), options);
    expect(await failure(asking)).toEqual(['TRANSPORT_FAILED', 'refused']);
  });

  it('end when the peer goes away', async () => {
    const asking = failure(a.network.request(b.peerId, Uint8Array.of(HANG), options));
    await b.network.stop();
    expect(await asking).toEqual(['TRANSPORT_FAILED', 'closed']);
    const late = a.network.request(b.peerId, Uint8Array.of(ECHO), options);
    expect(await failure(late)).toEqual(['TRANSPORT_FAILED', 'not_connected']);
  });

  it('end when the asking side stops', async () => {
    const asking = failure(a.network.request(b.peerId, Uint8Array.of(HANG), options));
    await a.network.stop();
    expect(await asking).toEqual(['ABORTED', undefined]);
  });

  it('are limited in number', async () => {
    const many = Array.from({ length: 8 }, () =>
      failure(a.network.request(b.peerId, Uint8Array.of(HANG), { ...options, timeoutMs: 300 })),
    );
    const oneMore = a.network.request(b.peerId, Uint8Array.of(ECHO), options);
    expect(await failure(oneMore)).toEqual(['TRANSPORT_FAILED', 'busy']);
    await Promise.all(many);
    const after = await a.network.request(b.peerId, Uint8Array.of(ECHO), options);
    expect(after).toEqual(Uint8Array.of(ECHO));
  });

  it('to an unknown peer fail', async () => {
    const asking = a.network.request('12D3KooWnobody', Uint8Array.of(ECHO), options);
    expect(await failure(asking)).toEqual(['TRANSPORT_FAILED', 'not_connected']);
  });
});
