import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { directions } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { findTracedLot } from '../unitRecords.js';

/** A CDC directs in writing that a lot's maker supply a clinic itself (V 35). */
export const directSupply = command({
  who: ['CDC'],
  params: commandSchemas.direct_supply,
  verify: (context, { lot, clinic }) => {
    const found = findTracedLot(context, lot);
    if (found === undefined) return status('object_not_found');
    if (found.kind !== 'vaccine') return status('lot_is_not_vaccine');
    if (!hasRole(context, clinic, 'CLINIC')) return status('receiver_may_not_take_vaccine');
    const given = context.get(directions, lot, clinic) !== undefined;
    return given ? status('id_already_exists') : OK;
  },
  execute: (context, { lot, clinic, direction }) => {
    const by = context.sender;
    context.put(directions, [lot, clinic], { lot, clinic, by, direction, at: context.timeMs });
    context.emit('supply.directed', lot, { version: 1, clinic, by, direction });
    return OK;
  },
});
