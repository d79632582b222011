import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { refusedHandOver, refuseHandOver } from '../refuseHandOver.js';
import { refuseShipment, shipmentProblem } from '../refuseShipment.js';
import { commandSchemas } from '../schema.js';

/**
 * The receiver refuses and says why: a hand-over that waits for it, or a shipment that has come.
 * The giver keeps the custody either way.
 */
export const refuse = command({
  who: 'anyone',
  params: commandSchemas.refuse,
  verify: (context, { id, pendingId }) =>
    pendingId === undefined
      ? (shipmentProblem(context, id) ?? OK)
      : (refusedHandOver(context, id, pendingId) ?? OK),
  execute: (context, { id, pendingId, reason }) => {
    if (pendingId === undefined) return refuseShipment(context, id, reason);
    refuseHandOver(context, id, pendingId, reason);
    return OK;
  },
});
