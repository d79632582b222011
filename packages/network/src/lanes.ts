import { limits } from '@triflow/protocol';
import type { Channel } from './network.js';
import type { NetworkLimits } from './networkLimits.js';

/**
 * The one-way streams to a peer, the most urgent first. Consensus has two, so that a vote does not
 * wait behind a block.
 */
export const lanes = ['consensus', 'bulk', 'gossip'] as const;

export type Lane = (typeof lanes)[number];

const protocols: Readonly<Record<Lane, string>> = {
  consensus: '/triflow/consensus/1',
  bulk: '/triflow/consensus-bulk/1',
  gossip: '/triflow/gossip/1',
};

/** The protocol name of a lane's streams. */
export function laneProtocol(lane: Lane): string {
  return protocols[lane];
}

/** The channel whose messages travel on a lane. */
export function channelOf(lane: Lane): Channel {
  return lane === 'gossip' ? 'gossip' : 'consensus';
}

/** The lane for a message of this size. */
export function laneFor(channel: Channel, bytes: number): Lane {
  if (channel === 'gossip') return 'gossip';
  return bytes > limits.peerSmallMessageBytesMax ? 'bulk' : 'consensus';
}

/** The largest message that a lane carries. */
export function laneMessageBytesMax(lane: Lane, all: NetworkLimits): number {
  if (lane === 'gossip') return all.gossipMessageBytesMax;
  if (lane === 'bulk') return all.consensusMessageBytesMax;
  return Math.min(limits.peerSmallMessageBytesMax, all.consensusMessageBytesMax);
}

/** What may wait on a lane. */
export function laneQueueBytesMax(lane: Lane, all: NetworkLimits): number {
  if (lane === 'gossip') return all.gossipQueueBytesMax;
  if (lane === 'bulk') return all.consensusQueueBytesMax;
  return Math.min(limits.peerSmallQueueBytesMax, all.consensusQueueBytesMax);
}
