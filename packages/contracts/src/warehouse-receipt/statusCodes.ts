import { statusFactory } from '../status.js';

export const statusCodes = {
  slot_already_assigned: 100,
  weighing_already_used: 101,
  statutory_item_missing: 102,
  lot_quantity_exceeded: 103,
  issuer_cannot_hold: 104,
  inspection_missing: 105,
  storage_period_invalid: 106,
  receipt_not_free: 107,
  receipt_not_pledged: 108,
  self_transfer_forbidden: 109,
  split_does_not_conserve_quantity: 110,
  already_financed: 111,
  affiliation_not_accepted: 112,
  quantity_exceeds_receipt: 113,
  release_token_missing: 114,
  release_token_used: 115,
  gate_quantity_differs: 116,
  lot_is_short: 117,
  forfeiture_forbidden: 118,
  object_is_not_frozen: 119,
  storage_fee_due: 120,
} as const;

export const status = statusFactory('warehouse-receipt', statusCodes);
