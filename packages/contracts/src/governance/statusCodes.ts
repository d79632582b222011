import { statusFactory } from '../status.js';

export const statusCodes = {
  validator_change_too_large: 100,
  key_is_invalid: 101,
  consensus_key_already_used: 102,
  peer_already_admitted: 103,
  readiness_is_stale: 104,
  readiness_not_signed: 105,
  validator_seat_changed: 106,
  parameter_unknown: 107,
  parameter_is_fixed: 108,
  parameter_out_of_bounds: 109,
  feature_already_decided: 110,
  vote_already_cast: 111,
  access_log_not_contiguous: 112,
} as const;

export const status = statusFactory('governance', statusCodes);
