import { obligations, proofs } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';

/** Proofs of payment; `payments` has the commands on them. */
export const proofActions = {
  get: getter(proofs),
  list: lister(proofs),
  waitFor: waiter(proofs),
} as const;

/** Debts in money; other contracts open them. */
export const obligationActions = {
  get: getter(obligations),
  list: lister(obligations),
  waitFor: waiter(obligations),
} as const;
