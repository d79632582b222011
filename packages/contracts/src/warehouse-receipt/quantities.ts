import type { Quantity, Status } from '@triflow/protocol';
import { valueAtScale } from '../quantityAtScale.js';

/** A stated quantity at the scale of its lot, or why it cannot be one (R3). */
export function quantityAtScaleOf(lot: Quantity, stated: Quantity): Quantity | Status {
  const value = valueAtScale(lot, stated);
  return typeof value === 'bigint' ? { value, unit: lot.unit, scale: lot.scale } : value;
}

/** A quantity changed by a number of its smallest steps. */
export function changedBy(quantity: Quantity, steps: bigint): Quantity {
  return { ...quantity, value: quantity.value + steps };
}
