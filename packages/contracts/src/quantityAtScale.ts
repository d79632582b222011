import {
  commonStatus,
  isStorable,
  powerOfTen,
  type Quantity,
  type Status,
} from '@triflow/protocol';

/** A stated quantity at the scale of its line or lot, or why it cannot be one (R3). */
export function quantityAtScale(
  line: Pick<Quantity, 'unit' | 'scale'>,
  stated: Quantity,
): Quantity | Status {
  const value = valueAtScale(line, stated);
  return typeof value === 'bigint' ? { value, unit: line.unit, scale: line.scale } : value;
}

/** A quantity changed by a number of its smallest steps. */
export function changedBy(quantity: Quantity, steps: bigint): Quantity {
  return { ...quantity, value: quantity.value + steps };
}

/**
 * A stated quantity's value at the scale of a line, so that sums are exact (R3). Refuses another
 * unit, more decimals than the line has, what is not positive, and what cannot be stored.
 */
export function valueAtScale(
  line: Pick<Quantity, 'unit' | 'scale'>,
  stated: Quantity,
): bigint | Status {
  if (stated.unit !== line.unit) return commonStatus('unit_does_not_match');
  if (stated.scale > line.scale) return commonStatus('quantity_has_too_many_decimals');
  if (stated.value <= 0n) return commonStatus('amount_must_be_positive');
  const value = stated.value * powerOfTen(line.scale - stated.scale);
  return isStorable(value) ? value : commonStatus('amount_out_of_range');
}
