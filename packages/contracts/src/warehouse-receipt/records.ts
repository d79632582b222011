import {
  assert,
  defined,
  limits,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { lotReceipts, lots, receipts, slotUses, tokens } from './keys.js';
import {
  type Lot,
  type OpenState,
  openStates,
  type PendingState,
  type Receipt,
  type ReleaseToken,
} from './schema.js';

/** A receipt that the guards have found. */
export function loadReceipt(context: ReadContext, id: string): Receipt {
  return defined(context.get(receipts, id), `warehouse-receipt: no receipt ${id}`);
}

/** The lot of a receipt. */
export function loadLot(context: ReadContext, id: string): Lot {
  return defined(context.get(lots, id), `warehouse-receipt: no lot ${id}`);
}

/** The release token that is out on a receipt. */
export function loadToken(context: ReadContext, receipt: Receipt): ReleaseToken {
  const number = defined(receipt.token, `warehouse-receipt: no token on ${receipt.id}`);
  const token = context.get(tokens, receipt.id, String(number));
  return defined(token, `warehouse-receipt: no token ${number} of ${receipt.id}`);
}

/** Writes a changed receipt under its next version. */
export function saveReceipt(context: WriteContext, receipt: Receipt): Receipt {
  const next = { ...receipt, version: receipt.version + 1 };
  context.put(receipts, [next.id], next);
  return next;
}

/** Keeps the list of a lot's open receipts as receipts are issued and closed (R14). */
export function listReceipts(
  context: WriteContext,
  lot: string,
  change: { readonly opened?: readonly string[]; readonly closed?: readonly string[] },
): void {
  const closed = new Set(change.closed);
  const waiting = [...(change.opened ?? [])].reverse();
  for (let part = 0; closed.size > 0 || waiting.length > 0; part += 1) {
    const former = context.get(lotReceipts, lot, String(part))?.ids ?? [];
    const ids = former.filter((id) => !closed.delete(id));
    let changed = ids.length < former.length;
    while (ids.length < limits.receiptsPerListPart && waiting.length > 0) {
      ids.push(defined(waiting.pop(), 'warehouse-receipt: nothing waits'));
      changed = true;
    }
    assert(part < limits.openReceiptsPerLotMax, `warehouse-receipt: not listed in ${lot}`);
    if (!changed) continue;
    if (ids.length === 0) context.remove(lotReceipts, lot, String(part));
    else context.put(lotReceipts, [lot, String(part)], { ids });
  }
}

/** Writes a changed lot under its next version; an empty lot gives its slots back. */
export function saveLot(context: WriteContext, lot: Lot): Lot {
  const emptied = lot.onHand.value === 0n && lot.openReceipts === 0;
  if (emptied) for (const slot of lot.slots) context.remove(slotUses, slot);
  const next = { ...lot, slots: emptied ? [] : lot.slots, version: lot.version + 1 };
  context.put(lots, [next.id], next);
  return next;
}

/** Ends the pledges on receipts: their liens are released and they are FREE. */
export function endPledges(context: WriteContext, pledged: readonly Receipt[]): Status {
  const ids = pledged.map(({ id, lien }) => defined(lien, `warehouse-receipt: ${id} has no lien`));
  for (const receipt of pledged) {
    const { lien, lender, facility } = receipt;
    const { version, state } = saveReceipt(context, {
      ...unpledged(receipt),
      state: receipt.state === 'DEPOSITED' ? 'DEPOSITED' : 'FREE',
    });
    context.emit('receipt.released', receipt.id, { version, state, lien, lender, facility });
  }
  return context.call('lien', 'record_release', { ids });
}

/** A receipt without its pledge. */
export function unpledged(receipt: Receipt): Receipt {
  return { ...receipt, lien: undefined, lender: undefined, facility: undefined };
}

/**
 * Between the signatures of a command the receipt waits in a state of its own (R9). Neither the
 * waiting nor its end by rejection changes the version: the former record comes back whole.
 */
export function holdReceipt(state: PendingState): {
  readonly open: (context: WriteContext, params: { readonly id: string }) => void;
  readonly restore: (context: WriteContext, params: { readonly id: string }) => void;
} {
  return {
    open: (context, { id }) => {
      const receipt = loadReceipt(context, id);
      context.put(receipts, [id], { ...receipt, state, formerState: openState(receipt) });
    },
    restore: (context, { id }) => {
      const receipt = loadReceipt(context, id);
      const former = defined(receipt.formerState, `warehouse-receipt: ${id} is not held`);
      context.put(receipts, [id], { ...receipt, state: former, formerState: undefined });
    },
  };
}

/** The state of a receipt that stands for goods and waits for nobody. */
export function openState(receipt: Receipt): OpenState {
  const state = openStates.find((open) => open === receipt.state);
  assert(state !== undefined, `warehouse-receipt: ${receipt.id} is ${receipt.state}`);
  return state;
}

/** What happens to a lot when goods under a receipt leave it or are no longer under one. */
export function unreceipt(lot: Lot, quantity: Quantity, closes: boolean): Lot {
  const receipted = { ...lot.receipted, value: lot.receipted.value - quantity.value };
  return { ...lot, receipted, openReceipts: lot.openReceipts - (closes ? 1 : 0) };
}
