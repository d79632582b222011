import { shareProRata } from '@triflow/protocol';
import type { Lot, Receipt } from './schema.js';

/** Goods and receipts of a lot when a count found it short. */
type Short = NonNullable<Lot['short']>;

/** What a receipt of a short lot may still take: its share by quantity, less what it took. */
export function entitlement(receipt: Receipt, short: Short): bigint {
  const { value } = receipt.quantity;
  if (short.onHand >= short.receipted) return value;
  const { takenShort } = receipt;
  const taken = takenShort?.stocktake === short.stocktake ? takenShort.value : 0n;
  const share = ((value + taken) * short.onHand) / short.receipted - taken;
  return share > 0n ? share : 0n;
}

/** Each open receipt's pro-rata part of what is there (R4), in the order of the receipts given. */
export function overIssueShares(lot: Lot, receipts: readonly Receipt[]): readonly bigint[] {
  const values = receipts.map(({ quantity }) => quantity.value);
  if (lot.onHand.value >= lot.receipted.value) return values;
  return shareProRata(lot.onHand.value, values) ?? values;
}
