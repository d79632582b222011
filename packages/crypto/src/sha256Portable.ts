import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { hexFromBytes } from '@triflow/protocol';

/** SHA-256 without the runtime's help, for browsers. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 as lower-case hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return hexFromBytes(nobleSha256(bytes));
}
