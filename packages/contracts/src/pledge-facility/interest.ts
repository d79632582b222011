import { type Day, dayFromTime, divideHalfEven } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import type { Debt, Facility } from './schema.js';

/** The agreed rate; from maturity, or an earlier default, the default rate where one is agreed. */
type Rate = Pick<Facility, 'rateBps' | 'dayCount'> &
  Partial<Pick<Facility, 'defaultRateBps' | 'maturity' | 'default'>>;

/** What is owed on a day, in minor units. */
export interface Owed {
  readonly principalMinor: bigint;
  readonly interestMinor: bigint;
  readonly costsMinor: bigint;
  readonly penaltiesMinor: bigint;
  /** L: the sum. */
  readonly totalMinor: bigint;
}

/** A debt of nothing. */
export function noDebt(day: Day): Debt {
  return {
    principalMinor: 0n,
    costsMinor: 0n,
    penaltiesMinor: 0n,
    interestWhole: 0n,
    interestRest: 0,
    interestPaidMinor: 0n,
    accruedTo: day,
  };
}

/**
 * A debt with its interest carried to a day: the sum of principal * rate * days is kept exact as
 * whole and rest, the day of payment not counted. Default interest is interest: it runs by the
 * day that is reached, whether or not somebody declared the default (R5).
 */
export function accrueTo(debt: Debt, rate: Rate, day: Day): Debt {
  if (day <= debt.accruedTo) return debt;
  const divisor = interestDivisor(rate);
  const rateDays = rateDaysBetween(rate, debt.accruedTo, day);
  const more = debt.principalMinor * rateDays + BigInt(debt.interestRest);
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
  const { principalMinor, costsMinor, penaltiesMinor } = accrued;
  const totalMinor = principalMinor + interestMinor + costsMinor + penaltiesMinor;
  return { principalMinor, interestMinor, costsMinor, penaltiesMinor, totalMinor };
}

/** How a payment was applied. */
export interface Applied {
  readonly debt: Debt;
  readonly costsMinor: bigint;
  readonly interestMinor: bigint;
  readonly principalMinor: bigint;
  readonly penaltiesMinor: bigint;
}

/**
 * Applies a payment of at most what is owed: costs, then interest, then principal (561), and
 * penalties that are not interest after it (counsel).
 */
export function applyPayment(debt: Debt, rate: Rate, day: Day, paidMinor: bigint): Applied {
  const accrued = accrueTo(debt, rate, day);
  const owed = owedOn(accrued, rate, day);
  const costsMinor = lesser(paidMinor, owed.costsMinor);
  const interestMinor = lesser(paidMinor - costsMinor, owed.interestMinor);
  const rest = paidMinor - costsMinor - interestMinor;
  const principalMinor = lesser(rest, owed.principalMinor);
  const penaltiesMinor = rest - principalMinor;
  return {
    debt: {
      ...accrued,
      costsMinor: accrued.costsMinor - costsMinor,
      interestPaidMinor: accrued.interestPaidMinor + interestMinor,
      principalMinor: accrued.principalMinor - principalMinor,
      penaltiesMinor: accrued.penaltiesMinor - penaltiesMinor,
    },
    costsMinor,
    interestMinor,
    principalMinor,
    penaltiesMinor,
  };
}

/** Sum of rate * days from one day to another, each day at the rate in force on it. */
function rateDaysBetween(rate: Rate, from: Day, to: Day): bigint {
  const { rateBps, defaultRateBps = rateBps } = rate;
  const turn = Math.min(Math.max(defaultDay(rate) ?? to, from), to);
  return BigInt(rateBps) * BigInt(turn - from) + BigInt(defaultRateBps) * BigInt(to - turn);
}

/** The day from which the default rate runs; undefined when the terms name none. */
function defaultDay(rate: Rate): Day | undefined {
  const declared = rate.default === undefined ? undefined : dayFromTime(rate.default.at);
  const days = [rate.maturity, declared].filter((day) => day !== undefined);
  return days.length === 0 ? undefined : Math.min(...days);
}

function interestDivisor(rate: Rate): bigint {
  return 10_000n * BigInt(rate.dayCount);
}
