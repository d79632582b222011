import { type QueryReader, stateKey } from '@triflow/protocol';
import { units } from '../keys.js';
import type { Unit } from '../unitSchema.js';

/** The top of the tree that holds a unit, with the keys read on the way: at most 8. */
export async function readTop(
  reader: QueryReader,
  unit: Unit,
): Promise<{ readonly top: Unit; readonly keys: readonly string[] }> {
  const keys: string[] = [];
  let top = unit;
  while (top.parent !== undefined) {
    keys.push(stateKey(units, [top.parent]));
    const parent = await reader.get(units, top.parent);
    if (parent === undefined) break;
    top = parent;
  }
  return { top, keys };
}
