import { connect, createServer, type Server, type Socket } from 'node:net';
import { isCodedError } from '@triflow/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetwork } from './createNetwork.js';
import { peerIdFromSeed } from './peerIdFromSeed.js';
import {
  createTestPeer,
  introduce,
  numbered,
  numberOf,
  seedOf,
  startConnected,
  type TestPeer,
  type TestPeerOptions,
} from './testPeers.js';

const started: TestPeer[] = [];

function peer(seedByte: number, options: Omit<TestPeerOptions, 'seedByte'> = {}): TestPeer {
  const made = createTestPeer({ seedByte, ...options });
  started.push(made);
  return made;
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

/** A wire between two peers that can be cut without either being told. */
async function startProxy(targetPort: number) {
  const sockets: Socket[] = [];
  let frozen = false;
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, '127.0.0.1');
    const join = (from: Socket, to: Socket) => {
      sockets.push(from);
      from.on('data', (bytes) => {
        if (!frozen) to.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    };
    join(inbound, outbound);
    join(outbound, inbound);
  });
  const port = await listen(server);
  return {
    port,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ network }) => network.stop()));
});

describe('network over libp2p', () => {
  it('gives the peer id of a seed', () => {
    expect(peerIdFromSeed(seedOf(1))).toBe('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5');
    expect(() => peerIdFromSeed(new Uint8Array(31))).toThrow('32 bytes');
  });

  it('two nodes exchange messages of both channels, in order', async () => {
    const [a, b] = [peer(1), peer(2)];
    await startConnected(a, b);
    for (let i = 0; i < 500; i += 1) {
      expect(a.network.send(b.peerId, 'consensus', numbered(i))).toBe(true);
      expect(a.network.send(b.peerId, 'gossip', numbered(i))).toBe(true);
      expect(b.network.send(a.peerId, 'gossip', numbered(i))).toBe(true);
    }
    await b.until(() => b.messages.length === 1_000);
    await a.until(() => a.messages.length === 500);
    for (const channel of ['consensus', 'gossip']) {
      const got = b.messages.filter((message) => message.channel === channel);
      expect(got.map(({ bytes }) => numberOf(bytes))).toEqual([...Array(500).keys()]);
    }
    expect(new Set(b.messages.map(({ from }) => from))).toEqual(new Set([a.peerId]));
    expect(a.network.stats()).toMatchObject({
      peers: 1,
      dropped: 0,
      consensus: { messagesOut: 500, messagesIn: 0 },
      gossip: { messagesOut: 500, messagesIn: 500, bytesIn: 2_000 },
    });
  });

  it('four nodes reach each other, over one connection a pair in the end', async () => {
    const peers = [1, 2, 3, 4].map((seedByte) => peer(seedByte));
    await startConnected(...peers);
    for (const from of peers) {
      for (const to of from.network.connectedPeers()) {
        from.network.send(to, 'consensus', numbered(7));
      }
    }
    await Promise.all(peers.map((one) => one.until(() => one.messages.length === 3)));
    for (const one of peers) {
      const others = peers.filter((other) => other !== one).map(({ peerId }) => peerId);
      expect(one.messages.map(({ from }) => from).sort()).toEqual(others.sort());
      expect(one.network.connectedPeers()).toEqual(others);
    }
  });

  it('a message of 4 MiB arrives whole, and a later vote does not wait for it', async () => {
    const [a, b] = [peer(1), peer(2)];
    await startConnected(a, b);
    const block = numbered(1, 4 * 1024 * 1024).fill(9, 4);
    a.network.send(b.peerId, 'consensus', block);
    a.network.send(b.peerId, 'consensus', block);
    a.network.send(b.peerId, 'consensus', numbered(2));
    await b.until(() => b.messages.length === 3);
    const sizes = b.messages.map(({ bytes }) => bytes.length);
    expect(sizes).toEqual([4, block.length, block.length]);
    expect(Buffer.compare(b.messages[2]?.bytes ?? Buffer.alloc(0), block)).toBe(0);
  });

  it('a proposal arrives before the large body that was sent after it', async () => {
    const [a, b] = [peer(1), peer(2)];
    await startConnected(a, b);
    for (let i = 0; i < 20; i += 2) {
      a.network.send(b.peerId, 'consensus', numbered(i, 2_000));
      a.network.send(b.peerId, 'consensus', numbered(i + 1, 300_000));
    }
    await b.until(() => b.messages.length === 20);
    const order = b.messages.map(({ bytes }) => numberOf(bytes));
    for (let i = 0; i < 20; i += 2) expect(order.indexOf(i)).toBeLessThan(order.indexOf(i + 1));
  });

  it('refuses a peer that is not among the allowed ones, and tells nobody of it', async () => {
    const [a, stranger] = [peer(1), peer(9)];
    await Promise.all([a.network.start(), stranger.network.start()]);
    stranger.peers.set(a.peerId, { addresses: [a.network.address()] });
    stranger.network.refreshPeers();
    await a.until(() => a.network.stats().refused >= 2);
    expect(a.ups).toEqual([]);
    expect(stranger.ups).toEqual([]);
    expect(stranger.network.send(a.peerId, 'consensus', numbered(1))).toBe(false);
    expect(stranger.network.stats().dropped).toBe(1);
  });

  it('does not connect to another key than the one that it dials', async () => {
    const [a, b] = [peer(1), peer(2)];
    await Promise.all([a.network.start(), b.network.start()]);
    const wrong = peerIdFromSeed(seedOf(3));
    a.peers.set(wrong, { addresses: [b.network.address()] });
    b.peers.set(a.peerId, { addresses: [] });
    a.peers.set(b.peerId, { addresses: [b.network.address()] });
    a.network.refreshPeers();
    await a.until(() => a.ups.length > 0);
    expect(a.network.connectedPeers()).toEqual([b.peerId]);
  });

  it('refreshPeers drops a removed peer and connects an added one', async () => {
    const [a, b, c] = [peer(1), peer(2), peer(3)];
    await startConnected(a, b);
    await c.network.start();
    a.peers.delete(b.peerId);
    a.network.refreshPeers();
    await b.until(() => b.downs.length === 1);
    expect(a.downs).toEqual([b.peerId]);
    expect(a.network.send(b.peerId, 'gossip', numbered(1))).toBe(false);
    introduce(a, c);
    await c.until(() => c.ups.length === 1);
    await a.until(() => a.network.connectedPeers().includes(c.peerId));
  });

  it('connects when only one side knows an address, whichever it is', async () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = [peer(first), peer(second)];
      await Promise.all([a.network.start(), b.network.start()]);
      a.peers.set(b.peerId, { addresses: ['127.0.0.1:1', b.network.address()] });
      b.peers.set(a.peerId, { addresses: [] });
      a.network.refreshPeers();
      await b.until(() => b.ups.length === 1);
      await a.until(() => a.ups.length === 1);
      await Promise.all([a.network.stop(), b.network.stop()]);
    }
  });

  it('reconnects when a peer starts again, and says down and up', async () => {
    const [a, b] = [peer(1), peer(2)];
    await startConnected(a, b);
    const port = Number(b.network.address().split(':')[1]);
    await b.network.stop();
    await a.until(() => a.downs.length === 1);
    expect(b.downs).toEqual([a.peerId]);
    const again = peer(2, { port });
    again.peers.set(a.peerId, { addresses: [a.network.address()] });
    await again.network.start();
    await a.until(() => a.ups.length === 2);
    await again.until(() => again.ups.length === 1);
    expect(a.network.send(b.peerId, 'consensus', numbered(5))).toBe(true);
    await again.until(() => again.messages.length === 1);
  });

  it('when both dial at once, one connection remains and nothing is lost', async () => {
    const limits = { politeMs: 1, tickMs: 20 };
    const [a, b] = [peer(1, { limits }), peer(2, { limits })];
    await startConnected(a, b);
    const connections = () => [a, b].map(({ network }) => network.stats().connections);
    let sent = 0;
    while (sent < 500 || connections().some((count) => count !== 1)) {
      const length = sent % 50 === 0 ? 100_000 : 1_000;
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        expect(from.network.send(to.peerId, 'consensus', numbered(sent, length))).toBe(true);
      }
      sent += 1;
      await new Promise(setImmediate);
    }
    for (const one of [a, b]) {
      await one.until(() => one.messages.length === sent);
      const numbers = one.messages.map(({ bytes }) => numberOf(bytes)).sort((x, y) => x - y);
      expect(numbers).toEqual([...Array(sent).keys()]);
    }
  });

  it('a peer that falls silent without closing is given up, and found again', async () => {
    const limits = { tickMs: 20, heartbeatTicks: 2, silenceTicks: 10 };
    const [a, b] = [peer(1, { limits }), peer(2)];
    await Promise.all([a.network.start(), b.network.start()]);
    const proxy = await startProxy(Number(b.network.address().split(':')[1]));
    a.peers.set(b.peerId, { addresses: [`127.0.0.1:${proxy.port}`] });
    b.peers.set(a.peerId, { addresses: [] });
    a.network.refreshPeers();
    await a.until(() => a.ups.length === 1);
    proxy.freeze();
    await a.until(() => a.events.some(({ event }) => event === 'network.peer_silent'));
    expect(a.downs).toEqual([b.peerId]);
    proxy.thaw();
    await a.until(() => a.ups.length >= 2);
    proxy.stop();
  });

  it('a full queue returns false, and what was taken arrives all the same', async () => {
    const limits = {
      consensusMessageBytesMax: 64_000,
      consensusQueueBytesMax: 256_000,
      consensusBytesPerSecond: 4_000_000,
    };
    const [a, b] = [peer(1, { limits }), peer(2, { limits })];
    await startConnected(a, b);
    let taken = 0;
    while (a.network.send(b.peerId, 'consensus', numbered(taken, 10_000))) taken += 1;
    expect(taken).toBe(25);
    expect(a.network.stats().dropped).toBe(1);
    await b.until(() => b.messages.length === taken);
    expect(a.network.send(b.peerId, 'consensus', numbered(taken, 10_000))).toBe(true);
    await b.until(() => b.messages.length === taken + 1);
    expect(b.messages.map(({ bytes }) => numberOf(bytes))).toEqual([...Array(taken + 1).keys()]);
  });

  it('R-D5: a peer that is too fast is read slowly and loses nothing', async () => {
    const slow = peer(2, { limits: { gossipMessagesPerSecond: 400 } });
    const [a, c] = [peer(1), peer(3)];
    await startConnected(a, slow, c);
    for (let i = 0; i < 1_000; i += 1) a.network.send(slow.peerId, 'gossip', numbered(i));
    c.network.send(slow.peerId, 'gossip', numbered(0));
    await slow.until(() => slow.messages.some(({ from }) => from === c.peerId));
    await slow.until(() => slow.messages.length === 1_001);
    const fromA = slow.messages.filter(({ from }) => from === a.peerId);
    expect(fromA.map(({ bytes }) => numberOf(bytes))).toEqual([...Array(1_000).keys()]);
    expect(slow.network.stats().penalties).toBe(0);
  });

  it('a handler that throws is logged and harms nothing', async () => {
    const failing = () => {
      throw new RangeError('a bug of the owner');
    };
    const handlers = { message: failing, peerUp: failing, peerDown: failing, request: failing };
    const [a, b] = [peer(1), peer(2, { handlers })];
    await startConnected(a, b);
    for (let i = 0; i < 3; i += 1) a.network.send(b.peerId, 'consensus', numbered(i));
    await b.until(() => b.messages.length === 3);
    const failed = () => b.events.filter(({ event }) => event === 'network.handler_failed');
    await b.until(() => failed().length >= 4);
    const error = await rejection(
      a.network.request(b.peerId, numbered(1), { timeoutMs: 5_000, responseBytesMax: 10 }),
    );
    expect(isCodedError(error, 'TRANSPORT_FAILED') && error.details).toEqual({ reason: 'refused' });
  });

  it('penalties disconnect, keep out for a time, and heal', async () => {
    const limits = { banMinMs: 500, banMaxMs: 1_000 };
    const [a, b] = [peer(1, { limits }), peer(2)];
    await startConnected(a, b);
    a.network.penalise(b.peerId, 1, 'first');
    a.network.penalise(b.peerId, 1, 'second');
    expect(a.network.connectedPeers()).toEqual([b.peerId]);
    a.network.penalise(b.peerId, 1, 'third');
    expect(a.network.connectedPeers()).toEqual([]);
    await b.until(() => b.downs.length >= 1);
    await a.until(() => a.ups.length === 2);
    await b.until(() => b.network.connectedPeers().length === 1);
    expect(a.network.stats()).toMatchObject({ peers: 1, penalties: 3 });
  });

  it('a taken port is PORT_IN_USE and names host and port', async () => {
    const server = createServer();
    const port = await listen(server);
    const error = await rejection(peer(1, { port }).network.start());
    expect(isCodedError(error, 'PORT_IN_USE')).toBe(true);
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['not a host!', 7_000],
    ['127.0.0.1', 70_000],
    ['203.0.113.77', 7_000],
  ])('listening on %s:%i is CONFIG_INVALID', async (host, port) => {
    const network = createNetwork({
      seed: seedOf(1),
      listen: { host, port },
      peers: () => new Map(),
      handlers: {
        message: () => {},
        request: async (_, bytes) => bytes,
        peerUp: () => {},
        peerDown: () => {},
      },
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    expect(isCodedError(await rejection(network.start()), 'CONFIG_INVALID')).toBe(true);
    await network.stop();
  });

  it('listens on a host name, and dials one', async () => {
    const [a, b] = [peer(1, { host: 'localhost' }), peer(2)];
    await Promise.all([a.network.start(), b.network.start()]);
    expect(a.network.address()).toMatch(/^localhost:[1-9][0-9]*$/);
    a.peers.set(b.peerId, { addresses: [] });
    b.peers.set(a.peerId, { addresses: [a.network.address()] });
    b.network.refreshPeers();
    await a.until(() => a.ups.length === 1);
  });

  it('an address that is none is told and does no harm', async () => {
    const [a, b] = [peer(1), peer(2)];
    await Promise.all([a.network.start(), b.network.start()]);
    a.peers.set(b.peerId, { addresses: ['nowhere', '/ip4/1', b.network.address()] });
    b.peers.set(a.peerId, { addresses: [] });
    a.network.refreshPeers();
    await b.until(() => b.ups.length === 1);
    const told = a.events.filter(({ event }) => event === 'network.address_invalid');
    expect(told.length).toBe(2);
  });

  it('stop ends everything at any time, and leaves no socket', async () => {
    const before = openSockets();
    const [a, b, c] = [peer(1), peer(2), peer(3)];
    const peers = [a, b, c];
    await startConnected(...peers);
    const hanging = rejection(
      a.network.request(b.peerId, numbered(1), { timeoutMs: 60_000, responseBytesMax: 10 }),
    );
    for (let i = 0; i < 5; i += 1) a.network.send(b.peerId, 'consensus', numbered(i, 1_000_000));
    await Promise.all(peers.map(({ network }) => network.stop()));
    await hanging;
    await a.network.stop();
    expect(a.network.connectedPeers()).toEqual([]);
    expect(a.network.send(b.peerId, 'consensus', numbered(1))).toBe(false);
    while (openSockets().length > before.length) await new Promise(setImmediate);
    const early = peer(4);
    const starting = early.network.start();
    await early.network.stop();
    await starting;
    while (openSockets().length > before.length) await new Promise(setImmediate);
  });
});
