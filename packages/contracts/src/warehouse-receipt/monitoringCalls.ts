import { OK, parametersTable, type Status, type WriteContext } from '@triflow/protocol';
import { clearRecordAlert, raiseRecordAlert } from '../monitoring/internal.js';
import { inTurn } from '../status.js';
import type { Lot, Receipt, ReleaseToken } from './schema.js';

const kind = 'COUNT_MISMATCH';

type Severity = 'warning' | 'critical';

/** Covers are for chains that run the contract `monitoring`; others go without. */
function monitor(context: WriteContext, name: string, params: Record<string, string | number>) {
  const runs = context.get(parametersTable, 'monitoring') !== undefined;
  return runs ? context.call('monitoring', name, params) : OK;
}

/**
 * A count that differs from the books: critical when goods are missing (domain 3.5, 3.10). Surplus
 * and shortage are episodes of their own: an open warning must not swallow the critical one.
 */
export function raiseMismatch(context: WriteContext, lot: Lot, severity: Severity): Status {
  const { id: asset, warehouse: owner } = lot;
  return raiseRecordAlert(context, { kind, asset, episode: severity, severity, owner });
}

/** A count inside the limit ends both. */
export function clearMismatch(context: WriteContext, lot: Lot): Status {
  return inTurn(
    () => clearRecordAlert(context, kind, lot.id, 'warning'),
    () => clearRecordAlert(context, kind, lot.id, 'critical'),
  );
}

/** While a token is out, goods of the lot may leave: no alarm for weight, door or fence. */
export function openCover(context: WriteContext, receipt: Receipt, token: ReleaseToken): Status {
  const covered = { asset: receipt.lot, token: coverName(receipt, token) };
  return monitor(context, 'open_cover', { ...covered, until: token.validTo });
}

/** The token was used or has expired. */
export function closeCover(context: WriteContext, receipt: Receipt, token: ReleaseToken): Status {
  const covered = { asset: receipt.lot, token: coverName(receipt, token) };
  return monitor(context, 'close_cover', covered);
}

function coverName(receipt: Receipt, token: ReleaseToken): string {
  return `${receipt.id}.${token.number}`;
}
