import { type Day, divideHalfEven } from '@triflow/protocol';
import type { Debt, Facility } from './schema.js';

type Rate = Pick<Facility, 'rateBps' | 'dayCount'>;

/** What is owed on a day, in minor units. */
export interface Owed {
  readonly principalMinor: bigint;
  readonly interestMinor: bigint;
  readonly costsMinor: bigint;
  /** L: the sum. */
  readonly totalMinor: bigint;
}

/** A debt of nothing. */
export function noDebt(day: Day): Debt {
  return {
    principalMinor: 0n,
    costsMinor: 0n,
    interestWhole: 0n,
    interestRest: 0,
    interestPaidMinor: 0n,
    accruedTo: day,
  };
}

/**
 * A debt with its interest carried to a day: the sum of principal * rate * days is kept exact as
 * whole and rest, the day of payment not counted.
 */
export function accrueTo(debt: Debt, rate: Rate, day: Day): Debt {
  if (day <= debt.accruedTo) return debt;
  const divisor = interestDivisor(rate);
  const days = BigInt(day - debt.accruedTo);
  const more = debt.principalMinor * BigInt(rate.rateBps) * days + BigInt(debt.interestRest);
  return {
    ...debt,
    interestWhole: debt.interestWhole + more / divisor,
    interestRest: Number(more % divisor),
    accruedTo: day,
  };
}

/**
 * What is owed on a day. Interest is round_half_even(sum of principal * rateBps * days /
 * (10000 * dayCount)) less what was paid, rounded here and nowhere else (R2).
 */
export function owedOn(debt: Debt, rate: Rate, day: Day): Owed {
  const accrued = accrueTo(debt, rate, day);
  const divisor = interestDivisor(rate);
  const numerator = accrued.interestWhole * divisor + BigInt(accrued.interestRest);
  const interestMinor = divideHalfEven(numerator, divisor) - accrued.interestPaidMinor;
  const { principalMinor, costsMinor } = accrued;
  const totalMinor = principalMinor + interestMinor + costsMinor;
  return { principalMinor, interestMinor, costsMinor, totalMinor };
}

/** How a payment was applied. */
export interface Applied {
  readonly debt: Debt;
  readonly costsMinor: bigint;
  readonly interestMinor: bigint;
  readonly principalMinor: bigint;
}

/** Applies a payment of at most what is owed: costs, then interest, then principal (561). */
export function applyPayment(debt: Debt, rate: Rate, day: Day, paidMinor: bigint): Applied {
  const accrued = accrueTo(debt, rate, day);
  const owed = owedOn(accrued, rate, day);
  const costsMinor = lesser(paidMinor, owed.costsMinor);
  const interestMinor = lesser(paidMinor - costsMinor, owed.interestMinor);
  const principalMinor = paidMinor - costsMinor - interestMinor;
  return {
    debt: {
      ...accrued,
      costsMinor: accrued.costsMinor - costsMinor,
      interestPaidMinor: accrued.interestPaidMinor + interestMinor,
      principalMinor: accrued.principalMinor - principalMinor,
    },
    costsMinor,
    interestMinor,
    principalMinor,
  };
}

function interestDivisor(rate: Rate): bigint {
  return 10_000n * BigInt(rate.dayCount);
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
