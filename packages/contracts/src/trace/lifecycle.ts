/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  event: { '*': { record_event: 'RECORDED' }, RECORDED: { link_event_to_lot: 'RECORDED' } },
  location: {
    '*': { register_location: 'REGISTERED' },
    REGISTERED: { release_location: '*' },
  },
  custody: {
    '*': { hand_over: 'HAND_OVER_PENDING' },
    HELD: { hand_over: 'HAND_OVER_PENDING' },
    HAND_OVER_PENDING: {
      countersign: 'HELD',
      reject: 'HELD',
      expire_pending: 'HELD',
      refuse: 'HELD',
    },
  },
} as const;
