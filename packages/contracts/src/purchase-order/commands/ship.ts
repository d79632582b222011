import { isStorable, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { valueAtScale } from '../../quantityAtScale.js';
import { deliverable, underway } from '../amounts.js';
import { deliveries, orders } from '../keys.js';
import { orderToChange } from '../records.js';
import { commandSchemas, type Delivery, type Order } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.ship>;

/** The seller sends goods; a carrier that takes them over signs after. */
export const ship = countersigned({
  who: 'anyone',
  params: commandSchemas.ship,
  object: ({ id }) => id,
  signers: (context, { carrier }) =>
    carrier === undefined || carrier === context.sender ? [] : [carrier],
  verify: (context, params, phase) => {
    if (context.get(deliveries, params.id) !== undefined) return status('id_already_exists');
    const order = context.get(orders, params.order);
    if (order === undefined) return status('reference_not_found');
    if (phase === 'open' && order.seller !== context.sender) {
      return status('signer_not_party_to_object');
    }
    if (order.state !== 'ACCEPTED') return status('state_forbids_command');
    if (!isCarrier(context, order, params)) return status('carrier_not_found');
    return linesProblem(order, params) ?? OK;
  },
  execute: (context, params) => {
    const order = orderToChange(context, params.order);
    const { id, carrier, eventHashes = [] } = params;
    const lines = shippedLines(order, params);
    const custodian = carrier ?? order.seller;
    const delivery: Delivery = {
      id,
      order: order.id,
      seller: order.seller,
      buyer: order.buyer,
      carrier,
      custodian,
      lines,
      eventHashes,
      shippedDay: context.day,
      state: 'IN_TRANSIT',
      version: 1,
    };
    context.put(deliveries, [id], delivery);
    const shipped = new Map(lines.map((line) => [line.lineNo, line.shipped]));
    context.put(orders, [order.id], {
      ...order,
      lines: order.lines.map((line) => ({
        ...line,
        shipped: line.shipped + (shipped.get(line.lineNo) ?? 0n),
      })),
      version: order.version + 1,
    });
    const data = { version: 1, order: order.id, custodian, lines, eventHashes };
    context.emit('delivery.shipped', id, { ...data, state: 'IN_TRANSIT' });
    return OK;
  },
});

/** The seller itself, or an ACTIVE party with role CARRIER. */
function isCarrier(context: ReadContext, order: Order, { carrier }: Params): boolean {
  if (carrier === undefined || carrier === order.seller) return true;
  return hasRole(context, carrier, 'CARRIER');
}

/** Accepted and in transit together stay within what was ordered and its tolerance. */
function linesProblem(order: Order, { lines }: Params): Status | undefined {
  if (new Set(lines.map((line) => line.lineNo)).size !== lines.length) {
    return status('line_named_twice');
  }
  for (const { lineNo, quantity } of lines) {
    const line = order.lines.find((one) => one.lineNo === lineNo);
    if (line === undefined) return status('line_not_found');
    const value = valueAtScale(line.ordered, quantity);
    if (typeof value !== 'bigint') return value;
    if (underway(line) + value > deliverable(line)) return status('over_delivery');
    if (!isStorable(line.shipped + value)) return status('amount_out_of_range');
  }
  return undefined;
}

function shippedLines(order: Order, { lines }: Params): Delivery['lines'] {
  return lines.flatMap(({ lineNo, quantity }) => {
    const line = order.lines.find((one) => one.lineNo === lineNo);
    const value = line === undefined ? undefined : valueAtScale(line.ordered, quantity);
    if (line === undefined || typeof value !== 'bigint') return [];
    const { unit, scale } = line.ordered;
    return [{ lineNo, unit, scale, shipped: value, accepted: 0n, rejected: 0n, lost: 0n }];
  });
}
