import { scryptSync } from 'node:crypto';
import type { ScryptCost } from './scryptCost.js';

/** scrypt (RFC 7914), 32 bytes, by the runtime. */
export function scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Uint8Array {
  const { n, r, p } = cost;
  // Needed: 128 * r * (n + p) bytes and a little; the runtime's default bound is 32 MiB.
  const maxmem = 128 * r * (n + p) + 1024 * 1024;
  return new Uint8Array(scryptSync(password, salt, 32, { N: n, r, p, maxmem }));
}
