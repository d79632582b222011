import { signerFromSeed, verifySignature } from '@triflow/crypto';
import { type Command, isPartyId, type PartyId } from '@triflow/protocol';
import { TriflowError } from '../errors/triflowError.js';

/** What is being signed, for a device or a person that wants to see it. */
export interface SigningRequest {
  readonly txId: string;
  readonly validUntilHeight: number;
  readonly commands: readonly Command[];
}

/** A party's key: the party answers for what it signs. */
export interface Account {
  readonly party: PartyId;
  readonly keyId: string;
  readonly sign: (bytes: Uint8Array, request: SigningRequest) => Promise<Uint8Array>;
  /** Signs a login, which is never a transaction; without it the client reads as anyone. */
  readonly signLogin?: (bytes: Uint8Array, request: LoginRequest) => Promise<Uint8Array>;
}

/** Whose login is being signed. */
export interface LoginRequest {
  readonly chainId: string;
  readonly nodeId: string;
}

const SEED_BYTES = 32;

/** An account whose key lies in memory. `seed` is the 32-byte Ed25519 seed. */
export function accountFromSeed(options: {
  readonly party: string;
  readonly keyId: string;
  readonly seed: Uint8Array;
}): Account {
  if (options.seed.length !== SEED_BYTES) {
    throw new TriflowError('REQUEST_INVALID', 'account: the seed is not 32 bytes');
  }
  const signer = signerFromSeed(options.seed);
  const sign = (bytes: Uint8Array): Promise<Uint8Array> => signer.sign(bytes);
  return { ...named(options), sign, signLogin: sign };
}

/**
 * An account whose key lies elsewhere: a security module, a remote signer, a person. With its
 * public key every signature is checked before anything is sent (`SIGNATURE_INVALID`).
 */
export function accountFromSigner(options: {
  readonly party: string;
  readonly keyId: string;
  readonly publicKey?: Uint8Array;
  readonly sign: (bytes: Uint8Array, request: SigningRequest) => Promise<Uint8Array>;
  readonly signLogin?: (bytes: Uint8Array, request: LoginRequest) => Promise<Uint8Array>;
}): Account {
  const { publicKey, sign, signLogin } = options;
  return {
    ...named(options),
    ...(signLogin !== undefined && { signLogin }),
    sign: async (bytes, request) => {
      const signature = await sign(bytes, request);
      if (publicKey === undefined) return signature;
      if (verifySignature('ed25519', publicKey, bytes, signature)) return signature;
      throw new TriflowError('SIGNATURE_INVALID', 'the signer gave a signature of another key');
    },
  };
}

function named(options: { readonly party: string; readonly keyId: string }): {
  party: PartyId;
  keyId: string;
} {
  const { party, keyId } = options;
  if (!isPartyId(party)) throw new TriflowError('REQUEST_INVALID', `account: ${party} is no party`);
  if (!/^[a-z0-9-]{1,32}$/.test(keyId)) {
    throw new TriflowError('REQUEST_INVALID', `account: ${keyId} is no key id`);
  }
  return { party, keyId };
}
