import { statusFactory } from '../status.js';

export const statusCodes = {
  party_id_check_failed: 100,
  key_is_invalid: 101,
  key_already_registered: 102,
  last_key_cannot_be_revoked: 103,
  party_key_not_found: 104,
  licence_missing_or_expired: 105,
  parties_must_differ: 106,
  affiliation_already_declared: 107,
  licence_already_recorded: 108,
  view_order_missing: 109,
  view_not_granted: 110,
  last_governor_cannot_leave: 111,
} as const;

export const status = statusFactory('party-registry', statusCodes);
