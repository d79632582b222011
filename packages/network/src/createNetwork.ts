import './polyfill.js';
import { setMaxListeners } from 'node:events';
import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { assert, CodedError, compareText, defined, limits } from '@triflow/protocol';
import { createLibp2p } from 'libp2p';
import { multiaddrFromAddress, multiaddrFromHost, textFromHostPort } from './address.js';
import { boundedMuxer } from './boundedMuxer.js';
import { startDeadline } from './deadline.js';
import { Dialer } from './dialer.js';
import { laneProtocol, lanes } from './lanes.js';
import type {
  Channel,
  Network,
  NetworkOptions,
  NetworkStats,
  PeerInfo,
  RequestOptions,
} from './network.js';
import { completeLimits, type NetworkLimits } from './networkLimits.js';
import { createPeerGate } from './peerGate.js';
import { privateKeyFromSeed } from './peerIdFromSeed.js';
import { PeerLink, text } from './peerLink.js';
import { addPenalty, createPeerScore, isBanned, isClean, type PeerScore } from './peerScore.js';
import { withResolvers } from './polyfill.js';
import { listenFailure } from './probeListen.js';
import { REQUEST_PROTOCOL, transportFailed } from './requestStream.js';
import { silentLogger } from './silentLogger.js';
import { createNetworkCounters, type NetworkCounters, readTraffic } from './trafficStats.js';

/** The lanes and the requests in progress, each way, and some to spare for those closing. */
const STREAMS_MAX = 16 + 8 * limits.peerRequestsMax;
const LANE_STREAMS_MAX = 3;

/** A network over libp2p: TCP, Noise, yamux; only peers that `peers()` names. */
export function createNetwork(options: NetworkOptions): Network {
  return new Libp2pNetwork(options);
}

