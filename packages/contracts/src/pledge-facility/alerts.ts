import type { PartyId, Status, WriteContext } from '@triflow/protocol';
import { clearRecordAlert, type RecordRuleKind, raiseRecordAlert } from '../monitoring/internal.js';
import { findParty, lapsedLicences } from '../party-registry/internal.js';
import { inTurn } from '../status.js';
import { isLive } from './lifecycle.js';
import type { Facility } from './schema.js';
import type { Appraisal } from './valuation.js';

/** An alert on a facility, and whether what it warns of stands now. */
interface Sign {
  readonly kind: RecordRuleKind;
  readonly stands: boolean;
  readonly refs?: readonly string[];
}

/**
 * Raises and clears the alerts that a valuation shows, on the facility and to its lender: lines
 * crossed, prices too old to use, receipts that end before the debt (442), papers not in force: the
 * insurance of an item, a licence of pledgor or supervisor. Raising again what stands adds nothing.
 */
export function tellMonitoring(
  context: WriteContext,
  facility: Facility,
  appraisal: Appraisal,
  mismatched: readonly string[],
): Status {
  const live = isLive(facility.state);
  const line = facility.valuation?.line ?? 'none';
  const stale = appraisal.standings.flatMap(({ item, leftOut }) => {
    return leftOut === 'price_is_stale' ? [item.feed] : [];
  });
  const uninsured = appraisal.standings.flatMap(({ item, leftOut }) => {
    return leftOut === 'insurance_missing' ? [item.asset] : [];
  });
  const expired = [...uninsured, ...unlicensed(context, facility)];
  const signs: readonly Sign[] = [
    { kind: 'LTV_WARNING', stands: live && line === 'warning' },
    { kind: 'LTV_BREACH', stands: live && (line === 'margin_call' || line === 'disposal') },
    { kind: 'STALE_PRICE', stands: live && stale.length > 0, refs: [...new Set(stale)] },
    { kind: 'TERM_MISMATCH', stands: live && mismatched.length > 0, refs: mismatched },
    { kind: 'DOC_EXPIRY', stands: live && expired.length > 0, refs: expired },
  ];
  const { id: asset, lender: owner } = facility;
  return inTurn(
    ...signs.map(({ kind, stands, refs }) => () => {
      if (!stands) return clearRecordAlert(context, kind, asset);
      return raiseRecordAlert(context, { kind, asset, owner, ...(refs && { refs }) });
    }),
  );
}

/** The parties to the facility of whose licences one has ended unrenewed. */
function unlicensed(context: WriteContext, { pledgor, supervisor }: Facility): readonly PartyId[] {
  const named = supervisor === undefined ? [pledgor] : [pledgor, supervisor];
  return named.filter((id) => {
    const party = findParty(context, id);
    return party !== undefined && lapsedLicences(party, context.day).length > 0;
  });
}
