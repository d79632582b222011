/** What the contract states as fact. */
export const events = [
  'lot.created',
  'lot.goods_in',
  'lot.goods_out',
  'receipt.issued',
  'receipt.transferred',
  'receipt.split',
  'receipt.pledged',
  'receipt.released',
  'receipt.withdrawal_opened',
  'receipt.withdrawn',
  'receipt.token_expired',
  'receipt.fee_stated',
  'receipt.cancelled',
  'receipt.frozen',
  'receipt.unfrozen',
] as const;

export type WarehouseReceiptEvent = (typeof events)[number];
