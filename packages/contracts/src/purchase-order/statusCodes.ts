import { statusFactory } from '../status.js';

export const statusCodes = {
  parties_must_differ: 100,
  line_named_twice: 101,
  line_not_found: 102,
  pay_when_paid_forbidden: 103,
  payment_term_too_long: 104,
  below_delivered_quantity: 105,
  already_delivered: 106,
  over_delivery: 107,
  quantities_do_not_add_up: 108,
  invoice_already_registered: 109,
  invoice_not_matched: 110,
  delivery_in_transit: 111,
  carrier_not_found: 112,
  delivery_day_out_of_range: 113,
  invoice_number_malformed: 114,
  lines_do_not_add_up: 115,
  issue_day_in_future: 116,
  invoice_buyer_differs: 117,
  payment_terms_differ: 118,
  below_invoiced_amount: 119,
  disputed_exceeds_invoice: 120,
  credit_exceeds_invoice: 121,
  nothing_payable: 122,
  below_vouchered_amount: 123,
  late_rate_too_low: 124,
} as const;

export const status = statusFactory('purchase-order', statusCodes);
