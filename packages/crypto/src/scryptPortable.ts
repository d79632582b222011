import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import type { ScryptCost } from './scryptCost.js';

/** scrypt (RFC 7914), 32 bytes, without the runtime's help. */
export function scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Uint8Array {
  return nobleScrypt(password, salt, { N: cost.n, r: cost.r, p: cost.p, dkLen: 32 });
}
