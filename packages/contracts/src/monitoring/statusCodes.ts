import { statusFactory } from '../status.js';

export const statusCodes = {
  critical_alert_open: 100,
  parties_must_differ: 101,
  second_party_not_independent: 102,
  device_not_bound: 103,
  sequence_replayed: 104,
  clock_skew_too_large: 105,
  batch_root_differs: 106,
  batch_is_malformed: 107,
  reading_kind_not_bound: 108,
  reading_kind_named_twice: 109,
  device_party_taken: 110,
  device_party_differs: 111,
  rule_scope_is_fixed: 112,
} as const;

export const status = statusFactory('monitoring', statusCodes);
