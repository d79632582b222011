/** The numbered outcome of a command or transaction. Number 0 is success; numbers never return. */
export interface Status {
  /** `ledger` for 0 to 99, else the contract that owns the number. */
  readonly contract: string;
  readonly number: number;
  readonly code: string;
}

/** Ledger and common outcomes, 0 to 99 (domain R13). Contracts number their own from 100. */
export const commonStatusCodes = {
  success: 0,
  object_not_found: 1,
  id_already_exists: 2,
  party_not_active: 3,
  signer_lacks_role: 4,
  signer_not_party_to_object: 5,
  state_forbids_command: 6,
  deadline_has_passed: 7,
  feature_not_active: 8,
  reference_not_found: 9,
  amount_out_of_range: 10,
  bound_exceeded: 11,
  object_version_is_stale: 12,
  object_is_frozen: 13,
  unit_does_not_match: 14,
  currency_does_not_match: 15,
  quantity_has_too_many_decimals: 16,
  amount_must_be_positive: 17,
  weights_are_all_zero: 18,
  contract_not_found: 19,
  command_not_found: 20,
  params_are_invalid: 21,
  pending_not_found: 22,
  not_your_turn_to_sign: 23,
  deadline_not_reached: 24,
  object_has_pending_command: 25,
  transaction_window_exceeded: 26,
} as const;

export type CommonStatusCode = keyof typeof commonStatusCodes;

export const OK: Status = { contract: 'ledger', number: 0, code: 'success' };

/** A ledger or common outcome by its code. */
export function commonStatus(code: CommonStatusCode): Status {
  return { contract: 'ledger', number: commonStatusCodes[code], code };
}

/** Whether a command took effect. */
export function isOk(status: Status): boolean {
  return status.number === 0;
}
