/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  proposal: {
    '*': { propose: 'OPEN' },
    OPEN: { vote: 'OPEN, PASSED, REJECTED', expire_proposal: 'EXPIRED' },
    PASSED: { activate: 'EXECUTED', expire_proposal: 'EXPIRED' },
    REJECTED: {},
    EXPIRED: {},
    EXECUTED: {},
  },
} as const;
