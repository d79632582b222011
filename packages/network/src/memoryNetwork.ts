import { assert, CodedError, compareText } from '@triflow/protocol';
import { textFromHostPort } from './address.js';
import { startDeadline } from './deadline.js';
import { copyOf } from './frames.js';
import type { Channel, Network, NetworkOptions, NetworkStats, RequestOptions } from './network.js';
import { completeLimits, type NetworkLimits } from './networkLimits.js';
import { peerIdFromSeed } from './peerIdFromSeed.js';
import { text } from './peerLink.js';
import { addPenalty, createPeerScore, isBanned, type PeerScore } from './peerScore.js';
import { withResolvers } from './polyfill.js';
import { transportFailed, until } from './requestStream.js';
import {
  countIn,
  countOut,
  createNetworkCounters,
  type NetworkCounters,
  readTraffic,
} from './trafficStats.js';

/** What is on its way between two memory networks. */
export interface MemoryDelivery {
  readonly from: string;
  readonly to: string;
  readonly kind: Channel | 'request' | 'answer' | 'peerUp' | 'peerDown';
  readonly bytes: number;
}

export interface MemoryHubOptions {
  /** Runs `deliver` once, when it likes; by default in a microtask, in order. */
  schedule?(deliver: () => void, delivery: MemoryDelivery): void;
  /** Clock and timer of bans; by default the real ones. */
  nowMs?(): number;
  later?(run: () => void, delayMs: number): void;
}

/** Networks in one process that reach each other without sockets. */
export interface MemoryHub {
  createNetwork(options: NetworkOptions): Network;
  /** Splits: each group by itself, and all that are in no group together. */
  partition(groups: readonly (readonly string[])[]): void;
  /** Ends the split. */
  heal(): void;
}

/** One pair that is connected; messages of an earlier connection are not delivered. */
interface Pair {
  open: boolean;
  /** Who has heard of it: only those are told of its end. */
  readonly told: Set<string>;
}

interface Hub {
  readonly nodes: Map<string, MemoryNetwork>;
  readonly pairs: Map<string, Pair>;
  groups: readonly (readonly string[])[];
  schedule(deliver: () => void, delivery: MemoryDelivery): void;
  nowMs(): number;
  later(run: () => void, delayMs: number): void;
}

/** A hub for tests and for a devnet in one process. */
export function createMemoryHub(options: MemoryHubOptions = {}): MemoryHub {
  const hub: Hub = {
    nodes: new Map(),
    pairs: new Map(),
    groups: [],
    schedule: options.schedule?.bind(options) ?? ((deliver) => queueMicrotask(deliver)),
    nowMs: options.nowMs?.bind(options) ?? Date.now,
    later:
      options.later?.bind(options) ?? ((run, delayMs) => void setTimeout(run, delayMs).unref()),
  };
  const split = (groups: readonly (readonly string[])[]) => {
    hub.groups = groups;
    settle(hub);
  };
  return {
    createNetwork: (networkOptions) => new MemoryNetwork(hub, networkOptions),
    partition: (groups) => split(groups.map((group) => [...group])),
    heal: () => split([]),
  };
}

class MemoryNetwork implements Network {
  readonly peerId: string;
  readonly options: NetworkOptions;
  readonly limits: NetworkLimits;
  readonly counters: NetworkCounters = createNetworkCounters();
  readonly up = new Set<string>();
  readonly #hub: Hub;
  readonly #scores = new Map<string, PeerScore>();
  readonly #queued = new Map<string, number>();
  readonly #stopping = new AbortController();
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(hub: Hub, options: NetworkOptions) {
    this.#hub = hub;
    this.options = options;
    this.limits = completeLimits(options.limits);
    this.peerId = peerIdFromSeed(options.seed);
  }

