import type { WriteContext } from '@triflow/protocol';
import { units } from './keys.js';
import { unitToChange } from './unitRecords.js';
import type { Unit } from './unitSchema.js';

/**
 * Adds what was packed into a unit, or takes away what was unpacked, along the way to the top:
 * at most 8 records, whatever the tree holds. Gives the unit itself.
 */
export function growTree(
  context: WriteContext,
  id: string,
  change: { readonly children: number; readonly units: number; readonly packs: number },
): Unit {
  const before = unitToChange(context, id);
  const after: Unit = {
    ...before,
    children: before.children + change.children,
    units: before.units + change.units,
    packs: before.packs + change.packs,
    version: before.version + 1,
  };
  context.put(units, [id], after);
  if (before.parent !== undefined) growTree(context, before.parent, { ...change, children: 0 });
  return after;
}
