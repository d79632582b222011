import type { ReadContext, Status } from '@triflow/protocol';
import { clockProblem } from './batchGuards.js';
import type { Device, Reading } from './schema.js';
import { status } from './statusCodes.js';

const DEGREES = 10 ** 7;

/** Readings stand in the order of their numbers, from the first to the last that is named. */
export function orderProblem(batch: {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly readings: readonly Reading[];
}): Status | undefined {
  const { fromSeq, toSeq, readings } = batch;
  const ascending = readings.every((reading, at) => {
    const before = readings[at - 1];
    return before === undefined || reading.seq > before.seq;
  });
  const fits = ascending && readings[0]?.seq === fromSeq && readings.at(-1)?.seq === toSeq;
  return fits ? undefined : status('batch_is_malformed');
}

/** Each reading is of a kind that the device is bound with, has its form and a possible time. */
export function readingProblem(
  context: ReadContext,
  device: Device,
  readings: readonly Reading[],
): Status | undefined {
  const bound = new Set(device.kinds.map(({ kind }) => kind));
  if (readings.some(({ kind }) => !bound.has(kind))) return status('reading_kind_not_bound');
  if (!readings.every(({ kind, values }) => hasForm(kind, values))) {
    return status('batch_is_malformed');
  }
  return clockProblem(
    context,
    device,
    readings.map(({ time }) => time),
  );
}

/** Two integers for a place on the earth, one for all else. */
export function hasForm(kind: Reading['kind'], values: Reading['values']): boolean {
  const [x = 0, y = 0] = values;
  if (kind !== 'POSITION') return values.length === 1;
  return values.length === 2 && Math.abs(x) <= 180 * DEGREES && Math.abs(y) <= 90 * DEGREES;
}
