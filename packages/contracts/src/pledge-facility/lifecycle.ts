import { type FacilityState, liveStates } from './schema.js';

const failedStates = ['CURE_FAILED', 'DEFAULT', 'ENFORCEMENT'] as const;
const BY_LINE = 'NORMAL, WARNING, MARGIN_CALL';

/** What a live facility takes in every state; where it then stands follows from its lines. */
const whileLive = {
  attest_control: BY_LINE,
  record_costs: BY_LINE,
  add_item: BY_LINE,
  revalue: BY_LINE,
  repay: BY_LINE,
  declare_default: 'DEFAULT',
  repay_and_release: 'CLOSED',
} as const;

/**
 * States and the commands that move between them; `*` stands for "no record yet". A margin call
 * ends only at or under `cureToBps`.
 */
export const lifecycle = {
  facility: {
    '*': { apply: 'APPROVED' },
    APPROVED: { sign_agreement: 'CONTROL_PENDING' },
    CONTROL_PENDING: { attest_control: 'ESTABLISHED' },
    ESTABLISHED: {
      ...whileLive,
      attest_control: 'ESTABLISHED',
      add_item: 'ESTABLISHED',
      release_item: 'ESTABLISHED',
      substitute: 'ESTABLISHED',
      revalue: 'ESTABLISHED',
      draw: BY_LINE,
    },
    NORMAL: { ...whileLive, draw: BY_LINE, release_item: BY_LINE, substitute: BY_LINE },
    WARNING: { ...whileLive, release_item: BY_LINE, substitute: BY_LINE },
    MARGIN_CALL: {
      ...whileLive,
      cure_cash: BY_LINE,
      cure_goods: BY_LINE,
      fail_cure: 'CURE_FAILED',
    },
    CURE_FAILED: {
      repay: 'CURE_FAILED',
      early_sale: 'ENFORCEMENT',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    DEFAULT: {
      repay: 'DEFAULT',
      open_enforcement: 'ENFORCEMENT',
      repay_and_release: 'CLOSED',
    },
    ENFORCEMENT: {
      repay: 'ENFORCEMENT',
      state_claim: 'ENFORCEMENT',
      record_sale: 'ENFORCEMENT',
      distribute: 'ENFORCEMENT, CLOSED',
      repay_and_release: 'CLOSED',
    },
    CLOSED: {},
  },
  sale: {
    '*': { record_sale: 'RECORDED' },
    RECORDED: { distribute: 'DISTRIBUTED' },
    DISTRIBUTED: {},
  },
} as const;

/** Whether a facility is established and neither failed nor closed. */
export function isLive(state: FacilityState): boolean {
  return liveStates.some((live) => live === state);
}

/** Whether a debt may still be paid: it is agreed, and what secures it is not closed. */
export function mayRepay(state: FacilityState): boolean {
  return isLive(state) || failedStates.some((failed) => failed === state);
}
