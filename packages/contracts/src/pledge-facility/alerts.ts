import { isOk, limits, OK, type Status, type WriteContext } from '@triflow/protocol';
import { isLive } from './lifecycle.js';
import type { Facility } from './schema.js';
import type { Appraisal } from './valuation.js';

/** An alert on a facility, and whether what it warns of stands now. */
interface Sign {
  readonly kind: 'LTV_WARNING' | 'LTV_BREACH' | 'STALE_PRICE' | 'TERM_MISMATCH' | 'DOC_EXPIRY';
  readonly stands: boolean;
  readonly refs?: readonly string[];
}

/**
 * Raises and clears the alerts that a valuation shows, on the facility and to its lender: lines
 * crossed, prices too old to use, receipts that end before the debt (442), insurance not in force.
 * Raising again what stands adds nothing. A chain without monitoring goes on without alerts.
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
  const signs: readonly Sign[] = [
    { kind: 'LTV_WARNING', stands: live && line === 'warning' },
    { kind: 'LTV_BREACH', stands: live && (line === 'margin_call' || line === 'disposal') },
    { kind: 'STALE_PRICE', stands: live && stale.length > 0, refs: [...new Set(stale)] },
    { kind: 'TERM_MISMATCH', stands: live && mismatched.length > 0, refs: mismatched },
    { kind: 'DOC_EXPIRY', stands: live && uninsured.length > 0, refs: uninsured },
  ];
  for (const sign of signs) {
    const told = tell(context, facility, sign);
    if (!isOk(told) && told.code !== 'contract_not_found') return told;
  }
  return OK;
}

function tell(
  context: WriteContext,
  facility: Facility,
  { kind, stands, refs = [] }: Sign,
): Status {
  const asset = facility.id;
  if (!stands) return context.call('monitoring', 'clear_alert', { kind, asset });
  const kept = refs.slice(0, limits.alertRefsMax);
  const owner = facility.lender;
  return context.call('monitoring', 'raise_alert', { kind, asset, owner, refs: kept });
}
