import { type Day, divideFloor, type ReadContext } from '@triflow/protocol';
import { animals, curves, pens } from './keys.js';
import type { Animal, Curve, Pen } from './schema.js';

export type { Animal, Curve, Pen } from './schema.js';

/**
 * What other contracts may use: these readers; and through `context.call('livestock', …)`
 * `deliver_sold` {ids, to}, for pledge-facility.
 */

/** An animal's record, or undefined. */
export function findAnimal(context: Pick<ReadContext, 'get'>, id: string): Animal | undefined {
  return context.get(animals, id);
}

/** A pen's record, or undefined. */
export function findPen(context: Pick<ReadContext, 'get'>, id: string): Pen | undefined {
  return context.get(pens, id);
}

/** How a lender values a species, or undefined. */
export function findCurve(
  context: Pick<ReadContext, 'get'>,
  lender: string,
  species: string,
): Curve | undefined {
  return context.get(curves, lender, species);
}

/**
 * The weight of an animal of an age, in the curve's unit at its scale: on the line between the two
 * points of the curve around it, rounded down; the first and the last point beyond them.
 */
export function weightAt({ points }: Pick<Curve, 'points'>, ageDays: number): bigint {
  let before = points[0];
  for (const point of points) {
    if (before === undefined || point.ageDays >= ageDays) {
      return before === undefined || before.ageDays >= ageDays
        ? point.weight
        : between(before, point, ageDays);
    }
    before = point;
  }
  return before?.weight ?? 0n;
}

/** Days since birth; 0 on the day itself. */
export function ageOn(animal: Pick<Animal, 'born'>, day: Day): number {
  return Math.max(0, day - animal.born);
}

type Point = Curve['points'][number];

function between(low: Point, high: Point, ageDays: number): bigint {
  const span = BigInt(high.ageDays - low.ageDays);
  const part = BigInt(ageDays - low.ageDays);
  return low.weight + divideFloor((high.weight - low.weight) * part, span);
}
