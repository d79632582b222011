import { defined, limits, type ReadContext, type WriteContext } from '@triflow/protocol';
import { obligations, openLists } from './keys.js';
import type { Obligation } from './schema.js';

/** The obligation that the guards have just found. */
export function obligationToChange(context: ReadContext, id: string): Obligation {
  return defined(context.get(obligations, id), `payment: ${id} was found by its guards`);
}

/** Where an obligation stands, from its sums. */
export function stateOf(amountMinor: bigint, paidMinor: bigint): Obligation['state'] {
  if (amountMinor === 0n) return 'CANCELLED';
  if (paidMinor === amountMinor) return 'PAID';
  return paidMinor === 0n ? 'OPEN' : 'PARTLY_PAID';
}

/** Stores new sums of an obligation with state, version, list of open ones and event. */
export function saveSums(
  context: WriteContext,
  before: Obligation,
  sums: { readonly amountMinor?: bigint; readonly paidMinor?: bigint },
): void {
  const paidMinor = sums.paidMinor ?? before.paidMinor;
  const minor = sums.amountMinor ?? before.amount.minor;
  const after: Obligation = {
    ...before,
    amount: { minor, currency: before.amount.currency },
    paidMinor,
    state: stateOf(minor, paidMinor),
    version: before.version + 1,
  };
  context.put(obligations, [after.id], after);
  listOpen(context, after);
  const { version, amount, state } = after;
  const type = state === 'PAID' ? 'obligation.paid' : 'obligation.changed';
  context.emit(type, after.id, { version, amount, paidMinor, state });
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
    context.put(openLists, parts, { obligations: listed.filter((one) => one !== id) });
    return;
  }
  if (listed.length >= limits.openObligationsPerPairMax) return;
  context.put(openLists, parts, { obligations: [...listed, id] });
}
