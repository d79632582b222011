import { divideFloor, type Price, powerOfTen } from '@triflow/protocol';
import type { OrderLine } from './schema.js';

const BPS = 10_000n;

/** floor(quantity × price) in minor units, without tax (R2). */
export function netMinor(value: bigint, scale: number, price: Price): bigint {
  return divideFloor(value * price.value, powerOfTen(scale + price.scale));
}

/** The amount of a quantity of a line with its tax: floor(net) + floor(net × tax rate). */
export function grossMinor(
  line: Pick<OrderLine, 'ordered' | 'unitPrice' | 'taxBps'>,
  value: bigint,
): bigint {
  const net = netMinor(value, line.ordered.scale, line.unitPrice);
  return net + divideFloor(net * BigInt(line.taxBps), BPS);
}

/** How much of a line may be delivered: ordered and the agreed tolerance. */
export function deliverable(line: Pick<OrderLine, 'ordered' | 'overDeliveryBps'>): bigint {
  const { value } = line.ordered;
  return value + divideFloor(value * BigInt(line.overDeliveryBps), BPS);
}

/** What left the seller and was neither rejected nor lost: accepted and in transit. */
export function underway(line: Pick<OrderLine, 'shipped' | 'rejected' | 'lost'>): bigint {
  return line.shipped - line.rejected - line.lost;
}

/** What has been shipped and not been judged by the buyer yet (O1). */
export function inTransit(line: OrderLine): bigint {
  return underway(line) - line.accepted;
}
