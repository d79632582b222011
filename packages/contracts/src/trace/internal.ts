import type { PartyId, ReadContext } from '@triflow/protocol';
import { findLot } from '../warehouse-receipt/internal.js';
import { custodies, lotEventLists, tracedLots, traceEvents } from './keys.js';
import type { TraceEventRecord } from './schema.js';

export type { TraceEventRecord } from './schema.js';

/** The facts of a recorded event by its key, or undefined. */
export function findEvent(context: ReadContext, key: string): TraceEventRecord | undefined {
  return context.get(traceEvents, key);
}

/** Keys of a lot's latest events, oldest first; at most `limits.lotEventsListedMax`. */
export function lotEvents(context: ReadContext, lot: string): readonly string[] {
  return context.get(lotEventLists, lot)?.latest ?? [];
}

/** Who holds a lot's goods: by its last hand-over, else its keeper. Undefined without a lot. */
export function custodianOf(context: ReadContext, lot: string): PartyId | undefined {
  return context.get(custodies, lot)?.custodian ?? findLot(context, lot)?.warehouse;
}

/** Whether a maker opened a lot of this id for goods that it serialises or transforms. */
export function isTracedLot(context: ReadContext, id: string): boolean {
  return context.get(tracedLots, id) !== undefined;
}
