import { ed25519 } from '@noble/curves/ed25519.js';
import { failure, hexFromBytes, limits, type Result, success } from '@triflow/protocol';
import { acceptsFast } from '#ed25519';

export const ED25519_PUBLIC_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

/** Order of the prime subgroup, little-endian: 2^252 + 27742317777372353535851937790883648493. */
const GROUP_ORDER = Uint8Array.from([
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
]);

/** Whether a signature holds by ZIP-215: at native speed when it does (proof in the README). */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isWellFormed(publicKey, signature)) return false;
  return acceptsFast(publicKey, message, signature) ?? verifyZip215(publicKey, message, signature);
}

/** True when a native library accepts it, so that it holds; false says nothing. Always quick. */
export function acceptsEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return isWellFormed(publicKey, signature) && acceptsFast(publicKey, message, signature) === true;
}

/** The rule itself, without any short cut. */
export function verifyZip215(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== ED25519_PUBLIC_KEY_BYTES) return false;
  if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: true });
}

/** Verdicts on keys: each takes a millisecond, and a block is executed more than once. */
const judgedKeys = new Map<string, Result<true>>();

/** Whether a key may be registered (R-S3). Fault: `key_is_invalid`. */
export function validateEd25519Key(publicKey: Uint8Array): Result<true> {
  if (publicKey.length !== ED25519_PUBLIC_KEY_BYTES) return invalid('not 32 bytes');
  const name = hexFromBytes(publicKey);
  const known = judgedKeys.get(name);
  if (known !== undefined) return known;
  const judged = judgeKey(publicKey);
  if (judgedKeys.size >= limits.keyCacheMax) judgedKeys.clear();
  judgedKeys.set(name, judged);
  return judged;
}

function judgeKey(publicKey: Uint8Array): Result<true> {
  const point = pointFromCanonicalBytes(publicKey);
  if (point === undefined) return invalid('not the canonical encoding of a point');
  if (point.isSmallOrder()) return invalid('a point of small order');
  return point.isTorsionFree() ? success(true) : invalid('not in the prime subgroup');
}

function isWellFormed(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_PUBLIC_KEY_BYTES) return false;
  return signature.length === ED25519_SIGNATURE_BYTES && isScalarReduced(signature);
}

/** ZIP-215: S is below the group order. Said here so that it rests on no library. */
function isScalarReduced(signature: Uint8Array): boolean {
  for (let i = GROUP_ORDER.length - 1; i >= 0; i -= 1) {
    const difference = (signature[32 + i] ?? 0) - (GROUP_ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function pointFromCanonicalBytes(
  bytes: Uint8Array,
): ReturnType<typeof ed25519.Point.fromBytes> | undefined {
  try {
    return ed25519.Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}

function invalid(message: string): ReturnType<typeof failure> {
  return failure('key_is_invalid', message);
}
