import type { ChannelStats } from './network.js';

/** Counters of one channel over all peers. */
export interface TrafficCounters {
  bytesIn: number;
  bytesOut: number;
  messagesIn: number;
  messagesOut: number;
}

export type TrafficClass = 'consensus' | 'gossip' | 'request';

/** Counters of the whole network. */
export interface NetworkCounters extends Record<TrafficClass, TrafficCounters> {
  dropped: number;
  refused: number;
  penalties: number;
}

/** All zero. */
export function createNetworkCounters(): NetworkCounters {
  return {
    consensus: createTrafficCounters(),
    gossip: createTrafficCounters(),
    request: createTrafficCounters(),
    dropped: 0,
    refused: 0,
    penalties: 0,
  };
}

/** A copy that does not change any more. */
export function readTraffic(counters: TrafficCounters): ChannelStats {
  return { ...counters };
}

/** Counts one message with its bytes. */
export function countIn(counters: TrafficCounters, bytes: number): void {
  counters.bytesIn += bytes;
  counters.messagesIn += 1;
}

/** Counts one message with its bytes. */
export function countOut(counters: TrafficCounters, bytes: number): void {
  counters.bytesOut += bytes;
  counters.messagesOut += 1;
}

function createTrafficCounters(): TrafficCounters {
  return { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0 };
}
