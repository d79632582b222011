/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  order: {
    '*': { issue_order: 'ISSUED' },
    ISSUED: { accept_order: 'ACCEPTED', reject_order: 'REJECTED', cancel: 'CANCELLED' },
    ACCEPTED: {
      amend: 'ACCEPTED',
      finance_order: 'ACCEPTED',
      end_order_finance: 'ACCEPTED',
      ship: 'ACCEPTED',
      cancel: 'CANCELLED',
      close_short: 'CLOSED_SHORT',
    },
    REJECTED: {},
    CANCELLED: {},
    CLOSED_SHORT: {},
  },
  delivery: {
    '*': { ship: 'IN_TRANSIT' },
    IN_TRANSIT: { hand_over: 'IN_TRANSIT, ARRIVED' },
    ARRIVED: { accept_delivery: 'ACCEPTED, PARTLY_ACCEPTED, REJECTED' },
    ACCEPTED: {},
    PARTLY_ACCEPTED: {},
    REJECTED: {},
  },
  invoice: {
    '*': { register_invoice: 'REGISTERED' },
    REGISTERED: { match: 'MATCHED', dispute: 'DISPUTED' },
    MATCHED: { confirm_invoice: 'CONFIRMED', dispute: 'DISPUTED' },
    CONFIRMED: { dispute: 'DISPUTED', credit_note: 'CONFIRMED, CREDITED' },
    DISPUTED: {
      confirm_invoice: 'DISPUTED',
      resolve: 'REGISTERED, MATCHED, CONFIRMED, CREDITED',
    },
    CREDITED: {},
  },
} as const;
