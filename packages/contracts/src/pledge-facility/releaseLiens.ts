import { isOk, OK, type Status, type WriteContext } from '@triflow/protocol';
import type { Lien } from '../lien/internal.js';

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
