import {
  compareText,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { slotUses } from './keys.js';
import type { Lot, Receipt } from './schema.js';
import { status } from './statusCodes.js';

/**
 * The slots that a new receipt stands for (E2). A commingled lot holds shares and names none; in
 * an identified lot with slots a receipt names its own, or takes all that are free when it takes
 * all goods that are free.
 */
export function slotsOfReceipt(
  context: ReadContext,
  lot: Lot,
  wanted: { readonly slots?: readonly string[] | undefined; readonly takesAll: boolean },
): readonly string[] | Status {
  const { slots } = wanted;
  if (lot.mode === 'commingled' || lot.slots.length === 0) {
    return slots === undefined || slots.length === 0 ? [] : status('slot_not_in_lot');
  }
  const free = lot.slots.filter((slot) => context.get(slotUses, slot)?.receipt === undefined);
  if (slots === undefined)
    return wanted.takesAll && free.length > 0 ? free : status('slot_missing');
  if (slots.length === 0) return status('slot_missing');
  if (!slots.every((slot) => lot.slots.includes(slot))) return status('slot_not_in_lot');
  return slots.every((slot) => free.includes(slot)) ? slots : status('slot_already_assigned');
}

/** Why the parts of a receipt may not have these slots: together its own, each once, none empty. */
export function slotsOfPartsProblem(
  receipt: Receipt,
  parts: readonly { readonly slots?: readonly string[] | undefined }[],
): Status {
  const named = parts.flatMap((part) => part.slots ?? []);
  if (!named.every((slot) => receipt.slots.includes(slot))) return status('slot_not_in_lot');
  if (new Set(named).size < named.length) return status('slot_already_assigned');
  const each = parts.every((part) => (part.slots ?? []).length > 0);
  const complete = named.length === receipt.slots.length;
  return receipt.slots.length === 0 || (each && complete) ? OK : status('slot_missing');
}

/** Writes which receipt stands for a lot's slots; none frees them. */
export function assignSlots(
  context: WriteContext,
  lot: Pick<Lot, 'id' | 'warehouse'>,
  slots: readonly string[],
  receipt: string | undefined,
): void {
  const { id, warehouse } = lot;
  for (const slot of [...slots].sort(compareText)) {
    context.put(slotUses, [slot], { lot: id, warehouse, receipt });
  }
}
