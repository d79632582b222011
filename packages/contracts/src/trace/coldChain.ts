import type { ReadContext, Status } from '@triflow/protocol';
import { coverageOf, maxGapOf } from '../monitoring/internal.js';
import { status } from './statusCodes.js';
import type { UnitStanding } from './unitSchema.js';

/**
 * Why the temperature record of a journey does not let it be received (V 37, 39): from the
 * signature of who sent it to now every moment must be known by submitted batches, and no window
 * of the rules in force be filled, not even by readings that a device's clock puts after this
 * block. What nobody judged counts as out of range. The last reading holds on for `maxGap`, because
 * a block is as a rule later than the reading it carries.
 */
export function journeyProblem(
  context: ReadContext,
  { shipment }: UnitStanding,
): Status | undefined {
  if (shipment === undefined) return status('temperature_record_incomplete');
  const { monitoredAs: asset, shippedAt: from } = shipment;
  const { gaps, devices, range } = coverageOf(context, {
    asset,
    from,
    to: context.timeMs,
    ahead: true,
  });
  const [first, ...others] = gaps;
  const isTail =
    others.length === 0 &&
    first?.to === context.timeMs &&
    first.to - first.from <= maxGapOf(context, devices);
  if (first !== undefined && !isTail) return status('temperature_record_incomplete');
  return range === 'in_range' ? undefined : status('temperature_out_of_range');
}
