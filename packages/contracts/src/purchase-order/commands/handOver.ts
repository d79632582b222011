import { limits, OK } from '@triflow/protocol';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { deliveries } from '../keys.js';
import { deliveryToChange, orderToChange } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Who has the goods hands them on; the receiver signs after. With the buyer they have arrived. */
export const handOver = countersigned({
  who: 'anyone',
  params: commandSchemas.hand_over,
  object: ({ id }) => id,
  signers: (_context, { receiver }) => [receiver],
  verify: (context, params, phase) => {
    const delivery = context.get(deliveries, params.id);
    if (delivery === undefined) return status('object_not_found');
    if (phase === 'open' && delivery.custodian !== context.sender) {
      return status('signer_not_party_to_object');
    }
    if (delivery.version !== params.expectedVersion) return status('object_version_is_stale');
    if (delivery.state !== 'IN_TRANSIT') return status('state_forbids_command');
    if (params.receiver === delivery.custodian) return status('parties_must_differ');
    if (!isActive(context, params.receiver)) return status('party_not_active');
    const day = params.deliveredDay ?? context.day;
    if (day > context.day || day < delivery.shippedDay) {
      return status('delivery_day_out_of_range');
    }
    const hashes = delivery.eventHashes.length + (params.eventHashes?.length ?? 0);
    return hashes > limits.eventHashesPerDeliveryMax ? status('bound_exceeded') : OK;
  },
  execute: (context, { id, receiver, deliveredDay, eventHashes = [] }) => {
    const delivery = deliveryToChange(context, id);
    const { buyer, consignee } = orderToChange(context, delivery.order);
    const arrives = receiver === buyer || receiver === consignee;
    const version = delivery.version + 1;
    const arrival = {
      state: 'ARRIVED' as const,
      deliveredDay: deliveredDay ?? context.day,
      arrivedAt: context.timeMs,
    };
    const changed = {
      custodian: receiver,
      version,
      eventHashes: [...delivery.eventHashes, ...eventHashes],
      ...(arrives ? arrival : {}),
    };
    context.put(deliveries, [id], { ...delivery, ...changed });
    context.emit('delivery.handed_over', id, { giver: delivery.custodian, ...changed });
    return OK;
  },
});
