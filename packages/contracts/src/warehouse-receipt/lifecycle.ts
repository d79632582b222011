import { closedStates, pendingStates, type ReceiptState } from './schema.js';

/**
 * States and the commands that move between them; `*` stands for "no record yet". Where several
 * parties sign, the receipt waits in the state of `pendingStateOf` between them.
 */
export const lifecycle = {
  lot: {
    '*': { create_lot: 'OPEN' },
    OPEN: { gate_in: 'OPEN', issue: 'OPEN', sign_stocktake: 'OPEN, SHORT' },
    SHORT: { gate_in: 'SHORT', sign_stocktake: 'OPEN, SHORT' },
  },
  receipt: {
    '*': { issue: 'FREE', split: 'FREE, PLEDGED', merge: 'FREE', amend: 'FREE, PLEDGED' },
    FREE: {
      transfer: 'FREE',
      split: 'SPLIT',
      pledge: 'PLEDGED',
      merge: 'MERGED',
      amend: 'REPLACED',
      withdraw: 'WITHDRAWING',
      deposit: 'DEPOSITED',
      cancel: 'CANCELLED',
    },
    PLEDGED: {
      transfer: 'PLEDGED',
      split: 'SPLIT',
      amend: 'REPLACED',
      release: 'FREE',
      deliver_sold: 'FREE',
      deposit: 'DEPOSITED',
      withdraw: 'WITHDRAWING',
    },
    WITHDRAWING: {
      gate_out: 'FREE, PLEDGED, DELIVERED',
      expire_token: 'FREE, PLEDGED',
    },
    SPLIT: {},
    MERGED: {},
    REPLACED: {},
    DEPOSITED: {},
    DELIVERED: {},
    CANCELLED: {},
  },
} as const;

/** The state in which a receipt waits for the other signatures of a command. */
export const pendingStateOf = {
  transfer: 'TRANSFER_PENDING',
  split: 'SPLIT_PENDING',
  pledge: 'PLEDGE_PENDING',
  withdraw: 'WITHDRAW_PENDING',
  cancel: 'CANCEL_PENDING',
  merge: 'MERGE_PENDING',
  amend: 'AMEND_PENDING',
} as const;

/** Whether a receipt waits for a signature, so that other commands must wait too (R9). */
export function isPending(state: ReceiptState): boolean {
  return pendingStates.some((pending) => pending === state);
}

/** Whether a receipt still stands for goods in its lot. */
export function isOpen(state: ReceiptState): boolean {
  return !closedStates.some((closed) => closed === state);
}