class Libp2pNetwork implements Network {
  readonly peerId: string;
  readonly #options: NetworkOptions;
  readonly #limits: NetworkLimits;
  readonly #privateKey: PrivateKey;
  readonly #counters: NetworkCounters = createNetworkCounters();
  readonly #links = new Map<string, PeerLink>();
  readonly #scores = new Map<string, PeerScore>();
  readonly #stopping = new AbortController();
  readonly #dialer: Dialer;
  #libp2p: Libp2p | undefined;
  #starting: Promise<void> | undefined;
  #tick: NodeJS.Timeout | undefined;
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#limits = completeLimits(options.limits);
    this.#privateKey = privateKeyFromSeed(options.seed);
    this.peerId = peerIdFromPrivateKey(this.#privateKey).toString();
    setMaxListeners(0, this.#stopping.signal);
    this.#dialer = new Dialer({
      limits: this.#limits,
      wants: (peerId) => this.#wantsDial(peerId),
      goesFirst: (peerId) => compareText(this.peerId, peerId) < 0,
      dial: (peerId) => this.#dial(peerId),
      nowMs: Date.now,
      random: Math.random,
    });
  }

  start(): Promise<void> {
    assert(this.#state === 'new', 'network: started twice');
    this.#state = 'started';
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { host, port } = this.#options.listen;
    const address = multiaddrFromHost(host, port);
    if (address === undefined) {
      throw new CodedError('CONFIG_INVALID', `cannot listen on ${host}:${port}`, {
        details: { host, port },
      });
    }
    const libp2p = await this.#createLibp2p(address);
    if (this.#stopping.signal.aborted) return;
    this.#libp2p = libp2p;
    libp2p.addEventListener('connection:open', (event) => this.#opened(event.detail));
    libp2p.addEventListener('connection:close', (event) => this.#closed(event.detail));
    await this.#handleProtocols(libp2p);
    try {
      await libp2p.start();
    } catch (error) {
      this.#state = 'stopped';
      this.#dialer.stop();
      throw await listenFailure(host, port, error);
    }
    if (this.#stopping.signal.aborted) return;
    this.#tick = setInterval(() => this.#onTick(), this.#limits.tickMs);
    this.#options.logger.info('network.listening', { peerId: this.peerId, at: this.address() });
    this.refreshPeers();
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    const wasStarted = this.#state === 'started';
    this.#state = 'stopped';
    clearInterval(this.#tick);
    this.#dialer.stop();
    this.#stopping.abort();
    for (const link of this.#links.values()) link.disconnect('the node stops');
    this.#links.clear();
    if (!wasStarted) return;
    await this.#starting?.catch(() => {});
    if (this.#libp2p !== undefined) await this.#stopLibp2p(this.#libp2p);
  }

  address(): string {
    const { host, port } = this.#options.listen;
    const [first] = this.#libp2p?.getMultiaddrs() ?? [];
    const parts = first?.getComponents() ?? [];
    const actual = parts.find((part) => part.name === 'tcp')?.value;
    return textFromHostPort(host, actual === undefined ? port : Number(actual));
  }

  connectedPeers(): string[] {
    const up = [...this.#links].filter(([, link]) => link.isUp());
    return up.map(([peerId]) => peerId).sort(compareText);
  }

  send(peerId: string, channel: Channel, bytes: Uint8Array): boolean {
    const { consensusMessageBytesMax, gossipMessageBytesMax } = this.#limits;
    const bytesMax = channel === 'consensus' ? consensusMessageBytesMax : gossipMessageBytesMax;
    assert(bytes.length > 0, 'network: an empty message is a heartbeat');
    assert(bytes.length <= bytesMax, `network: a ${channel} message of ${bytes.length} bytes`);
    const sent = this.#links.get(peerId)?.send(channel, bytes) ?? false;
    if (!sent) this.#counters.dropped += 1;
    return sent;
  }

  async request(peerId: string, bytes: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const { requestBytesMax, responseBytesMax } = this.#limits;
    assert(bytes.length > 0 && bytes.length <= requestBytesMax, 'network: request size');
    assert(options.responseBytesMax <= responseBytesMax, 'network: answer larger than allowed');
    const link = this.#links.get(peerId);
    if (link === undefined) throw transportFailed('not_connected');
    return link.request(bytes, options.timeoutMs, options.responseBytesMax, options.signal);
  }

  penalise(peerId: string, points: number, reason: string): void {
    if (!this.#isKnown(peerId)) return;
    this.#counters.penalties += 1;
    const score = this.#scores.get(peerId) ?? createPeerScore();
    this.#scores.set(peerId, score);
    const banned = addPenalty(score, points, Date.now(), this.#limits);
    this.#options.logger.warn('network.peer_penalised', { peerId, points, reason, banned });
    if (banned) this.#links.get(peerId)?.disconnect('too many penalties');
  }

  refreshPeers(): void {
    if (this.#state !== 'started' || this.#libp2p?.status !== 'started') return;
    this.#warnOfAddresses();
    for (const [peerId, link] of this.#links) {
      if (this.#isKnown(peerId)) continue;
      link.disconnect('no longer among the peers');
      this.#links.delete(peerId);
      this.#dialer.forget(peerId);
    }
    this.#dialAll();
  }

  stats(): NetworkStats {
    const { consensus, gossip, request, dropped, refused, penalties } = this.#counters;
    let connections = 0;
    for (const link of this.#links.values()) connections += link.connectionCount();
    return {
      peers: this.connectedPeers().length,
      connections,
      consensus: readTraffic(consensus),
      gossip: readTraffic(gossip),
      request: readTraffic(request),
      dropped,
      refused,
      penalties,
    };
  }

  #createLibp2p(listen: string): Promise<Libp2p> {
    const all = this.#limits;
    return createLibp2p({
      start: false,
      privateKey: this.#privateKey,
      logger: silentLogger,
      addresses: { listen: [listen] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [
        boundedMuxer({
          streamsMax: STREAMS_MAX,
          connectionWriteBytesMax: limits.connectionWriteBytesMax,
        }),
      ],
      connectionGater: createPeerGate({
        allows: (peerId) => this.#isAllowed(peerId),
        hasRoom: (peerId) => this.#connectionCount(peerId) < all.connectionsPerPeerMax,
        onRefused: (peerId, direction) => {
          this.#counters.refused += 1;
          this.#options.logger.debug('network.peer_refused', { peerId, direction });
        },
      }),
      connectionManager: {
        maxConnections: all.connectionsMax,
        maxIncomingPendingConnections: all.pendingConnectionsMax,
        inboundConnectionThreshold: all.connectionsPerSecondPerHost,
        inboundUpgradeTimeout: all.handshakeTimeoutMs,
        inboundStreamProtocolNegotiationTimeout: all.handshakeTimeoutMs,
        outboundStreamProtocolNegotiationTimeout: all.handshakeTimeoutMs,
        dialTimeout: all.dialTimeoutMs,
        addressDialTimeout: all.dialTimeoutMs,
        maxParallelDials: all.pendingConnectionsMax,
        maxPeerAddrsToDial: limits.peerAddressesMax,
        reconnectRetries: 1,
      },
      connectionMonitor: { enabled: false },
    });
  }

  async #handleProtocols(libp2p: Libp2p): Promise<void> {
    const laneStreams = {
      maxInboundStreams: LANE_STREAMS_MAX,
      maxOutboundStreams: LANE_STREAMS_MAX,
    };
    for (const lane of lanes) {
      const onStream = (stream: Stream, connection: Connection) =>
        this.#accept(stream, connection, (link) => link.acceptLane(lane, stream, connection));
      await libp2p.handle(laneProtocol(lane), onStream, laneStreams);
    }
    const onRequest = (stream: Stream, connection: Connection) =>
      this.#accept(stream, connection, (link) => void link.acceptRequest(stream));
    await libp2p.handle(REQUEST_PROTOCOL, onRequest, {
      maxInboundStreams: 4 * this.#limits.requestsMax,
      maxOutboundStreams: 4 * this.#limits.requestsMax,
    });
  }

  #accept(stream: Stream, connection: Connection, take: (link: PeerLink) => void): void {
    const link = this.#links.get(connection.remotePeer.toString());
    if (link === undefined) stream.abort(new CodedError('ABORTED', 'unknown peer'));
    else take(link);
  }

  #opened(connection: Connection): void {
    const peerId = connection.remotePeer.toString();
    if (this.#state !== 'started' || connection.status !== 'open' || !this.#isAllowed(peerId)) {
      connection.abort(new CodedError('ABORTED', 'connection is not wanted'));
      return;
    }
    const link = this.#links.get(peerId) ?? this.#createLink(peerId);
    this.#links.set(peerId, link);
    this.#dialer.connected(peerId);
    link.addConnection(connection);
  }

  #closed(connection: Connection): void {
    const peerId = connection.remotePeer.toString();
    const link = this.#links.get(peerId);
    link?.removeConnection(connection);
    if (this.#connectionCount(peerId) === 0) this.#dialer.disconnected(peerId);
  }

  #createLink(peerId: string): PeerLink {
    const { handlers, logger } = this.#options;
    return new PeerLink({
      peerId,
      smaller: compareText(this.peerId, peerId) < 0,
      limits: this.#limits,
      logger,
      counters: this.#counters,
      stopSignal: this.#stopping.signal,
      onMessage: (channel, bytes) => {
        this.#guard('message', () => handlers.message(peerId, channel, bytes));
      },
      onRequest: async (bytes, signal) => handlers.request(peerId, bytes, signal),
      onViolation: (reason) => this.penalise(peerId, 1, reason),
      onUp: () => {
        logger.info('network.peer_up', { peerId });
        this.#guard('peerUp', () => handlers.peerUp(peerId));
      },
      onDown: () => {
        logger.info('network.peer_down', { peerId });
        this.#guard('peerDown', () => handlers.peerDown(peerId));
      },
    });
  }

  /** R-D4: nothing that a peer causes leaves the peer boundary as a throw. */
  #guard(handler: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error('network.handler_failed', { handler, error: text(error) });
    }
  }

  #onTick(): void {
    const now = Date.now();
    for (const link of this.#links.values()) link.tick();
    for (const [peerId, score] of this.#scores) {
      if (isClean(score, now, this.#limits)) this.#scores.delete(peerId);
    }
    this.#dialAll();
  }

  #dialAll(): void {
    for (const peerId of this.#peers().keys()) this.#dialer.ensure(peerId);
  }

  async #dial(peerId: string): Promise<void> {
    const addresses = this.#dialAddresses(peerId);
    const libp2p = defined(this.#libp2p, 'network: dialling before start');
    const targets = addresses.map((address) => multiaddr(address));
    const deadline = startDeadline(this.#limits.dialTimeoutMs, [this.#stopping.signal]);
    try {
      await libp2p.dial(targets, { signal: deadline.signal });
    } finally {
      deadline.clear();
    }
  }

  #dialAddresses(peerId: string): string[] {
    const texts = this.#peers().get(peerId)?.addresses ?? [];
    const addresses: string[] = [];
    for (const address of texts.slice(0, limits.peerAddressesMax)) {
      const parsed = multiaddrFromAddress(address);
      if (!parsed.ok) continue;
      const base = parsed.value.split('/p2p/')[0] ?? parsed.value;
      addresses.push(`${base}/p2p/${peerId}`);
    }
    return addresses;
  }

  #warnOfAddresses(): void {
    for (const [peerId, { addresses }] of this.#peers()) {
      for (const address of addresses.slice(0, limits.peerAddressesMax)) {
        const parsed = multiaddrFromAddress(address);
        if (parsed.ok) continue;
        this.#options.logger.warn('network.address_invalid', {
          peerId,
          reason: parsed.fault.message,
        });
      }
    }
  }

  #wantsDial(peerId: string): boolean {
    if (this.#state !== 'started' || this.#connectionCount(peerId) > 0) return false;
    return this.#isAllowed(peerId) && this.#dialAddresses(peerId).length > 0;
  }

  #isAllowed(peerId: string): boolean {
    const score = this.#scores.get(peerId);
    const banned = score !== undefined && isBanned(score, Date.now());
    return !banned && this.#isKnown(peerId);
  }

  #isKnown(peerId: string): boolean {
    return peerId !== this.peerId && this.#peers().has(peerId);
  }

  #peers(): ReadonlyMap<string, PeerInfo> {
    return this.#options.peers();
  }

  #connectionCount(peerId: string): number {
    return this.#links.get(peerId)?.connectionCount() ?? 0;
  }

  async #stopLibp2p(libp2p: Libp2p): Promise<void> {
    const late = withResolvers<void>();
    const timer = setTimeout(late.resolve, this.#limits.stopMs);
    const stopped = Promise.resolve(libp2p.stop()).catch((error: unknown) => {
      this.#options.logger.warn('network.stop_failed', { error: text(error) });
    });
    await Promise.race([stopped, late.promise]);
    clearTimeout(timer);
  }
}
