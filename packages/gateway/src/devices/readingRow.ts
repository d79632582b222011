import type { SignedReadings } from '@triflow/sdk';
import { z } from 'zod';

/** A reading as devices send it. */
export type Reading = SignedReadings['readings'][number];

/** A reading as it lies on disk: number, time, kind, values. */
export const readingRowSchema = z.tuple([
  z.number().int(),
  z.number().int(),
  z.string(),
  z.array(z.number().int()),
]);

export type ReadingRow = z.infer<typeof readingRowSchema>;

/** The row of a reading. */
export function rowOf({ seq, time, kind, values }: Reading): [number, number, string, number[]] {
  return [seq, time, kind, [...values]];
}

/** The reading of a row. Rows come from readings that were checked when they were taken. */
export function readingOfRow([seq, time, kind, values]: ReadingRow): Reading {
  return { seq, time, kind: kind as Reading['kind'], values };
}
