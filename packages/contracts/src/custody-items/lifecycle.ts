/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  item: {
    '*': { register: 'PENDING_IN' },
    PENDING_IN: { put_in: 'IN_VAULT' },
    IN_VAULT: {
      check_out: 'CHECKED_OUT',
      release_final: 'RELEASED',
      sign: 'MISSING, DAMAGED',
      settle_difference: 'IN_VAULT',
    },
    CHECKED_OUT: { return_in: 'IN_VAULT' },
    MISSING: { settle_difference: 'IN_VAULT, MISSING' },
    DAMAGED: { settle_difference: 'IN_VAULT, DAMAGED', release_final: 'RELEASED' },
    RELEASED: {},
  },
  stocktake: {
    '*': { open_stocktake: 'OPEN' },
    OPEN: { count: 'OPEN', reconcile: 'RECONCILED' },
    RECONCILED: { sign: 'SIGNED' },
    SIGNED: { settle_difference: 'SIGNED' },
  },
} as const;
