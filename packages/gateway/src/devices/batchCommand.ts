import { type CommandInput, command, readingsRoot } from '@triflow/sdk';
import type { Chunk } from './planBatches.js';
import type { Reading } from './readingRow.js';

type Extremes = {
  kind: Reading['kind'];
  min: number[];
  max: number[];
  count: number;
};

/** The command that commits to a chunk: with its readings, or with their root and extremes. */
export function batchCommand({ device, anchored, pending }: Chunk): CommandInput {
  const readings = pending.map(({ reading }) => reading);
  const root = readingsRoot(device, readings);
  const fromSeq = readings[0]?.seq ?? 0;
  const toSeq = readings.at(-1)?.seq ?? 0;
  if (!anchored) {
    const params = { device, fromSeq, toSeq, root, readings: readings.map(copyOf) };
    return command('monitoring', 'submit_batch', params);
  }
  let fromTime = readings[0]?.time ?? 0;
  let toTime = fromTime;
  const kinds = new Map<string, Extremes>();
  for (const { kind, values, time } of readings) {
    fromTime = Math.min(fromTime, time);
    toTime = Math.max(toTime, time);
    const known = kinds.get(kind);
    if (known === undefined) {
      kinds.set(kind, { kind, min: [...values], max: [...values], count: 1 });
      continue;
    }
    known.count += 1;
    for (const [at, value] of values.entries()) {
      known.min[at] = Math.min(known.min[at] ?? value, value);
      known.max[at] = Math.max(known.max[at] ?? value, value);
    }
  }
  const span = { device, fromSeq, toSeq, root, fromTime, toTime };
  return command('monitoring', 'anchor_batch', { ...span, kinds: [...kinds.values()] });
}

function copyOf({ seq, time, kind, values }: Reading): Reading {
  return { seq, time, kind, values: [...values] };
}
