import { failure, type Result } from '@triflow/protocol';
import {
  acceptsEd25519,
  ED25519_PUBLIC_KEY_BYTES,
  ED25519_SIGNATURE_BYTES,
  validateEd25519Key,
  verifyEd25519,
} from './ed25519.js';

export interface SignatureSuite {
  readonly id: string;
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /** True only when `verify` would be, and never slow; false says nothing. */
  readonly accepts: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  readonly validatePublicKey: (publicKey: Uint8Array) => Result<true>;
}

/** One signature to be verified; suite and key come from a key record, never from a message. */
export interface SignatureCheck {
  readonly suite: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const ed25519Suite: SignatureSuite = {
  id: 'ed25519',
  publicKeyBytes: ED25519_PUBLIC_KEY_BYTES,
  signatureBytes: ED25519_SIGNATURE_BYTES,
  verify: verifyEd25519,
  accepts: acceptsEd25519,
  validatePublicKey: validateEd25519Key,
};

/** Signature suites by the id that key records name. */
export const signatureSuites: ReadonlyMap<string, SignatureSuite> = new Map([
  [ed25519Suite.id, ed25519Suite],
]);

/** Whether a signature holds under a suite's rule; false for an unknown suite or wrong lengths. */
export function verifySignature(
  suite: string,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const known = signatureSuites.get(suite);
  return known?.verify(publicKey, message, signature) ?? false;
}

/** The verdict on each of a list of signatures, in order. */
export function verifyBatch(items: readonly SignatureCheck[]): boolean[] {
  return items.map((item) =>
    verifySignature(item.suite, item.publicKey, item.message, item.signature),
  );
}

/**
 * Whether native code accepts all of them, which means that they hold; false says nothing. A forged
 * signature costs no more here than one that holds: the rule itself is `verifyBatch`.
 */
export function acceptsAll(items: readonly SignatureCheck[]): boolean {
  return items.every(
    ({ suite, publicKey, message, signature }) =>
      signatureSuites.get(suite)?.accepts(publicKey, message, signature) ?? false,
  );
}

/** Whether a key may be registered: canonical, not of small order, torsion-free (R-S3). */
export function validatePublicKey(suite: string, publicKey: Uint8Array): Result<true> {
  const known = signatureSuites.get(suite);
  if (known === undefined) return failure('key_is_invalid', `no signature suite ${suite}`);
  return known.validatePublicKey(publicKey);
}
