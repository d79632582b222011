import { demoSeed, signerFromSeed } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';

export interface SimKey {
  readonly publicKey: Uint8Array;
  /** The libp2p peer id of the node whose transport key this is. */
  readonly peerId: () => string;
  /** A real Ed25519 signature. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

const known = new Map<string, SimKey>();

/** The key of a label, derived once for all seeds of a run. */
export function simKey(label: string): SimKey {
  const found = known.get(label);
  if (found !== undefined) return found;
  const seed = demoSeed(label);
  const { publicKey, signSync } = signerFromSeed(seed);
  let peerId: string | undefined;
  const key = {
    publicKey,
    peerId: () => {
      peerId ??= peerIdFromSeed(seed);
      return peerId;
    },
    sign: signSync,
  };
  known.set(label, key);
  return key;
}
