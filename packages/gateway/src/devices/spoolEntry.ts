import { CodedError, decodeCanonical, encodeCanonical } from '@triflow/protocol';
import { z } from 'zod';
import { type Reading, readingOfRow, readingRowSchema, rowOf } from './readingRow.js';

const entrySchema = z.tuple([z.string(), z.number().int(), z.array(readingRowSchema)]);

/** Readings of one device that were taken together. */
export interface SpoolEntry {
  readonly device: string;
  /** The gateway's clock. */
  readonly takenAt: number;
  readonly readings: readonly Reading[];
}

/** Bytes of an entry. */
export function encodeEntry({ device, takenAt, readings }: SpoolEntry): Uint8Array {
  return encodeCanonical([device, takenAt, readings.map(rowOf)]);
}

/** Reads an entry. Throws `STORE_CORRUPT`. */
export function decodeEntry(bytes: Uint8Array): SpoolEntry {
  const decoded = decodeCanonical(bytes);
  const parsed = entrySchema.safeParse(decoded.ok ? decoded.value : undefined);
  if (!parsed.success) throw new CodedError('STORE_CORRUPT', 'an entry of the spool is damaged');
  const [device, takenAt, rows] = parsed.data;
  return { device, takenAt, readings: rows.map(readingOfRow) };
}
