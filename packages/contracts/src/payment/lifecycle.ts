/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  obligation: {
    '*': { record_obligation: 'OPEN' },
    OPEN: {
      allocate: 'PARTLY_PAID, PAID',
      adjust_obligation: 'OPEN, CANCELLED',
      declare_payer: 'OPEN',
      flag_late_payment: 'OPEN',
    },
    PARTLY_PAID: {
      allocate: 'PARTLY_PAID, PAID',
      reverse_proof: 'OPEN, PARTLY_PAID',
      adjust_obligation: 'PARTLY_PAID, PAID',
      declare_payer: 'PARTLY_PAID',
      flag_late_payment: 'PARTLY_PAID',
    },
    PAID: { reverse_proof: 'OPEN, PARTLY_PAID', adjust_obligation: 'PAID, PARTLY_PAID' },
    CANCELLED: { adjust_obligation: 'OPEN' },
  },
  proof: {
    '*': { submit_proof: 'ACCEPTED' },
    ACCEPTED: { allocate: 'ACCEPTED', use_proof: 'ACCEPTED', reverse_proof: 'REVERSED' },
    REVERSED: {},
  },
} as const;
