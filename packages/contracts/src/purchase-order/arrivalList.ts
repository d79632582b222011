import { type Day, limits } from '@triflow/protocol';
import type { Arrivals } from './schema.js';

/**
 * Adds an accepted quantity to a line's arrivals. When the list is full the last entry takes it
 * with the later days, so that the list stays bounded and its sum exact.
 */
export function addArrival(
  known: Arrivals,
  next: {
    readonly quantity: bigint;
    readonly deliveredDay: Day;
    readonly acceptanceDay: Day;
  },
): Arrivals {
  const last = known.at(-1);
  const upTo = (last?.upTo ?? 0n) + next.quantity;
  const { deliveredDay, acceptanceDay } = next;
  if (last === undefined || known.length < limits.arrivalsPerLineMax) {
    return [...known, { upTo, deliveredDay, acceptanceDay }];
  }
  const merged = {
    upTo,
    deliveredDay: Math.max(last.deliveredDay, deliveredDay),
    acceptanceDay: Math.max(last.acceptanceDay, acceptanceDay),
  };
  return [...known.slice(0, -1), merged];
}

/** The latest arrival that a quantity draws on, first in first out: from (exclusive) to `upTo`. */
export function latestArrival(
  known: Arrivals,
  from: bigint,
  upTo: bigint,
): { readonly deliveredDay: Day; readonly acceptanceDay: Day } | undefined {
  let start = 0n;
  let latest: { deliveredDay: Day; acceptanceDay: Day } | undefined;
  for (const arrival of known) {
    if (start < upTo && arrival.upTo > from) {
      latest = {
        deliveredDay: Math.max(latest?.deliveredDay ?? 0, arrival.deliveredDay),
        acceptanceDay: Math.max(latest?.acceptanceDay ?? 0, arrival.acceptanceDay),
      };
    }
    start = arrival.upTo;
  }
  return latest;
}
