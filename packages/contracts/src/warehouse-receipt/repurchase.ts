import { limits, type Money, type PartyId, type WriteContext } from '@triflow/protocol';
import { areAffiliated } from '../party-registry/internal.js';
import { sales } from './keys.js';
import { loadLot } from './records.js';
import type { Receipt } from './schema.js';

const DAY_MS = 86_400_000;

/**
 * Remembers a sale, and whether it brings goods back: A sold such goods to B within the parameter's
 * days, and now B or somebody close to it sells them to A for more, or for a price that is not
 * told (domain section 4: one cargo, many pledges; Interp. 68).
 */
export function notedSale(
  context: WriteContext,
  receipt: Receipt,
  sale: { readonly to: PartyId; readonly price: Money | undefined },
): boolean {
  const { sku } = loadLot(context, receipt.lot);
  const { holder, quantity } = receipt;
  const since = context.timeMs - context.parameter<number>('repurchaseDays') * DAY_MS;
  const earlier = context.get(sales, sku, sale.to)?.latest ?? [];
  const back = earlier.some(
    (one) =>
      one.at >= since &&
      isDearer({ ...one }, { quantity, price: sale.price }) &&
      areAffiliated(context, one.buyer, holder) !== 'not_affiliated',
  );
  const own = context.get(sales, sku, holder)?.latest ?? [];
  const made = { buyer: sale.to, at: context.timeMs, quantity, price: sale.price };
  const latest = [...own, made].slice(-limits.salesRememberedMax);
  context.put(sales, [sku, holder], { latest });
  return back;
}

/** A price by unit that is higher, or cannot be compared (R1: cross-multiplied). */
function isDearer(former: Priced, now: Priced): boolean {
  if (former.price === undefined || now.price === undefined) return true;
  if (former.price.currency !== now.price.currency) return true;
  return now.price.minor * former.quantity.value > former.price.minor * now.quantity.value;
}

type Priced = {
  readonly quantity: Receipt['quantity'];
  readonly price?: Money | undefined;
};
