import { type Day, nextBusinessDay, type Status } from '@triflow/protocol';
import type { SizeClass } from '../fields.js';
import type { PaymentTerm, StatedTerm } from './schema.js';
import { status } from './statusCodes.js';

const LARGE_DAYS = 60;
const PUBLIC_DAYS = 30;
const PUBLIC_DAYS_MAX = 60;

/**
 * Why a payment term cannot be agreed (保障中小企业款项支付条例 9, 10): payment "when the third
 * party pays" (`pay_when_paid_forbidden`), and more than 60 days with a government or public
 * institution (`payment_term_too_long`).
 */
export function termProblem(term: StatedTerm, buyer: SizeClass): Status | undefined {
  if (term.basis === 'third_party_payment') return status('pay_when_paid_forbidden');
  const tooLong = isPublic(buyer) && (term.days ?? 0) > PUBLIC_DAYS_MAX;
  return tooLong ? status('payment_term_too_long') : undefined;
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
