import './polyfill.js';
import { connect, type Socket } from 'node:net';
import type { Connection, Libp2p, MessageStream, StreamMuxerFactory } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import fc from 'fast-check';
import { createLibp2p } from 'libp2p';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from './frames.js';
import { privateKeyFromSeed } from './peerIdFromSeed.js';
import { createTestPeer, numbered, seedOf, startConnected, type TestPeer } from './testPeers.js';

const CONSENSUS = '/triflow/consensus/1';
const HOSTILE_SEED = 7;

let a: TestPeer;
let b: TestPeer;
let hostile: Libp2p;
let hostileId: string;
/** What the hostile side's multiplexers write to. */
const rawConnections: MessageStream[] = [];

beforeEach(async () => {
  // Without ticks there are no heartbeats either: silence must not count on the other side.
  const tickMs = 60_000;
  a = createTestPeer({ seedByte: 1, limits: { banMinMs: 600_000, requestReadMs: 200, tickMs } });
  b = createTestPeer({ seedByte: 2, limits: { tickMs } });
  await startConnected(a, b);
  hostile = await createLibp2p({
    privateKey: privateKeyFromSeed(seedOf(HOSTILE_SEED)),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [tappedYamux],
    connectionMonitor: { enabled: false },
  });
  hostileId = hostile.peerId.toString();
  a.peers.set(hostileId, { addresses: [] });
});

afterEach(async () => {
  await Promise.all([a.network.stop(), b.network.stop(), hostile.stop()]);
});

function tappedYamux(): StreamMuxerFactory {
  const factory = yamux()();
  return {
    protocol: factory.protocol,
    createStreamMuxer(connection) {
      rawConnections.push(connection);
      return factory.createStreamMuxer(connection);
    },
  };
}

function dial(): Promise<Connection> {
  const [host, port] = a.network.address().split(':');
  return hostile.dial(multiaddr(`/ip4/${host}/tcp/${port}/p2p/${a.peerId}`));
}

function ended(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    if (connection.status !== 'open') resolve();
    connection.addEventListener('close', () => resolve());
  });
}

function penalties(count: number): Promise<void> {
  return a.until(() => a.network.stats().penalties >= count);
}

/** The node still does its work for those who behave. */
async function stillWorks(): Promise<void> {
  const before = a.messages.filter(({ from }) => from === b.peerId).length;
  expect(b.network.send(a.peerId, 'consensus', numbered(1))).toBe(true);
  await a.until(() => a.messages.filter(({ from }) => from === b.peerId).length > before);
  const options = { timeoutMs: 20_000, responseBytesMax: 10 };
  expect(await b.network.request(a.peerId, numbered(2), options)).toEqual(numbered(2));
}

