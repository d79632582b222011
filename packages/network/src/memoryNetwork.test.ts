import { isCodedError } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { createMemoryHub, type MemoryDelivery, type MemoryHub } from './memoryNetwork.js';
import {
  createTestPeer,
  numbered,
  numberOf,
  startConnected,
  type TestPeer,
  type TestPeerOptions,
} from './testPeers.js';

function peersOf(
  hub: MemoryHub,
  count: number,
  options: Partial<TestPeerOptions> = {},
): TestPeer[] {
  return Array.from({ length: count }, (_, i) =>
    createTestPeer({
      seedByte: i + 1,
      ...options,
      create: (networkOptions) => hub.createNetwork(networkOptions),
    }),
  );
}

function two(peers: readonly TestPeer[]): [TestPeer, TestPeer] {
  const [a, b] = peers;
  if (a === undefined || b === undefined) throw new RangeError('two peers are wanted');
  return [a, b];
}

const options = { timeoutMs: 20_000, responseBytesMax: 100 };

async function reason(work: Promise<Uint8Array>): Promise<unknown> {
  return work.then(
    () => 'answered',
    (error: unknown) => (isCodedError(error) ? (error.details.reason ?? error.code) : error),
  );
}

describe('network in memory', () => {
  it('delivers messages in order and answers requests', async () => {
    const peers = peersOf(createMemoryHub(), 4);
    await startConnected(...peers);
    const [a, b] = two(peers);
    for (let i = 0; i < 100; i += 1) a.network.send(b.peerId, 'consensus', numbered(i));
    await b.until(() => b.messages.length === 100);
    expect(b.messages.map(({ bytes }) => numberOf(bytes))).toEqual([...Array(100).keys()]);
    expect(await a.network.request(b.peerId, numbered(7), options)).toEqual(numbered(7));
    expect(a.network.stats()).toMatchObject({ peers: 3, consensus: { messagesOut: 100 } });
  });

  it('delivers copies', async () => {
    const [a, b] = two(peersOf(createMemoryHub(), 2));
    await startConnected(a, b);
    const bytes = numbered(1);
    a.network.send(b.peerId, 'gossip', bytes);
    await b.until(() => b.messages.length === 1);
    expect(b.messages[0]?.bytes).not.toBe(bytes);
  });

  it('connects only peers that allow each other', async () => {
    const [a, b] = two(peersOf(createMemoryHub(), 2));
    await Promise.all([a.network.start(), b.network.start()]);
    a.peers.set(b.peerId, { addresses: [] });
    a.network.refreshPeers();
    expect(a.network.connectedPeers()).toEqual([]);
    b.peers.set(a.peerId, { addresses: [] });
    b.network.refreshPeers();
    expect(a.network.connectedPeers()).toEqual([b.peerId]);
    a.peers.clear();
    a.network.refreshPeers();
    expect(b.network.connectedPeers()).toEqual([]);
  });

  it('a partition parts the groups, loses what is under way, and heals', async () => {
    const hub = createMemoryHub();
    const peers = peersOf(hub, 4);
    await startConnected(...peers);
    const [a, b] = two(peers);
    await a.until(() => a.ups.length === 3);
    a.network.send(b.peerId, 'consensus', numbered(1));
    hub.partition([[a.peerId]]);
    expect(a.network.connectedPeers()).toEqual([]);
    expect(b.network.connectedPeers().length).toBe(2);
    expect(a.network.send(b.peerId, 'consensus', numbered(2))).toBe(false);
    await a.until(() => a.downs.length === 3);
    expect(b.messages).toEqual([]);
    hub.heal();
    await a.until(() => a.ups.length === 6);
    a.network.send(b.peerId, 'consensus', numbered(3));
    await b.until(() => b.messages.length === 1);
  });

  it('a scheduler sees every delivery and may reorder it', async () => {
    const waiting: { run: () => void; delivery: MemoryDelivery }[] = [];
    const hub = createMemoryHub({
      schedule: (run, delivery) => void waiting.push({ run, delivery }),
    });
    const [a, b] = two(peersOf(hub, 2));
    await startConnected(a, b);
    for (const { run } of waiting.splice(0)) run();
    expect([a.ups, b.ups]).toEqual([[b.peerId], [a.peerId]]);
    for (let i = 0; i < 3; i += 1) a.network.send(b.peerId, 'gossip', numbered(i));
    expect(waiting[0]?.delivery).toEqual({
      from: a.peerId,
      to: b.peerId,
      kind: 'gossip',
      bytes: 4,
    });
    for (const { run } of waiting.splice(0).reverse()) run();
    expect(b.messages.map(({ bytes }) => numberOf(bytes))).toEqual([2, 1, 0]);
  });

  it('never tells a down without an up', async () => {
    const waiting: (() => void)[] = [];
    const hub = createMemoryHub({ schedule: (run) => void waiting.push(run) });
    const [a, b] = two(peersOf(hub, 2));
    await startConnected(a, b);
    hub.partition([[a.peerId]]);
    for (const run of waiting.splice(0)) run();
    expect([a.ups, a.downs]).toEqual([[], []]);
  });

  it('a full queue returns false', async () => {
    const limits = { gossipMessageBytesMax: 100, gossipQueueBytesMax: 250 };
    const [a, b] = two(peersOf(createMemoryHub(), 2, { limits }));
    await startConnected(a, b);
    const send = () => a.network.send(b.peerId, 'gossip', numbered(1, 100));
    expect([send(), send(), send()]).toEqual([true, true, false]);
    await b.until(() => b.messages.length === 2);
    expect(send()).toBe(true);
  });

  it('requests time out, are refused, are too large, end with the peer', async () => {
    const handlers = {
      request: async (_: string, bytes: Uint8Array) => {
        if (numberOf(bytes) === 1) return new Promise<Uint8Array>(() => {});
        if (numberOf(bytes) === 2) throw new RangeError('no');
        return new Uint8Array(1_000);
      },
    };
    const [a, b] = two(peersOf(createMemoryHub(), 2, { handlers }));
    await startConnected(a, b);
    const ask = (question: number, timeoutMs = 20_000) =>
      reason(a.network.request(b.peerId, numbered(question), { ...options, timeoutMs }));
    expect(await ask(1, 20)).toBe('timeout');
    expect(await ask(2)).toBe('refused');
    expect(await ask(3)).toBe('too_large');
    const hanging = ask(1);
    await a.network.stop();
    expect(await hanging).toBe('ABORTED');
    expect(await ask(3)).toBe('not_connected');
  });

  it('penalties part the pair until the ban is over', async () => {
    let now = 0;
    const later: { run: () => void; delayMs: number }[] = [];
    const hub = createMemoryHub({
      nowMs: () => now,
      later: (run, delayMs) => void later.push({ run, delayMs }),
    });
    const [a, b] = two(peersOf(hub, 2));
    await startConnected(a, b);
    for (let i = 0; i < 3; i += 1) a.network.penalise(b.peerId, 1, 'test');
    expect(b.network.connectedPeers()).toEqual([]);
    expect(later.length).toBe(1);
    now = later[0]?.delayMs ?? 0;
    later[0]?.run();
    expect(b.network.connectedPeers()).toEqual([a.peerId]);
  });

  it('a network that starts anew under the same key is connected again', async () => {
    const hub = createMemoryHub();
    const [a, b] = two(peersOf(hub, 2));
    await startConnected(a, b);
    await b.network.stop();
    await a.until(() => a.downs.length === 1);
    const again = createTestPeer({ seedByte: 2, create: (given) => hub.createNetwork(given) });
    again.peers.set(a.peerId, { addresses: [] });
    await again.network.start();
    await a.until(() => a.ups.length === 2);
  });
});
