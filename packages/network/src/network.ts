import type { Logger } from '@triflow/protocol';
import type { NetworkLimits } from './networkLimits.js';

/** Two classes of one-way messages; consensus goes first. */
export type Channel = 'consensus' | 'gossip';

/** Where a peer may be dialled: `host:port`, `[v6]:port` or multiaddr text. May be empty. */
export interface PeerInfo {
  readonly addresses: readonly string[];
}

/** What the network tells its owner. Whatever these throw is logged and goes no further. */
export interface NetworkHandlers {
  /** One whole message. The bytes are the owner's own copy. */
  message(peerId: string, channel: Channel, bytes: Uint8Array): void;
  /** Answers a request; a rejection is told to the peer as "refused", without a reason. */
  request(peerId: string, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  peerUp(peerId: string): void;
  peerDown(peerId: string): void;
}

export interface NetworkOptions {
  /** Ed25519 seed of the node key, 32 bytes. Never logged. */
  readonly seed: Uint8Array;
  readonly listen: { readonly host: string; readonly port: number };
  /** Who may connect now, and where to dial them; asked again at each connection. */
  peers(): ReadonlyMap<string, PeerInfo>;
  readonly handlers: NetworkHandlers;
  readonly limits?: Partial<NetworkLimits>;
  readonly logger: Logger;
}

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly signal?: AbortSignal;
}

export interface ChannelStats {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

export interface NetworkStats {
  /** Peers that are up. */
  readonly peers: number;
  /** Open connections, those of peers not yet up and second ones included. */
  readonly connections: number;
  readonly consensus: ChannelStats;
  readonly gossip: ChannelStats;
  readonly request: ChannelStats;
  /** Messages that `send` did not take. */
  readonly dropped: number;
  /** Connections refused by the gate. */
  readonly refused: number;
  readonly penalties: number;
}

/** Authenticated direct streams between known peers. Bytes only. */
export interface Network {
  readonly peerId: string;
  /** Listens and begins to dial. PORT_IN_USE, CONFIG_INVALID. */
  start(): Promise<void>;
  /** Ends everything; always resolves. A stopped network does not start again. */
  stop(): Promise<void>;
  /** `host:port` it really listens on. */
  address(): string;
  connectedPeers(): string[];
  /**
   * Queues a message; false when it was dropped: no such peer up, or its queue is full. The bytes
   * must not be changed afterwards. At most once and in order within a channel, save that small
   * consensus messages overtake earlier ones of more than `limits.peerSmallMessageBytesMax`.
   */
  send(peerId: string, channel: Channel, bytes: Uint8Array): boolean;
  /** One question, one answer. Rejects with TRANSPORT_FAILED (`details.reason`) or ABORTED. */
  request(peerId: string, bytes: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** R-D5: three points in ten minutes disconnect the peer for a growing time. */
  penalise(peerId: string, points: number, reason: string): void;
  /** The allowed set changed: drops those no longer in it and dials the new ones. */
  refreshPeers(): void;
  stats(): NetworkStats;
}
