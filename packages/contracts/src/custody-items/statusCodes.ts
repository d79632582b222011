import { statusFactory } from '../status.js';

export const statusCodes = {
  dual_control_missing: 100,
  approver_is_keeper: 101,
  slot_is_taken: 102,
  rfid_is_taken: 103,
  lien_not_released: 104,
  stocktake_is_open: 105,
  stocktake_incomplete: 106,
  item_already_counted: 107,
  full_count_missing: 108,
  differences_open: 109,
  parties_must_differ: 110,
} as const;

export const status = statusFactory('custody-items', statusCodes);
