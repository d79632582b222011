import { OK, type ReadContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { isActive } from '../../party-registry/internal.js';
import { isTracedLot } from '../../trace/internal.js';
import { findLot } from '../internal.js';
import { lots } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A warehouse opens an empty lot: one kind of goods, one unit, one scale. */
export const createLot = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.create_lot,
  verify: (context, { id, owner }) =>
    firstProblem(
      () => (isTaken(context, id) ? status('id_already_exists') : OK),
      () => (owner === undefined || isActive(context, owner) ? OK : status('party_not_active')),
      () => (owner === context.sender ? status('issuer_cannot_hold') : OK),
    ),
  execute: (context, params) => {
    const { id, owner, sku, grade, unit, scale, mode, lossStandardBps } = params;
    const none = { value: 0n, unit, scale };
    const warehouse = context.sender;
    context.put(lots, [id], {
      id,
      warehouse,
      owner,
      sku,
      grade,
      mode,
      slots: [],
      onHand: none,
      receipted: none,
      openReceipts: 0,
      lossStandardBps,
      lineage: params.lineage ?? [],
      weighedIn: 0n,
      weighedOut: 0n,
      opening: { onHand: 0n, weighedIn: 0n, weighedOut: 0n },
      stocktakes: 0,
      damageReports: 0,
      state: 'OPEN',
      createdAt: context.timeMs,
      version: 1,
    });
    context.emit('lot.created', id, { version: 1, warehouse, owner, sku, grade, mode });
    return OK;
  },
});

/** Kept goods and traced goods share one space of ids. */
function isTaken(context: ReadContext, id: string): boolean {
  return findLot(context, id) !== undefined || isTracedLot(context, id);
}
