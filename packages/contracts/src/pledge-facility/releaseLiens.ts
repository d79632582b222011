import { isOk, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import { type Lien, lienFor } from '../lien/internal.js';
import { findReceipt } from '../warehouse-receipt/internal.js';
import { frozenItemProblem } from './guards.js';
import { currentItems } from './items.js';
import type { Facility } from './schema.js';

/** Releases liens: those on receipts through the receipts, which become FREE. */
export function releaseLiens(context: WriteContext, liens: readonly Lien[]): Status {
  const receipts = liens.filter((lien) => lien.asset.kind === 'receipt');
  const others = liens.filter((lien) => lien.asset.kind !== 'receipt');
  if (receipts.length > 0) {
    const ids = receipts.map((lien) => lien.asset.id);
    const released = context.call('warehouse-receipt', 'release_pledges', { ids });
    if (!isOk(released)) return released;
  }
  if (others.length === 0) return OK;
  return context.call('lien', 'record_release', { ids: others.map((lien) => lien.id) });
}

/**
 * The liens of a closing facility that can end now. A receipt that is frozen, or waits for a
 * signature or at the gate, is released later by `warehouse-receipt.release`, a frozen lot or animal
 * by `lien.release`.
 */
export function releasableLiens(context: ReadContext, facility: Facility): readonly Lien[] {
  return currentItems(context, facility).flatMap(({ asset }) => {
    const lien = lienFor(context, asset, facility);
    if (lien === undefined) return [];
    if (!isOk(frozenItemProblem(context, facility, asset))) return [];
    const ready = lien.asset.kind !== 'receipt' || findReceipt(context, asset)?.state === 'PLEDGED';
    return ready ? [lien] : [];
  });
}
