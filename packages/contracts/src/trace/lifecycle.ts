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
  lot: {
    '*': { open_lot: 'AWAITED, NOT_NEEDED' },
    AWAITED: { release_lot: 'RELEASED', refuse_lot: 'REFUSED' },
    NOT_NEEDED: {},
    RELEASED: {},
    REFUSED: {},
  },
  /** Stored states of a tree's top; LOT_RELEASED, BLOCKED, RECALLED, EXPIRED are derived. */
  unit: {
    '*': { commission: 'COMMISSIONED' },
    COMMISSIONED: {
      ship: 'IN_TRANSIT',
      quarantine: 'QUARANTINED',
      destroy: 'DESTROYED',
      report_lost: 'LOST',
    },
    IN_TRANSIT: {
      receive: 'RECEIVED',
      refuse: 'QUARANTINED',
      quarantine: 'QUARANTINED',
      destroy: 'DESTROYED',
      report_lost: 'LOST',
    },
    RECEIVED: {
      ship: 'IN_TRANSIT',
      dispense: 'DISPENSED',
      quarantine: 'QUARANTINED',
      destroy: 'DESTROYED',
      report_lost: 'LOST',
    },
    QUARANTINED: {
      qa_release: 'COMMISSIONED, IN_TRANSIT, RECEIVED',
      destroy: 'DESTROYED',
      report_lost: 'LOST',
    },
    DISPENSED: {},
    DESTROYED: {},
    LOST: {},
  },
} as const;
