/** What the contract states as fact. */
export const events = [
  'obligation.opened',
  'obligation.changed',
  'obligation.paid',
  'obligation.late',
  'payer.declared',
  'payment.proved',
  'payment.allocated',
  'payment.used',
  'payment.reversed',
  'payment.wrong_creditor',
] as const;

export type PaymentEvent = (typeof events)[number];
