import { statusFactory } from '../status.js';

export const statusCodes = {
  event_is_invalid: 100,
  event_hash_differs: 101,
  submitter_not_in_event: 102,
  event_id_already_used: 103,
  event_already_linked: 104,
  gln_check_failed: 105,
  location_already_registered: 106,
  lot_has_open_receipts: 107,
  parties_must_differ: 108,
} as const;

export const status = statusFactory('trace', statusCodes);
