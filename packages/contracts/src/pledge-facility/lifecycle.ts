import { type FacilityState, liveStates } from './schema.js';

/**
 * States and the commands that move between them; `*` stands for "no record yet". `by line` is
 * NORMAL, WARNING or MARGIN_CALL by the line that the debt crosses; a margin call ends only at or
 * under `cureToBps`.
 */
export const lifecycle = {
  facility: {
    '*': { apply: 'APPROVED' },
    APPROVED: { sign_agreement: 'CONTROL_PENDING' },
    CONTROL_PENDING: { attest_control: 'ESTABLISHED' },
    ESTABLISHED: {
      attest_control: 'ESTABLISHED',
      draw: 'NORMAL',
      record_costs: 'by line',
      add_item: 'by line',
      release_item: 'by line',
      revalue: 'by line',
      repay: 'by line',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    NORMAL: {
      attest_control: 'by line',
      draw: 'NORMAL',
      record_costs: 'by line',
      add_item: 'by line',
      release_item: 'by line',
      revalue: 'by line',
      repay: 'by line',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    WARNING: {
      attest_control: 'by line',
      record_costs: 'by line',
      add_item: 'by line',
      release_item: 'by line',
      revalue: 'by line',
      repay: 'by line',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    MARGIN_CALL: {
      attest_control: 'by line',
      record_costs: 'MARGIN_CALL',
      add_item: 'by line',
      revalue: 'by line',
      repay: 'by line',
      cure_cash: 'by line',
      cure_goods: 'by line',
      fail_cure: 'CURE_FAILED',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    CURE_FAILED: {
      repay: 'CURE_FAILED',
      declare_default: 'DEFAULT',
      repay_and_release: 'CLOSED',
    },
    DEFAULT: { repay: 'DEFAULT', repay_and_release: 'CLOSED' },
  },
} as const;

/** Whether a facility is established and neither failed nor closed. */
export function isLive(state: FacilityState): boolean {
  return (liveStates as readonly string[]).includes(state);
}

/** Whether a debt may still be paid: live, or failed but not yet enforced. */
export function mayRepay(state: FacilityState): boolean {
  return isLive(state) || state === 'CURE_FAILED' || state === 'DEFAULT';
}
