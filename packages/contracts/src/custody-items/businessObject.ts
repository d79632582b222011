import type { ReadContext } from '@triflow/protocol';
import { findLien, liensOnAsset, liveLien } from '../lien/internal.js';
import { findAnimal } from '../livestock/internal.js';
import { findFacility, isClosed } from '../pledge-facility/internal.js';
import { findInvoice, findOrder } from '../purchase-order/internal.js';
import { isStatus } from '../status.js';
import { findLot, findReceipt } from '../warehouse-receipt/internal.js';

/** Finders only read records, so that a check over a whole state may use them, too. */
interface Finder {
  find(context: Pick<ReadContext, 'get'>, id: string): object | undefined;
}

const finders: Readonly<Record<string, Finder>> = {
  pl: { find: findFacility },
  ln: { find: findLien },
  wr: { find: findReceipt },
  lt: { find: findLot },
  po: { find: findOrder },
  in: { find: findInvoice },
  an: { find: findAnimal },
};

/** Whether the business object that an item belongs to is on the ledger (K4). */
export function isKnownObject(context: Pick<ReadContext, 'get'>, id: string): boolean {
  return finders[id.slice(0, 2)]?.find(context, id) !== undefined;
}

/**
 * Whether an item still secures something: a live lien on it, or the lien or the facility that it
 * belongs to is not ended.
 */
export function isSecurity(context: ReadContext, item: { id: string; linkedTo: string }): boolean {
  const { id, linkedTo } = item;
  if (liensOnAsset(context, id).length > 0) return true;
  if (linkedTo.startsWith('ln_')) return !isStatus(liveLien(context, linkedTo));
  if (linkedTo.startsWith('pl_')) return !isClosed(context, linkedTo);
  return liensOnAsset(context, linkedTo).length > 0;
}
