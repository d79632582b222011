import {
  assert,
  type CommonStatusCode,
  commonStatus,
  commonStatusCodes,
  isOk,
  OK,
  type Status,
} from '@triflow/protocol';

/** Gives a contract's numbered outcomes by code; common codes come from the ledger. */
export function statusFactory<C extends string>(
  contract: string,
  codes: Readonly<Record<C, number>>,
): (code: C | CommonStatusCode) => Status {
  return (code) => {
    if (Object.hasOwn(commonStatusCodes, code)) return commonStatus(code as CommonStatusCode);
    const number = codes[code as C];
    assert(number !== undefined && number >= 100, `${contract}: ${code} has no number from 100`);
    return { contract, number, code };
  };
}

/** Whether a reading gave a refusal instead of its value. */
export function isStatus<T extends object>(value: T | Status): value is Status {
  return 'contract' in value && 'number' in value && 'code' in value;
}

/** Takes steps until one is refused; what it wrote before goes with its transaction. */
export function inTurn(...steps: readonly (() => Status)[]): Status {
  for (const step of steps) {
    const status = step();
    if (!isOk(status)) return status;
  }
  return OK;
}
