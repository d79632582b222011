import { statusFactory } from '../status.js';

export const statusCodes = {
  asset_already_encumbered: 100,
  grantor_not_owner: 101,
  forfeiture_clause_forbidden: 102,
  parties_must_differ: 103,
  registration_number_reused: 104,
  publicity_does_not_fit_class: 105,
  publicity_already_recorded: 106,
  publicity_time_in_future: 107,
  registration_has_lapsed: 108,
  lien_belongs_to_receipt: 109,
  debt_is_not_a_facility: 110,
  already_financed: 111,
  lineage_quantity_exceeded: 112,
  class_does_not_fit_asset: 113,
  supervisor_not_independent: 114,
  junior_consent_missing: 115,
  registration_missing: 116,
  retention_not_available: 117,
  retention_period_running: 118,
  lien_does_not_float: 119,
  crystallisation_event_missing: 120,
  lien_enforced_by_facility: 121,
  lien_belongs_to_claim: 130,
} as const;

export const status = statusFactory('lien', statusCodes);