describe('an allowed peer that misbehaves (R-D4, R-D5)', () => {
  it('is penalised for an oversize message, and kept out after the third', async () => {
    const connection = await dial();
    for (let i = 1; i <= 3; i += 1) {
      const stream = await connection.newStream(CONSENSUS);
      stream.send(Uint8Array.of(255, 255, 255, 255, 1, 2, 3));
      await penalties(i);
    }
    await ended(connection);
    const again = await dial().then(ended, () => 'refused');
    expect([undefined, 'refused']).toContain(again);
    expect(a.network.connectedPeers()).toEqual([b.peerId]);
    await stillWorks();
  });

  it.each([
    ['/triflow/consensus/1', 64 * 1024 + 1],
    ['/triflow/consensus-bulk/1', 16 * 1024 * 1024 + 64 * 1024 + 1],
    ['/triflow/gossip/1', 512 * 1024 + 1],
    ['/triflow/request/1', 1024 + 1],
  ])('%s takes no message of %i bytes', async (protocol, length) => {
    const connection = await dial();
    const stream = await connection.newStream(protocol);
    stream.send(numbered(length));
    await penalties(1);
    await stillWorks();
  });

  it('may send any bytes at all on any stream without harm', async () => {
    const protocols = ['consensus/1', 'consensus-bulk/1', 'gossip/1', 'request/1'];
    const garbage = fc.uint8Array({ minLength: 1, maxLength: 2_000 });
    const samples = fc.sample(fc.tuple(fc.constantFrom(...protocols), garbage), {
      numRuns: 40,
      seed: 20_261_121,
    });
    for (const [protocol, bytes] of samples) {
      const connection = await dial().catch(() => undefined);
      const stream = await connection?.newStream(`/triflow/${protocol}`).catch(() => undefined);
      try {
        stream?.send(bytes);
      } catch {
        // The other side may have ended it already.
      }
      if (a.network.stats().penalties % 3 === 2) await connection?.close().catch(() => {});
    }
    await stillWorks();
  });

  it('is not believed when it announces a multiplexer frame of a gigabyte', async () => {
    const connection = await dial();
    const frame = new Uint8Array(12);
    new DataView(frame.buffer).setUint32(4, 1);
    new DataView(frame.buffer).setUint32(8, 2 ** 30);
    rawConnections.at(-1)?.send(frame);
    await ended(connection);
    await stillWorks();
  });

  it('gets heartbeats and messages through, one after another in one chunk', async () => {
    const connection = await dial();
    const stream = await connection.newStream(CONSENSUS);
    const empty = encodeFrame(new Uint8Array(0));
    const chunk = Buffer.concat([empty, encodeFrame(numbered(5)), empty, encodeFrame(numbered(6))]);
    stream.send(new Uint8Array(chunk));
    await a.until(() => a.messages.length === 2);
    expect(a.messages.map(({ bytes }) => bytes)).toEqual([numbered(5), numbered(6)]);
  });

  it('replaces its own stream, and may not open streams without end', async () => {
    const connection = await dial();
    const streams = [];
    for (let i = 0; i < 20; i += 1) {
      const stream = await connection.newStream(CONSENSUS).catch(() => undefined);
      if (stream !== undefined) streams.push(stream);
    }
    await Promise.all(
      streams.slice(0, -1).map(
        (stream) =>
          new Promise<void>((resolve) => {
            if (stream.status !== 'open') resolve();
            stream.addEventListener('close', () => resolve());
          }),
      ),
    );
    streams.at(-1)?.send(encodeFrame(numbered(9)));
    await a.until(() => a.messages.length === 1);
  });

  it('may open a request and never ask: the stream ends by itself', async () => {
    const connection = await dial();
    const stream = await connection.newStream('/triflow/request/1');
    stream.send(Uint8Array.of(0, 0));
    await new Promise<void>((resolve) => stream.addEventListener('close', () => resolve()));
    await stillWorks();
  });

  it('has no protocols but ours', async () => {
    const connection = await dial();
    for (const protocol of ['/ipfs/ping/1.0.0', '/ipfs/id/1.0.0', '/meshsub/1.1.0', '/x']) {
      await expect(connection.newStream(protocol)).rejects.toThrow();
    }
  });

  it('may hold only a few connections', async () => {
    const others: Libp2p[] = [];
    for (let i = 0; i < 8; i += 1) {
      const twin = await createLibp2p({
        privateKey: privateKeyFromSeed(seedOf(HOSTILE_SEED)),
        transports: [tcp()],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        connectionMonitor: { enabled: false },
      });
      others.push(twin);
      const [host, port] = a.network.address().split(':');
      await twin.dial(multiaddr(`/ip4/${host}/tcp/${port}/p2p/${a.peerId}`)).catch(() => {});
    }
    await stillWorks();
    expect(a.network.stats().refused).toBeGreaterThan(0);
    await Promise.all(others.map((twin) => twin.stop()));
  });
});

describe('a stranger on the port', () => {
  it('may connect and say anything, or nothing, without harm', async () => {
    const [host, port] = a.network.address().split(':');
    const sockets: Socket[] = [];
    for (let i = 0; i < 30; i += 1) {
      const socket = connect(Number(port), host);
      socket.on('error', () => {});
      sockets.push(socket);
      await new Promise((resolve) => socket.once('connect', resolve));
      if (i % 3 === 0) socket.write('GET / HTTP/1.1\r\n\r\n');
      if (i % 3 === 1) socket.write(Buffer.alloc(70_000, i));
    }
    await stillWorks();
    for (const socket of sockets) socket.destroy();
  });
});
