/** What the contract states as fact, beside the `pending.*` of countersigned commands. */
export const events = [
  'order.issued',
  'order.accepted',
  'order.rejected',
  'order.amended',
  'order.cancelled',
  'order.closed_short',
  'order.financed',
  'order.finance_ended',
  'order.trade_circle',
  'delivery.shipped',
  'delivery.handed_over',
  'delivery.accepted',
  'invoice.registered',
  'invoice.similar_found',
  'invoice.matched',
  'invoice.confirmed',
  'invoice.disputed',
  'invoice.resolved',
  'invoice.credited',
  'invoice.vouchered',
] as const;

export type PurchaseOrderEvent = (typeof events)[number];
