import { type ClaimState, consumedStates, dueStates, liveStates, pendingStates } from './schema.js';

/**
 * States and the commands that move between them; `*` stands for "no record yet". Where several
 * parties sign, the claim waits in the state of `pendingStateOf`; the last signature takes it on
 * under the command's own name, `reject` and `expire_pending` take it back.
 */
export const lifecycle = {
  claim: {
    '*': { issue: 'PROPOSED', split: 'ACTIVE', transfer: 'ACTIVE, FINANCED, PLEDGED' },
    PROPOSED: { confirm: 'ACTIVE', cancel: 'CANCEL_PENDING', flag_late_confirm: 'PROPOSED' },
    ACTIVE: {
      split: 'SPLIT',
      transfer: 'TRANSFER_PENDING',
      cancel: 'CANCEL_PENDING',
      finance: 'FINANCE_PENDING',
      pledge: 'PLEDGE_PENDING',
      mature: 'MATURED',
    },
    FINANCE_PENDING: { complete_finance: 'FINANCED', abandon: 'ACTIVE' },
    PLEDGE_PENDING: {
      pledge: 'PLEDGE_PENDING',
      record_registration: 'PLEDGED',
      abandon: 'ACTIVE',
      reject: 'ACTIVE',
      expire_pending: 'ACTIVE',
    },
    FINANCED: { transfer: 'TRANSFER_PENDING', mature: 'MATURED' },
    PLEDGED: { transfer: 'TRANSFER_PENDING', release: 'ACTIVE', mature: 'MATURED' },
    MATURED: {
      redeem: 'REDEEMED',
      mark_overdue: 'OVERDUE',
      exercise_recourse: 'RECOURSE',
    },
    OVERDUE: { redeem: 'REDEEMED', exercise_recourse: 'RECOURSE' },
    RECOURSE: { redeem: 'REDEEMED', complete_recourse: 'OVERDUE' },
    REDEEMED: {},
    CANCEL_PENDING: {
      cancel: 'CANCELLED',
      reject: 'PROPOSED, ACTIVE',
      expire_pending: 'PROPOSED, ACTIVE',
    },
    TRANSFER_PENDING: {
      transfer: 'TRANSFERRED',
      reject: 'ACTIVE, FINANCED, PLEDGED',
      expire_pending: 'ACTIVE, FINANCED, PLEDGED',
    },
    SPLIT: {},
    TRANSFERRED: {},
    CANCELLED: {},
  },
} as const;

/** The state in which a claim waits for the other signatures of a command (R9). */
export const pendingStateOf = {
  cancel: 'CANCEL_PENDING',
  transfer: 'TRANSFER_PENDING',
  pledge: 'PLEDGE_PENDING',
} as const;

/** ACTIVE, FINANCED or PLEDGED. */
export function isLive(state: ClaimState): boolean {
  return liveStates.some((live) => live === state);
}

/** Whether the debtor has to pay now. */
export function isDue(state: ClaimState): boolean {
  return dueStates.some((due) => due === state);
}

/** Whether a claim waits for a signature, a registration or a disbursement. */
export function isPending(state: ClaimState): boolean {
  return pendingStates.some((pending) => pending === state);
}

/** Whether a claim still stands for its face: neither replaced, paid nor cancelled (D1). */
export function isUnconsumed(state: ClaimState): boolean {
  return !consumedStates.some((consumed) => consumed === state);
}
