import type { Logger } from '@triflow/protocol';
import { createNetwork } from './createNetwork.js';
import type { Channel, Network, NetworkHandlers, NetworkOptions, PeerInfo } from './network.js';
import type { NetworkLimits } from './networkLimits.js';
import { peerIdFromSeed } from './peerIdFromSeed.js';

export interface TestMessage {
  readonly from: string;
  readonly channel: Channel;
  readonly bytes: Uint8Array;
}

/** A network with everything that it told, for tests of this package. */
export interface TestPeer {
  readonly network: Network;
  readonly peerId: string;
  readonly seed: Uint8Array;
  readonly peers: Map<string, PeerInfo>;
  readonly messages: TestMessage[];
  readonly ups: string[];
  readonly downs: string[];
  readonly events: { readonly event: string; readonly facts: Record<string, unknown> }[];
  /** Resolves when the predicate holds; looks again whenever the network tells something. */
  until(predicate: () => boolean): Promise<void>;
}

export interface TestPeerOptions {
  readonly seedByte: number;
  readonly host?: string;
  readonly port?: number;
  readonly limits?: Partial<NetworkLimits>;
  readonly handlers?: Partial<NetworkHandlers>;
  readonly create?: (options: NetworkOptions) => Network;
}

/** The 32-byte seed of a test peer. */
export function seedOf(seedByte: number): Uint8Array {
  return new Uint8Array(32).fill(seedByte);
}

/** A peer that knows nobody yet and is not started. */
export function createTestPeer(options: TestPeerOptions): TestPeer {
  const seed = seedOf(options.seedByte);
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of [...waiting]) look();
  };
  const messages: TestMessage[] = [];
  const ups: string[] = [];
  const downs: string[] = [];
  const events: { event: string; facts: Record<string, unknown> }[] = [];
  const peers = new Map<string, PeerInfo>();
  const peer = { peerId: peerIdFromSeed(seed), seed, peers, messages, ups, downs, events };
  const note = (event: string, facts: Record<string, unknown> = {}) => {
    peer.events.push({ event, facts });
    changed();
  };
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const own = options.handlers ?? {};
  const handlers: NetworkHandlers = {
    message: (from, channel, bytes) => {
      peer.messages.push({ from, channel, bytes });
      changed();
      own.message?.(from, channel, bytes);
    },
    request: own.request ?? (async (_from, bytes) => bytes),
    peerUp: (peerId) => {
      peer.ups.push(peerId);
      own.peerUp?.(peerId);
      changed();
    },
    peerDown: (peerId) => {
      peer.downs.push(peerId);
      own.peerDown?.(peerId);
      changed();
    },
  };
  const create = options.create ?? createNetwork;
  const network = create({
    seed,
    listen: { host: options.host ?? '127.0.0.1', port: options.port ?? 0 },
    peers: () => peer.peers,
    handlers,
    limits: { tickMs: 100, politeMs: 100, ...options.limits },
    logger,
  });
  const until = (predicate: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!predicate()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { ...peer, network, until };
}

/** Lets peers know each other by their actual addresses. */
export function introduce(...peers: readonly TestPeer[]): void {
  for (const peer of peers) {
    for (const other of peers) {
      if (other === peer) continue;
      peer.peers.set(other.peerId, { addresses: [other.network.address()] });
    }
    peer.network.refreshPeers();
  }
}

/** Starts peers and waits until each is connected to each. */
export async function startConnected(...peers: readonly TestPeer[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.network.start()));
  introduce(...peers);
  const all = peers.length - 1;
  await Promise.all(
    peers.map((peer) => peer.until(() => peer.network.connectedPeers().length === all)),
  );
}

/** Bytes that say which they are. */
export function numbered(number: number, length = 4): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** The number that `numbered` wrote. */
export function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
