import { statusFactory } from '../status.js';

export const statusCodes = {
  parties_must_differ: 100,
  ltv_lines_out_of_order: 101,
  forfeiture_clause_forbidden: 102,
  item_listed_twice: 103,
  supervisor_engaged_by_pledgor: 104,
  supervisor_not_independent: 105,
  item_not_pledged: 106,
  lien_not_effective: 107,
  lien_not_registered: 108,
  limit_exceeded: 109,
  ltv_too_high: 110,
  price_not_final: 111,
  price_is_stale: 112,
  release_would_breach_ltv: 113,
  below_floor: 114,
  payment_not_proved: 115,
  nothing_is_owed: 116,
  margin_call_is_cured: 117,
  default_event_not_met: 118,
  debt_not_repaid: 119,
  facility_not_open: 120,
  pledgor_is_not_holder: 121,
} as const;

export const status = statusFactory('pledge-facility', statusCodes);