  async start(): Promise<void> {
    assert(this.#state === 'new', 'network: started twice');
    assert(!this.#hub.nodes.has(this.peerId), 'memory network: this key is started already');
    this.#state = 'started';
    this.#hub.nodes.set(this.peerId, this);
    settle(this.#hub);
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    if (this.#state === 'started') this.#hub.nodes.delete(this.peerId);
    this.#state = 'stopped';
    this.#stopping.abort();
    for (const peerId of [...this.up]) disconnect(this.#hub, this.peerId, peerId, this);
    settle(this.#hub);
  }

  address(): string {
    return textFromHostPort(this.options.listen.host, this.options.listen.port);
  }

  connectedPeers(): string[] {
    return [...this.up].sort(compareText);
  }

  send(peerId: string, channel: Channel, bytes: Uint8Array): boolean {
    const consensus = channel === 'consensus';
    const { limits, counters } = this;
    const max = consensus ? limits.consensusMessageBytesMax : limits.gossipMessageBytesMax;
    const queueMax = consensus ? limits.consensusQueueBytesMax : limits.gossipQueueBytesMax;
    assert(bytes.length > 0 && bytes.length <= max, `network: a ${channel} message's size`);
    const queue = `${channel} ${peerId}`;
    const queued = this.#queued.get(queue) ?? 0;
    const peer = this.#hub.nodes.get(peerId);
    const full = queued > 0 && queued + bytes.length > queueMax;
    if (!this.up.has(peerId) || peer === undefined || full) {
      counters.dropped += 1;
      return false;
    }
    countOut(counters[channel], bytes.length);
    this.#queued.set(queue, queued + bytes.length);
    const pair = pairOf(this.#hub, this.peerId, peerId);
    const deliver = () => {
      this.#queued.set(queue, (this.#queued.get(queue) ?? 0) - bytes.length);
      if (pair.open) peer.take(this.peerId, channel, copyOf(bytes));
    };
    this.#schedule(deliver, peerId, channel, bytes.length);
    return true;
  }

  async request(peerId: string, bytes: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const { requestBytesMax } = this.limits;
    assert(bytes.length > 0 && bytes.length <= requestBytesMax, 'network: request size');
    const peer = this.#hub.nodes.get(peerId);
    if (!this.up.has(peerId) || peer === undefined) throw transportFailed('not_connected');
    const deadline = startDeadline(options.timeoutMs, [options.signal, this.#stopping.signal]);
    try {
      countOut(this.counters.request, bytes.length);
      const exchange = this.#exchange(peer, bytes, deadline.signal);
      const answer = await until(exchange, deadline.signal);
      if (answer.length > options.responseBytesMax) throw transportFailed('too_large');
      countIn(this.counters.request, answer.length);
      return answer;
    } catch (error) {
      if (deadline.end() === 'timeout') throw transportFailed('timeout');
      if (deadline.end() === 'aborted') throw new CodedError('ABORTED', 'the request was given up');
      throw error;
    } finally {
      deadline.clear();
    }
  }

  penalise(peerId: string, points: number, reason: string): void {
    if (!this.options.peers().has(peerId)) return;
    this.counters.penalties += 1;
    const score = this.#scores.get(peerId) ?? createPeerScore();
    this.#scores.set(peerId, score);
    const now = this.#hub.nowMs();
    const banned = addPenalty(score, points, now, this.limits);
    this.options.logger.warn('network.peer_penalised', { peerId, points, reason, banned });
    if (!banned) return;
    settle(this.#hub);
    this.#hub.later(() => settle(this.#hub), score.bannedUntilMs - now);
  }

  refreshPeers(): void {
    settle(this.#hub);
  }

  stats(): NetworkStats {
    const { consensus, gossip, request, dropped, refused, penalties } = this.counters;
    return {
      peers: this.up.size,
      connections: this.up.size,
      consensus: readTraffic(consensus),
      gossip: readTraffic(gossip),
      request: readTraffic(request),
      dropped,
      refused,
      penalties,
    };
  }

  allows(peerId: string): boolean {
    const score = this.#scores.get(peerId);
    if (score !== undefined && isBanned(score, this.#hub.nowMs())) return false;
    return this.options.peers().has(peerId);
  }

  take(from: string, channel: Channel, bytes: Uint8Array): void {
    countIn(this.counters[channel], bytes.length);
    this.guard('message', () => this.options.handlers.message(from, channel, bytes));
  }

  guard(handler: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.options.logger.error('network.handler_failed', { handler, error: text(error) });
    }
  }

  async #exchange(
    peer: MemoryNetwork,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const pair = pairOf(this.#hub, this.peerId, peer.peerId);
    await this.#hop(pair, peer.peerId, 'request', bytes.length);
    countIn(peer.counters.request, bytes.length);
    const handle = async () => peer.options.handlers.request(this.peerId, copyOf(bytes), signal);
    const answer = await handle().catch((error: unknown) => {
      peer.options.logger.debug('network.request_refused', { error: text(error) });
    });
    if (answer === undefined) throw transportFailed('refused');
    countOut(peer.counters.request, answer.length);
    await peer.#hop(pair, this.peerId, 'answer', answer.length);
    return copyOf(answer);
  }

  /** One way through the hub; rejects when the pair was parted meanwhile. */
  async #hop(pair: Pair, to: string, kind: 'request' | 'answer', bytes: number): Promise<void> {
    const { promise, resolve } = withResolvers<void>();
    this.#schedule(resolve, to, kind, bytes);
    await promise;
    if (!pair.open) throw transportFailed('closed');
  }

  #schedule(deliver: () => void, to: string, kind: MemoryDelivery['kind'], bytes: number): void {
    this.#hub.schedule(deliver, { from: this.peerId, to, kind, bytes });
  }
}

/** Connects and parts pairs until what is agrees with what may be. */
function settle(hub: Hub): void {
  const nodes = [...hub.nodes.values()].sort((a, b) => compareText(a.peerId, b.peerId));
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 1)) {
      const may = a.allows(b.peerId) && b.allows(a.peerId) && sameGroup(hub, a.peerId, b.peerId);
      const pair = hub.pairs.get(pairKey(a.peerId, b.peerId));
      if (may && pair?.open !== true) connect(hub, a, b);
      if (!may && pair?.open === true) disconnect(hub, a.peerId, b.peerId);
    }
  }
}

function connect(hub: Hub, a: MemoryNetwork, b: MemoryNetwork): void {
  const pair: Pair = { open: true, told: new Set() };
  hub.pairs.set(pairKey(a.peerId, b.peerId), pair);
  for (const [self, other] of [
    [a, b],
    [b, a],
  ] as const) {
    self.up.add(other.peerId);
    const tell = () => {
      if (!pair.open) return;
      pair.told.add(self.peerId);
      self.guard('peerUp', () => self.options.handlers.peerUp(other.peerId));
    };
    hub.schedule(tell, { from: other.peerId, to: self.peerId, kind: 'peerUp', bytes: 0 });
  }
}

/** Tells both sides, also one that is just leaving the hub. */
function disconnect(hub: Hub, first: string, second: string, leaving?: MemoryNetwork): void {
  const key = pairKey(first, second);
  const pair = hub.pairs.get(key);
  if (pair !== undefined) pair.open = false;
  hub.pairs.delete(key);
  for (const [selfId, otherId] of [
    [first, second],
    [second, first],
  ] as const) {
    const self = leaving?.peerId === selfId ? leaving : hub.nodes.get(selfId);
    if (self?.up.delete(otherId) !== true) continue;
    const tell = () => {
      if (pair?.told.delete(selfId) !== true) return;
      self.guard('peerDown', () => self.options.handlers.peerDown(otherId));
    };
    hub.schedule(tell, { from: otherId, to: selfId, kind: 'peerDown', bytes: 0 });
  }
}

function pairOf(hub: Hub, a: string, b: string): Pair {
  return hub.pairs.get(pairKey(a, b)) ?? { open: false, told: new Set() };
}

function pairKey(a: string, b: string): string {
  return compareText(a, b) < 0 ? `${a} ${b}` : `${b} ${a}`;
}

function sameGroup(hub: Hub, a: string, b: string): boolean {
  const groupOf = (peerId: string) => hub.groups.findIndex((group) => group.includes(peerId));
  return groupOf(a) === groupOf(b);
}
