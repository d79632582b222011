import { demoSeed, signerFromSeed, verifySignature } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';
import { equalBytes } from '@triflow/protocol';

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

const VERIFIED_MAX = 10_000;

interface Verified {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly holds: boolean;
}

/** Verdicts by signature. */
const verified = new Map<string, Verified>();

/** Whether a real signature holds: found out once for all members of a world. */
export function verifiesReal(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const name = Buffer.from(signature).toString('latin1');
  const known = verified.get(name);
  if (known !== undefined) {
    const same = equalBytes(known.publicKey, publicKey) && equalBytes(known.message, message);
    if (same) return known.holds;
  }
  const holds = verifySignature('ed25519', publicKey, message, signature);
  if (verified.size >= VERIFIED_MAX) verified.clear();
  verified.set(name, { publicKey: publicKey.slice(), message: message.slice(), holds });
  return holds;
}
