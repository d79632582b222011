/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  feed: {
    '*': { create_feed: 'OPEN' },
    OPEN: { submit_quote: 'OPEN, UNCONFIRMED' },
    UNCONFIRMED: { submit_quote: 'OPEN, UNCONFIRMED' },
  },
  round: {
    '*': { submit_quote: 'FINAL, UNCONFIRMED, VOID' },
    UNCONFIRMED: { submit_quote: 'FINAL, REJECTED' },
    FINAL: {},
    REJECTED: {},
    VOID: {},
  },
} as const;
