import {
  defined,
  limits,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { clearRecordAlert } from '../monitoring/internal.js';
import { obligations, openLists } from './keys.js';
import type { Obligation } from './schema.js';
import { lastPaidDay, settlementOn } from './settlement.js';

/** The obligation that the guards have just found. */
export function obligationToChange(context: ReadContext, id: string): Obligation {
  return defined(context.get(obligations, id), `payment: ${id} was found by its guards`);
}

/** Where an obligation stands, from its sums: PAID when nothing was open after its last payment. */
export function stateOf(obligation: Omit<Obligation, 'state'>): Obligation['state'] {
  if (obligation.amount.minor === 0n) return 'CANCELLED';
  if (obligation.paidMinor === 0n) return 'OPEN';
  const { openMinor } = settlementOn(obligation, lastPaidDay(obligation));
  return openMinor === 0n ? 'PAID' : 'PARTLY_PAID';
}

/**
 * Stores a changed obligation with paid sum, state, version, list of open ones and event. When
 * nothing is owed any more LATE_PAYMENT ends.
 */
export function saveObligation(context: WriteContext, changed: Obligation): Status {
  const paidMinor = changed.payments.reduce((sum, one) => sum + one.minor, 0n);
  const summed = { ...changed, paidMinor, version: changed.version + 1 };
  const after: Obligation = { ...summed, state: stateOf(summed) };
  context.put(obligations, [after.id], after);
  listOpen(context, after);
  const { version, amount, state, creditor, flags } = after;
  const type = state === 'PAID' ? 'obligation.paid' : 'obligation.changed';
  context.emit(type, after.id, { version, amount, paidMinor, state, creditor, flags });
  const owes = state === 'OPEN' || state === 'PARTLY_PAID';
  return owes ? OK : clearRecordAlert(context, 'LATE_PAYMENT', after.id);
}

/**
 * Keeps the list of open obligations of a pair. When it is full the obligation stays out of it
 * and is paid by the debtor's own allocation only: a full list must not stop trade.
 */
export function listOpen(context: WriteContext, obligation: Obligation): void {
  const { id, debtor, creditor, amount, state } = obligation;
  const parts = [debtor, creditor, amount.currency];
  const listed = context.get(openLists, ...parts)?.obligations ?? [];
  const isOpen = state === 'OPEN' || state === 'PARTLY_PAID';
  if (isOpen === listed.includes(id)) return;
  if (!isOpen) {
    unlistOpen(context, obligation);
    return;
  }
  if (listed.length >= limits.openObligationsPerPairMax) return;
  context.put(openLists, parts, { obligations: [...listed, id] });
}

/** Takes an obligation off its pair's list, before its creditor changes. */
export function unlistOpen(context: WriteContext, obligation: Obligation): void {
  const { id, debtor, creditor, amount } = obligation;
  const parts = [debtor, creditor, amount.currency];
  const listed = context.get(openLists, ...parts)?.obligations ?? [];
  if (!listed.includes(id)) return;
  context.put(openLists, parts, { obligations: listed.filter((one) => one !== id) });
}
