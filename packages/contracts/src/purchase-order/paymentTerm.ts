import {
  type Day,
  nextBusinessDay,
  type ParameterValue,
  parametersAt,
  parametersTable,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import type { SizeClass } from '../fields.js';
import { parameters } from './parameters.js';
import type { PaymentTerm, StatedTerm } from './schema.js';
import { status } from './statusCodes.js';

const LARGE_DAYS = 60;
const PUBLIC_DAYS = 30;
const PUBLIC_DAYS_MAX = 60;
const LATE_BPS_A_DAY = 5;

/**
 * Why a payment term cannot be agreed (保障中小企业款项支付条例 9, 10, 17): payment "when the third
 * party pays" (`pay_when_paid_forbidden`), more than 60 days with a government or public
 * institution (`payment_term_too_long`), late interest below the one-year LPR of the day
 * (`late_rate_too_low`).
 */
export function termProblem(
  context: ReadContext,
  term: StatedTerm,
  buyer: SizeClass,
): Status | undefined {
  if (term.basis === 'third_party_payment') return status('pay_when_paid_forbidden');
  const tooLong = isPublic(buyer) && (term.days ?? 0) > PUBLIC_DAYS_MAX;
  if (tooLong) return status('payment_term_too_long');
  return isLateRateTooLow(context, term.lateRateBps) ? status('late_rate_too_low') : undefined;
}

/** Whether an agreed yearly rate of late interest is below the one-year LPR in force (SME 17). */
export function isLateRateTooLow(context: ReadContext, rateBps: number | undefined): boolean {
  return rateBps !== undefined && rateBps < Number(parameterOf(context, 'oneYearLprBps'));
}

/** Late interest: the agreed yearly rate, else 5 Bps a day (SME 17). */
export function lateRate(agreedBps: number | undefined): {
  readonly rateBps: number;
  readonly dayCount: 1 | 365;
} {
  return agreedBps === undefined
    ? { rateBps: LATE_BPS_A_DAY, dayCount: 1 }
    : { rateBps: agreedBps, dayCount: 365 };
}

/** The listed days on which no period ends (Civil Code 203). */
export function holidaysIn(context: ReadContext): readonly Day[] {
  const listed = parameterOf(context, 'calendar.holidays');
  return typeof listed === 'object' ? listed : [];
}

/** Whether a large enterprise pays later than the statutory 60 days: allowed, but flagged. */
export function isUnusualTerm(term: StatedTerm, buyer: SizeClass): boolean {
  return buyer === 'large' && (term.days ?? 0) > LARGE_DAYS;
}

/** Days of a term: as agreed, else 30 for government and public institutions, 60 for others. */
export function termDays(term: PaymentTerm, buyer: SizeClass): number {
  return term.days ?? (isPublic(buyer) ? PUBLIC_DAYS : LARGE_DAYS);
}

/**
 * The last day of payment (O4): basis day and the term's days; when that day is a holiday, the
 * next that is not (Civil Code 201, 203).
 */
export function paymentDueDay(
  basisDay: Day,
  term: PaymentTerm,
  buyer: SizeClass,
  holidays: readonly Day[],
): Day {
  return nextBusinessDay(basisDay + termDays(term, buyer), new Set(holidays));
}

function isPublic(sizeClass: SizeClass): boolean {
  return sizeClass === 'government' || sizeClass === 'public_institution';
}

/** This contract's parameter in force, whichever contract is running. */
function parameterOf(context: ReadContext, name: keyof typeof parameters): ParameterValue {
  const record = context.get(parametersTable, 'purchase-order');
  const values = record === undefined ? undefined : parametersAt(record, context.height);
  return values?.[name] ?? parameters[name];
}
