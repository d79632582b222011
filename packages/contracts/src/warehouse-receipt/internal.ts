import {
  limits,
  type PartyId,
  type QueryReader,
  type ReadContext,
  type TimeMs,
} from '@triflow/protocol';
import type { StateView } from '../invariant.js';
import { lotReceipts, lots, receipts, tokens } from './keys.js';
import { isOpen } from './lifecycle.js';
import type { Lot, Receipt } from './schema.js';

export type { Lot, Receipt } from './schema.js';

type Reads = Pick<ReadContext, 'get'>;

/** Parts in which a lot's list of open receipts is kept. */
const LIST_PARTS = Math.ceil(limits.openReceiptsPerLotMax / limits.receiptsPerListPart);

/**
 * What other contracts may use: these readers, and by `context.call('warehouse-receipt', …)` the
 * internal command `release_pledges`.
 */

/** A receipt's record, or undefined. */
export function findReceipt(context: Reads, id: string): Receipt | undefined {
  return context.get(receipts, id);
}

/** A lot's record, or undefined. */
export function findLot(context: Reads, id: string): Lot | undefined {
  return context.get(lots, id);
}

/** The open receipts of a lot, by reading a bounded number of keys. */
export function openReceiptIds(context: Reads, lot: string): readonly string[] {
  const ids: string[] = [];
  for (let part = 0; part < LIST_PARTS; part += 1) {
    ids.push(...(context.get(lotReceipts, lot, String(part))?.ids ?? []));
  }
  return ids;
}

/** A receipt's record at the height of a query. */
export function findReceiptAt(reader: QueryReader, id: string): Promise<Receipt | undefined> {
  return reader.get(receipts, id);
}

/** Who holds a receipt, to a check over a whole state. */
export function receiptHolderIn(state: StateView, id: string): PartyId | undefined {
  return id.startsWith('wr_') ? state.read(receipts, id)?.holder : undefined;
}

/** A lot's record at the height of a query. */
export function findLotAt(reader: QueryReader, id: string): Promise<Lot | undefined> {
  return reader.get(lots, id);
}

/** Whether a COURT's or REGULATOR's order stops a receipt or lot at a time (R11). */
export function isFrozen(object: Pick<Receipt, 'frozen'>, timeMs: TimeMs): boolean {
  const { frozen } = object;
  return frozen !== undefined && (frozen.until === undefined || timeMs <= frozen.until);
}

/** Whether an order stops a receipt, or the lot that its goods are in. */
export function isStopped(context: ReadContext, receipt: Receipt): boolean {
  const lot = findLot(context, receipt.lot);
  const { timeMs } = context;
  return isFrozen(receipt, timeMs) || (lot !== undefined && isFrozen(lot, timeMs));
}

/** What stays under a receipt once the token that is out has been used; 0 for a closed one. */
export function remainingValue(context: ReadContext, receipt: Receipt): bigint {
  if (!isOpen(receipt.state)) return 0n;
  if (receipt.token === undefined) return receipt.quantity.value;
  const token = context.get(tokens, receipt.id, String(receipt.token));
  return receipt.quantity.value - (token?.quantity.value ?? 0n);
}
