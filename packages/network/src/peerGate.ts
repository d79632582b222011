import type { ConnectionGater } from '@libp2p/interface';

export interface PeerGateOptions {
  /** Whether this peer may be connected now: known to the chain and not kept out. */
  allows(peerId: string): boolean;
  /** Whether one more connection from it may be open. */
  hasRoom(peerId: string): boolean;
  onRefused(peerId: string, direction: 'inbound' | 'outbound'): void;
}

/**
 * R-D1: a connection whose Noise handshake proves anybody but an allowed peer ends there, before
 * the multiplexer and any of our protocols.
 */
export function createPeerGate(options: PeerGateOptions): ConnectionGater {
  const refuses = (peerId: string, direction: 'inbound' | 'outbound') => {
    const passes = options.allows(peerId) && options.hasRoom(peerId);
    if (!passes) options.onRefused(peerId, direction);
    return !passes;
  };
  return {
    denyDialPeer: (peerId) => !options.allows(peerId.toString()),
    denyInboundEncryptedConnection: (peerId) => refuses(peerId.toString(), 'inbound'),
    denyOutboundEncryptedConnection: (peerId) => refuses(peerId.toString(), 'outbound'),
  };
}
