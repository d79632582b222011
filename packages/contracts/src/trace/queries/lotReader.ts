import { dayFromTime, type QueryReader, stateKey } from '@triflow/protocol';
import type { LotMarks } from '../derivedState.js';
import { tracedLots } from '../keys.js';
import type { TracedLot } from '../unitSchema.js';

/** A traced lot with the marks that reach it at the reader's height, and the keys read. */
export async function readMarks(
  reader: QueryReader,
  id: string,
): Promise<{ readonly marks: LotMarks; readonly keys: readonly string[] } | undefined> {
  const lot = await reader.get(tracedLots, id);
  if (lot === undefined) return undefined;
  const keys = [stateKey(tracedLots, [id])];
  const recalled = await isRecalled(reader, lot, keys);
  return { marks: { lot, recalled, day: dayFromTime(reader.timeMs) }, keys };
}

async function isRecalled(reader: QueryReader, lot: TracedLot, keys: string[]): Promise<boolean> {
  if (lot.recall !== undefined) return true;
  for (const id of lot.ancestors) {
    keys.push(stateKey(tracedLots, [id]));
    const earlier = await reader.get(tracedLots, id);
    if (earlier?.recall !== undefined) return true;
  }
  return false;
}
