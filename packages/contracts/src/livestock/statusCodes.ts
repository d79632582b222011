import { statusFactory } from '../status.js';

export const statusCodes = {
  animal_already_registered: 100,
  tag_is_retired: 101,
  tag_is_bound: 102,
  born_in_future: 103,
  tamper_evidence_missing: 104,
  exit_not_released: 105,
  death_evidence_missing: 106,
  biometric_differs: 107,
  parties_must_differ: 108,
  forfeiture_clause_forbidden: 109,
  mortgage_terms_differ: 110,
  substitute_not_mortgaged: 111,
  insurer_must_sign: 112,
  curve_is_invalid: 113,
} as const;

export const status = statusFactory('livestock', statusCodes);
