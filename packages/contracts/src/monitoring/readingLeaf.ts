import { encodeCanonical } from '@triflow/protocol';
import type { Reading } from './schema.js';

const DOMAIN = 'triflow/reading/1';

/** The bytes of a reading that a batch's Merkle root is over (RFC 9162 leaves); named by device. */
export function readingLeaf(device: string, reading: Reading): Uint8Array {
  const { seq, time, kind, values } = reading;
  return encodeCanonical([DOMAIN, device, seq, time, kind, values]);
}
