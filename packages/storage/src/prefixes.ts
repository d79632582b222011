/**
 * The registry of key prefixes: the first byte of every key. A number is never reused; a retired
 * one stays here as a comment. `h` is a height (8 bytes, big-endian), `key` UTF-8 without NUL.
 */
export const prefixes = {
  meta: 0x00, //          name | bytes: genesis document, store format, small things
  head: 0x01, //          (nothing) | h of the newest block, blockId
  block: 0x10, //         h | block bytes
  header: 0x11, //        h | blockId, header bytes
  certificate: 0x12, //   h | commit certificate
  results: 0x13, //       h | results, each with its length
  undo: 0x14, //          h | delta for proofs at h; only the newest heights
  state: 0x20, //         key | h of the write, value
  statePast: 0x21, //     key NUL h of the write | h of the next write, value
  index: 0x22, //         key | h of the put
  indexPast: 0x23, //     key NUL h of the put | h of the removal
  bucket: 0x30, //        index (4 bytes) | leaf of the state tree's bucket, its entries if any
  transaction: 0x40, //   txId | h, position in the block (4 bytes)
  expiry: 0x41, //        validUntilHeight, h | the txIds of block h with that last height
} as const;

export type Prefix = (typeof prefixes)[keyof typeof prefixes];

const names = new Map<number, string>(
  Object.entries(prefixes).map(([name, byte]) => [byte, name] as const),
);

/** The registered name of a key's prefix, for messages. */
export function prefixName(key: Uint8Array): string {
  const byte = key[0];
  return (byte === undefined ? undefined : names.get(byte)) ?? 'unknown';
}
