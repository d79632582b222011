import { defined, limits, OK, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { addArrival } from '../arrivalList.js';
import { arrivals, deliveries, orders } from '../keys.js';
import { deliveryToChange, orderToChange } from '../records.js';
import { commandSchemas, type Delivery, type Order } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.accept_delivery>;
type JudgedLine = Params['lines'][number];

/** The buyer says of each line what it accepts, rejects and misses; the parts add up to shipped. */
export const acceptDelivery = command({
  who: 'anyone',
  params: commandSchemas.accept_delivery,
  verify: (context, params) => {
    const delivery = context.get(deliveries, params.id);
    if (delivery === undefined) return status('object_not_found');
    if (delivery.buyer !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(delivery, params.expectedVersion)) return status('object_version_is_stale');
    if (delivery.state !== 'ARRIVED') return status('state_forbids_command');
    const hashes = delivery.eventHashes.length + (params.eventHashes?.length ?? 0);
    if (hashes > limits.eventHashesPerDeliveryMax) return status('bound_exceeded');
    return partsProblem(delivery, params.lines) ?? OK;
  },
  execute: (context, { id, lines, eventHashes = [] }) => {
    const delivery = deliveryToChange(context, id);
    const judged = delivery.lines.map((line) => ({ ...line, ...partOf(lines, line.lineNo) }));
    const state = outcomeOf(judged);
    const version = delivery.version + 1;
    const hashes = [...delivery.eventHashes, ...eventHashes];
    const changed = { lines: judged, eventHashes: hashes, state, version };
    context.put(deliveries, [id], { ...delivery, ...changed });
    const order = orderToChange(context, delivery.order);
    context.put(orders, [order.id], {
      ...order,
      lines: order.lines.map((line) => addParts(line, lines)),
      version: order.version + 1,
    });
    recordArrivals(context, delivery, order, lines);
    context.emit('delivery.accepted', id, { ...changed, order: order.id });
    return OK;
  },
});

/** Every line of the delivery once, in its own unit, and nothing else. */
function partsProblem(delivery: Delivery, lines: readonly JudgedLine[]): Status | undefined {
  if (new Set(lines.map((line) => line.lineNo)).size !== lines.length) {
    return status('line_named_twice');
  }
  for (const line of lines) {
    const shipped = delivery.lines.find((one) => one.lineNo === line.lineNo);
    if (shipped === undefined) return status('line_not_found');
    if (shipped.unit !== line.unit || shipped.scale !== line.scale) {
      return status('unit_does_not_match');
    }
    if (line.accepted + line.rejected + line.lost !== shipped.shipped) {
      return status('quantities_do_not_add_up');
    }
  }
  return lines.length === delivery.lines.length ? undefined : status('quantities_do_not_add_up');
}

function partOf(lines: readonly JudgedLine[], lineNo: number): JudgedLine {
  const found = lines.find((line) => line.lineNo === lineNo);
  return defined(found, 'accept_delivery: the guards asked for every line');
}

function outcomeOf(lines: Delivery['lines']): Delivery['state'] {
  if (lines.every((line) => line.accepted === line.shipped)) return 'ACCEPTED';
  return lines.every((line) => line.accepted === 0n) ? 'REJECTED' : 'PARTLY_ACCEPTED';
}

function addParts(line: Order['lines'][number], lines: readonly JudgedLine[]) {
  const part = lines.find((one) => one.lineNo === line.lineNo);
  if (part === undefined) return line;
  return {
    ...line,
    accepted: line.accepted + part.accepted,
    rejected: line.rejected + part.rejected,
    lost: line.lost + part.lost,
  };
}

/** A buyer that delays is taken to have accepted when the agreed inspection period ended. */
function recordArrivals(
  context: WriteContext,
  delivery: Delivery,
  order: Order,
  lines: readonly JudgedLine[],
): void {
  const deliveredDay = defined(delivery.deliveredDay, 'accept_delivery: it has arrived');
  const { inspectionDays } = order.paymentTerm;
  const latest = inspectionDays === undefined ? context.day : deliveredDay + inspectionDays;
  const acceptanceDay = Math.min(context.day, latest);
  for (const { lineNo, accepted } of lines) {
    if (accepted === 0n) continue;
    const parts = [order.id, String(lineNo)] as const;
    const known = context.get(arrivals, ...parts)?.arrivals ?? [];
    const added = addArrival(known, { quantity: accepted, deliveredDay, acceptanceDay });
    context.put(arrivals, parts, { arrivals: added });
  }
}
