import {
  addMonths,
  type Day,
  defined,
  nextBusinessDay,
  OK,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import type { SizeClass } from '../fields.js';
import { firstProblem } from '../params.js';
import {
  findInvoice,
  findOrder,
  holidaysIn,
  type Invoice,
  isLateRateTooLow,
  lateRate,
  type Order,
} from '../purchase-order/internal.js';
import type { ClaimFlag, Root } from './schema.js';
import { status } from './statusCodes.js';

const TERM_MONTHS_MAX = 12;
const USUAL_MONTHS_MAX = 6;
const CONFIRM_DAYS = 30;

/** What a voucher is to say about when and how it is paid. */
export interface StatedTerms {
  readonly invoices: readonly { readonly invoice: string }[];
  readonly maturity: Day;
  readonly nonCashClause?: Root['nonCashClause'];
  readonly longTermReason?: string | undefined;
  readonly lateRateBps?: number | undefined;
}

/** What follows from the invoices behind a voucher. */
export interface Basis {
  readonly invoices: readonly Invoice[];
  readonly orders: readonly Order[];
  readonly creditorSizeClass: SizeClass;
  readonly debtorSizeClass: SizeClass;
  /** The earliest day by which one of the invoices must be paid (O4). */
  readonly paymentDueDay: Day | undefined;
}

/** Reads the invoices and orders behind a voucher; the guards have found them. */
export function basisOf(context: ReadContext, terms: Pick<StatedTerms, 'invoices'>): Basis {
  const invoices = terms.invoices.map(({ invoice }) =>
    defined(findInvoice(context, invoice), 'terms: the guards found the invoices'),
  );
  const ids = [...new Set(invoices.flatMap((invoice) => invoice.orders))];
  const orders = ids.map((id) => defined(findOrder(context, id), 'terms: an invoice has orders'));
  const first = defined(orders[0], 'terms: an invoice has an order');
  const protectedOrder = orders.find((order) => isProtected(order.sellerSizeClass));
  const days = invoices.map((invoice) => invoice.paymentDueDay);
  const known = days.filter((day) => day !== undefined);
  return {
    invoices,
    orders,
    creditorSizeClass: (protectedOrder ?? first).sellerSizeClass,
    debtorSizeClass: first.buyerSizeClass,
    paymentDueDay: known.length === days.length ? Math.min(...known) : undefined,
  };
}

/**
 * Why a voucher may not run so long or be forced on its creditor: over twelve months from the day
 * of issue, over six without a reason (银发〔2025〕77号); with a medium, small or micro creditor no
 * agreed clause on other than cash, or a maturity after the payment day of an invoice
 * (保障中小企业款项支付条例 11; counsel); agreed late interest below the LPR (17).
 */
export function termProblem(context: ReadContext, terms: StatedTerms, basis: Basis): Status {
  const { day } = context;
  const { maturity } = terms;
  const { paymentDueDay } = basis;
  const isSme = isProtected(basis.creditorSizeClass);
  return firstProblem(
    () => (maturity > day ? OK : status('maturity_not_in_future')),
    () => (maturity > addMonths(day, TERM_MONTHS_MAX) ? status('term_exceeds_one_year') : OK),
    () => {
      const silent = isLongTerm(day, maturity) && terms.longTermReason === undefined;
      return silent ? status('long_term_reason_missing') : OK;
    },
    () => (paymentDueDay === undefined ? status('payment_day_unknown') : OK),
    () => {
      const agreed = !isSme || hasClause(terms, basis);
      return agreed ? OK : status('creditor_consent_missing');
    },
    () => {
      const late = isSme && paymentDueDay !== undefined && maturity > paymentDueDay;
      return late ? status('extends_payment_term') : OK;
    },
    () => (isLateRateTooLow(context, terms.lateRateBps) ? status('late_rate_too_low') : OK),
  );
}

/** Whether a term is over six months: allowed with a reason, and flagged. */
export function isLongTerm(issuedDay: Day, maturity: Day): boolean {
  return maturity > addMonths(issuedDay, USUAL_MONTHS_MAX);
}

/** What a reader of a new voucher should look at. */
export function termFlags(day: Day, maturity: Day, basis: Basis): ClaimFlag[] {
  const flags: ClaimFlag[] = [];
  const unusual = basis.orders.some((order) => order.flags.includes('unusual_payment_term'));
  if (unusual) flags.push('unusual_payment_term');
  if (isLongTerm(day, maturity)) flags.push('term_over_six_months');
  return flags;
}

/** The clause by which the creditor agreed: the voucher's own, else that of every order. */
export function agreedClause(terms: StatedTerms, basis: Basis): Root['nonCashClause'] {
  return terms.nonCashClause ?? basis.orders[0]?.nonCashClause;
}

/** Late interest: the voucher's own rate, else the one rate of its orders, else 5 Bps a day. */
export function agreedLateRate(terms: StatedTerms, basis: Basis): Root['lateRate'] {
  const rates = new Set(basis.orders.map((order) => order.paymentTerm.lateRateBps));
  const common = rates.size === 1 ? basis.orders[0]?.paymentTerm.lateRateBps : undefined;
  return lateRate(terms.lateRateBps ?? common);
}

/**
 * Whether a confirmation that was asked for is late: not given in 30 days (SME 15), counted by
 * Civil Code 201 and 203.
 */
export function isConfirmLate(context: ReadContext, requestedDay: Day): boolean {
  const last = nextBusinessDay(requestedDay + CONFIRM_DAYS, new Set(holidaysIn(context)));
  return context.day > last;
}

/** Medium, small and micro enterprises are whom the regulation protects. */
function isProtected(sizeClass: SizeClass): boolean {
  return sizeClass === 'medium' || sizeClass === 'small' || sizeClass === 'micro';
}

function hasClause(terms: StatedTerms, { orders }: Basis): boolean {
  if (terms.nonCashClause !== undefined) return true;
  return orders.every((order) => order.nonCashClause !== undefined);
}
