import { assert, limits } from '@triflow/protocol';

/** Settings of the network; bytes, counts and milliseconds, as named. */
export interface NetworkLimits {
  /** Largest message of each kind, checked before anything is allocated for it. */
  readonly consensusMessageBytesMax: number;
  readonly gossipMessageBytesMax: number;
  readonly requestBytesMax: number;
  readonly responseBytesMax: number;

  /** What may wait for one peer. */
  readonly consensusQueueBytesMax: number;
  readonly gossipQueueBytesMax: number;
  /** Requests in progress with one peer, each way. */
  readonly requestsMax: number;

  /** Token buckets of one peer; each holds two seconds' worth. */
  readonly consensusBytesPerSecond: number;
  readonly consensusMessagesPerSecond: number;
  readonly gossipBytesPerSecond: number;
  readonly gossipMessagesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly servedBytesPerSecond: number;

  readonly connectionsMax: number;
  readonly connectionsPerPeerMax: number;
  readonly pendingConnectionsMax: number;
  readonly connectionsPerSecondPerHost: number;

  readonly dialTimeoutMs: number;
  /** Noise, multiplexer and protocol negotiation of one connection or stream. */
  readonly handshakeTimeoutMs: number;
  readonly redialMinMs: number;
  readonly redialMaxMs: number;
  /** How long the peer with the greater id lets the other one dial first. */
  readonly politeMs: number;
  /** A connection that lived this long proves that dialling again soon is worth it. */
  readonly stableMs: number;
  /** One tick of heartbeats, silence and duplicates. */
  readonly tickMs: number;
  /** Ticks until an idle stream carries a heartbeat, and until silence ends the connection. */
  readonly heartbeatTicks: number;
  readonly silenceTicks: number;
  readonly requestReadMs: number;
  readonly serveMs: number;
  readonly stopMs: number;

  readonly penaltyPointsMax: number;
  readonly penaltyWindowMs: number;
  readonly banMinMs: number;
  readonly banMaxMs: number;
  /** Quiet time after which the next ban is one step shorter. */
  readonly banHealMs: number;
}

/** Node and tests start from these; generous for a consortium on a wide-area network. */
export const defaultNetworkLimits: NetworkLimits = {
  consensusMessageBytesMax: limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax,
  gossipMessageBytesMax: limits.gossipBatchBytesMax,
  requestBytesMax: limits.requestBytesMax,
  responseBytesMax: limits.peerResponseBytesMax,
  consensusQueueBytesMax: limits.peerConsensusQueueBytesMax,
  gossipQueueBytesMax: limits.peerGossipQueueBytesMax,
  requestsMax: limits.peerRequestsMax,
  consensusBytesPerSecond: 64 * 1024 * 1024,
  consensusMessagesPerSecond: 50_000,
  gossipBytesPerSecond: 32 * 1024 * 1024,
  gossipMessagesPerSecond: 20_000,
  requestsPerSecond: 200,
  servedBytesPerSecond: 32 * 1024 * 1024,
  connectionsMax: 2 * (limits.validatorsMax + limits.observersMax),
  connectionsPerPeerMax: limits.peerConnectionsMax,
  pendingConnectionsMax: limits.pendingConnectionsMax,
  connectionsPerSecondPerHost: limits.pendingConnectionsMax,
  dialTimeoutMs: 5_000,
  handshakeTimeoutMs: 5_000,
  redialMinMs: 100,
  redialMaxMs: 5_000,
  politeMs: 400,
  stableMs: 5_000,
  tickMs: 1_000,
  heartbeatTicks: 5,
  silenceTicks: 20,
  requestReadMs: 5_000,
  serveMs: 30_000,
  stopMs: 5_000,
  penaltyPointsMax: 3,
  penaltyWindowMs: 10 * 60_000,
  banMinMs: 10_000,
  banMaxMs: 10 * 60_000,
  banHealMs: 10 * 60_000,
};

/** The defaults with what the caller changes; what cannot work together is our own bug. */
export function completeLimits(changes: Partial<NetworkLimits> = {}): NetworkLimits {
  const all = { ...defaultNetworkLimits, ...changes };
  for (const [name, value] of Object.entries(all)) {
    assert(Number.isSafeInteger(value) && value > 0, `network limits: ${name} must be positive`);
  }
  assert(
    all.consensusQueueBytesMax >= all.consensusMessageBytesMax,
    'network limits: a consensus queue must hold the largest message',
  );
  assert(
    all.gossipQueueBytesMax >= all.gossipMessageBytesMax,
    'network limits: a gossip queue must hold the largest message',
  );
  assert(all.silenceTicks > 2 * all.heartbeatTicks, 'network limits: silence is after heartbeats');
  assert(all.redialMaxMs >= all.redialMinMs, 'network limits: redialMaxMs below redialMinMs');
  assert(all.banMaxMs >= all.banMinMs, 'network limits: banMaxMs below banMinMs');
  return all;
}
