import {
  type Day,
  defined,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { lotCounts, lotPlaces, tracedLots } from './keys.js';
import { status } from './statusCodes.js';
import type { LotCounts, TracedLot, UnitStanding } from './unitSchema.js';

const EMPTY = { units: 0, packs: 0 };

/** The counts of a lot of which nothing is commissioned. */
export const emptyCounts: LotCounts = {
  commissioned: EMPTY,
  byState: {
    COMMISSIONED: EMPTY,
    IN_TRANSIT: EMPTY,
    RECEIVED: EMPTY,
    QUARANTINED: EMPTY,
    DISPENSED: EMPTY,
    DESTROYED: EMPTY,
    LOST: EMPTY,
  },
};

type Place = Pick<UnitStanding, 'state' | 'custodian'>;
type ByState = LotCounts['byState'];

/** How much moves from a state and place to another; no `from` when it comes into being. */
interface Move {
  readonly from?: Place;
  readonly to: Place;
  readonly units: number;
  readonly packs: number;
}

/** The record of a traced lot that the guards have found. */
export function lotToChange(context: ReadContext, id: string): TracedLot {
  return defined(context.get(tracedLots, id), `trace: ${id} was found by its guards`);
}

/** Whether the last day of a lot has ended: EXPIRED follows from the Day alone. */
export function isExpired(lot: TracedLot, day: Day): boolean {
  return lot.expiryDay !== undefined && day > lot.expiryDay;
}

/** The lot whose recall reaches this one, itself or an earlier stage; undefined when none does. */
export function recalledThrough(context: ReadContext, lot: TracedLot): string | undefined {
  if (lot.recall !== undefined) return lot.id;
  return lot.ancestors.find((id) => context.get(tracedLots, id)?.recall !== undefined);
}

/** Why nothing of a lot may be moved on or used: recalled, or past its last day. */
export function lotProblem(context: ReadContext, lot: TracedLot): Status | undefined {
  if (recalledThrough(context, lot) !== undefined) return status('lot_is_recalled');
  return isExpired(lot, context.day) ? status('lot_is_expired') : undefined;
}

/** What may still be taken of a lot: made, less used, less the packs that are commissioned. */
export function availableOf(context: ReadContext, lot: TracedLot): bigint {
  const packs = context.get(lotCounts, lot.id)?.commissioned.packs ?? 0;
  return lot.made.value - lot.used - (isCounted(lot) ? BigInt(packs) : 0n);
}

/** Whether the quantity of a lot counts its smallest packs. */
export function isCounted(lot: Pick<TracedLot, 'made'>): boolean {
  return lot.made.unit === 'H87' && lot.made.scale === 0;
}

/** Keeps the counts of T2, of the whole lot and of each place, as a tree moves. */
export function countMove(context: WriteContext, lot: string, move: Move): void {
  const before = context.get(lotCounts, lot) ?? emptyCounts;
  const { from, to, units, packs } = move;
  const left = from === undefined ? before.byState : added(before.byState, from, -units, -packs);
  const commissioned =
    from === undefined ? sum(before.commissioned, units, packs) : before.commissioned;
  context.put(lotCounts, [lot], { commissioned, byState: added(left, to, units, packs) });
  if (from !== undefined) countPlace(context, lot, from, -units, -packs);
  countPlace(context, lot, to, units, packs);
}

function countPlace(
  context: WriteContext,
  lot: string,
  place: Place,
  units: number,
  packs: number,
): void {
  const party = place.custodian;
  const before = context.get(lotPlaces, lot, party)?.byState ?? emptyCounts.byState;
  const byState = added(before, place, units, packs);
  context.put(lotPlaces, [lot, party], { lot, party, byState });
}

function added(byState: ByState, { state }: Place, units: number, packs: number): ByState {
  return { ...byState, [state]: sum(byState[state], units, packs) };
}

function sum(heap: { units: number; packs: number }, units: number, packs: number) {
  return { units: heap.units + units, packs: heap.packs + packs };
}
