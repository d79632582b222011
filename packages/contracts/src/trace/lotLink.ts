import { limits, type ReadContext, type WriteContext } from '@triflow/protocol';
import { findLot } from '../warehouse-receipt/internal.js';
import { custodianOf } from './internal.js';
import { lotEventEntries, lotEventLists, lotLinks, sequenceParts } from './keys.js';
import type { Standing } from './schema.js';

/**
 * Whether the sender may add an event to a lot's story: it keeps, owns or holds the lot, or
 * stands in the event by more than its own word.
 */
export function mayLink(context: ReadContext, lot: string, standing: Standing): boolean {
  if (standing !== 'declared') return true;
  const record = findLot(context, lot);
  const { sender } = context;
  return (
    record?.warehouse === sender || record?.owner === sender || custodianOf(context, lot) === sender
  );
}

/** Whether an event stands in a lot's story already. */
export function isLinked(context: ReadContext, lot: string, key: string): boolean {
  return context.get(lotLinks, lot, key) !== undefined;
}

/** Adds an event to a lot's story. */
export function linkToLot(context: WriteContext, lot: string, key: string): void {
  const known = context.get(lotEventLists, lot);
  const sequence = (known?.count ?? 0) + 1;
  const latest = [...(known?.latest ?? []), key].slice(-limits.lotEventsListedMax);
  context.put(lotEventLists, [lot], { count: sequence, latest });
  context.put(lotLinks, [lot, key], { sequence });
  const entry = { lot, event: key, linkedBy: context.sender, linkedAt: context.timeMs };
  context.put(lotEventEntries, sequenceParts(lot, sequence), entry);
  context.emit('event.linked', lot, { version: sequence, event: key });
}
