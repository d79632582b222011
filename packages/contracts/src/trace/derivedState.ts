import type { Day } from '@triflow/protocol';
import { isExpired } from './tracedLot.js';
import type { LotCounts, TracedLot, UnitStanding, UnitState } from './unitSchema.js';

/** The state that a reader is told: the stored one and what the marks on its lot make of it. */
export type DerivedState =
  | UnitState
  | 'LOT_RELEASED'
  | 'BLOCKED'
  | 'RECALLED'
  | 'EXPIRED'
  | 'HAND_OVER_PENDING'
  | 'DESTROY_PENDING';

/** The marks of a lot at one moment. */
export interface LotMarks {
  readonly lot: TracedLot;
  readonly recalled: boolean;
  readonly day: Day;
}

/** Where a tree stands: ended, waiting for a signature, recalled, expired, or as it was moved. */
export function derivedState(standing: UnitStanding, marks: LotMarks): DerivedState {
  const state = byMarks(standing.state, marks);
  if (standing.pending === undefined) return state;
  return standing.pending.kind === 'destroy' ? 'DESTROY_PENDING' : 'HAND_OVER_PENDING';
}

/** A stored state under the marks of its lot: what the counts of T2 are told by. */
export function byMarks(state: UnitState, { lot, recalled, day }: LotMarks): DerivedState {
  if (state === 'DISPENSED' || state === 'DESTROYED' || state === 'LOST') return state;
  if (recalled) return 'RECALLED';
  if (isExpired(lot, day)) return 'EXPIRED';
  if (state !== 'COMMISSIONED') return state;
  if (lot.release.state === 'RELEASED') return 'LOT_RELEASED';
  return lot.release.state === 'REFUSED' ? 'BLOCKED' : state;
}

/** The counts of a lot, or of one place, by derived state; states without units are left out. */
export function derivedCounts(
  byState: LotCounts['byState'],
  marks: LotMarks,
): Readonly<Record<string, { readonly units: number; readonly packs: number }>> {
  const sums: Record<string, { units: number; packs: number }> = {};
  for (const [state, heap] of Object.entries(byState)) {
    if (heap.units === 0) continue;
    const name = byMarks(state as UnitState, marks);
    const known = sums[name] ?? { units: 0, packs: 0 };
    sums[name] = { units: known.units + heap.units, packs: known.packs + heap.packs };
  }
  return sums;
}
