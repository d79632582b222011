import { statusFactory } from '../status.js';

export const statusCodes = {
  parties_must_differ: 100,
  payment_proof_reused: 101,
  proof_signer_not_bank: 102,
  value_day_in_future: 103,
  payment_not_proved: 104,
  allocation_exceeds_proof: 105,
  overpayment_must_be_allocated: 106,
  payer_is_not_debtor: 107,
  payee_is_not_creditor: 108,
  proof_already_reversed: 109,
  payment_proof_is_used: 110,
  below_paid_amount: 111,
  payer_already_declared: 112,
  bank_reference_malformed: 113,
  obligation_named_twice: 114,
  payment_condition_not_met: 115,
  condition_not_stated: 116,
} as const;

export const status = statusFactory('payment', statusCodes);
