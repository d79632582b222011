import type { ReadContext, Status, WriteContext } from '@triflow/protocol';
import type { Frozen } from '../frozen.js';
import { isStatus } from '../status.js';
import { tracedLots, units } from './keys.js';
import { status } from './statusCodes.js';
import { lotToChange } from './tracedLot.js';
import { findTracedLot, findTree, treeToChange } from './unitRecords.js';

/** What an order can stop: a tree of units by its top, or a whole traced lot. */
export function findFreezable(
  context: ReadContext,
  id: string,
): { readonly frozen?: Frozen | undefined } | Status {
  if (id.startsWith('lt_')) return findTracedLot(context, id) ?? status('object_not_found');
  const tree = findTree(context, id);
  return isStatus(tree) ? tree : tree.unit;
}

/** Puts an order on goods, or takes it off; gives the new version. */
export function saveFreezable(context: WriteContext, id: string, order?: Frozen): number {
  const mark = order === undefined ? {} : { frozen: order };
  if (id.startsWith('lt_')) {
    const { frozen: _, ...lot } = lotToChange(context, id);
    const version = lot.version + 1;
    context.put(tracedLots, [id], { ...lot, ...mark, version });
    return version;
  }
  const { frozen: _, ...unit } = treeToChange(context, id).unit;
  const version = unit.version + 1;
  context.put(units, [id], { ...unit, ...mark, version });
  return version;
}
