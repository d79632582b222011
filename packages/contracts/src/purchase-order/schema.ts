import {
  bpsSchema,
  currencySchema,
  daySchema,
  integerSchema,
  limits,
  moneySchema,
  priceSchema,
  quantitySchema,
  scaleSchema,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import {
  countedMoneySchema,
  countSchema,
  hashTextSchema,
  noteSchema,
  partyIdSchema,
  refSchema,
  sizeClassSchema,
  skuSchema,
  versionSchema,
} from '../fields.js';
import { idSchema } from '../params.js';

const TERM_DAYS_MAX = 730;

export const orderIdSchema = idSchema('po');
export const deliveryIdSchema = idSchema('dl');
export const invoiceIdSchema = idSchema('in');
export const orderStateSchema = z.enum([
  'ISSUED',
  'ACCEPTED',
  'REJECTED',
  'CANCELLED',
  'CLOSED_SHORT',
]);
export const deliveryStateSchema = z.enum([
  'IN_TRANSIT',
  'ARRIVED',
  'ACCEPTED',
  'PARTLY_ACCEPTED',
  'REJECTED',
]);
export const invoiceStateSchema = z.enum([
  'REGISTERED',
  'MATCHED',
  'CONFIRMED',
  'DISPUTED',
  'CREDITED',
]);

const lineNoSchema = z.number().int().min(1).max(9_999);
const termDaysSchema = z.number().int().min(0).max(TERM_DAYS_MAX);
const basisSchema = z.enum(['delivery', 'acceptance', 'settlement_confirmation']);
const eventHashesSchema = z.array(hashTextSchema).max(limits.eventHashesPerDeliveryMax);
const taxIdSchema = z.string().regex(/^[0-9A-Z]{15,20}$/);

export const paymentTermSchema = z.strictObject({
  /** Days after the basis; left out, the statutory term counts. */
  days: termDaysSchema.optional(),
  basis: basisSchema,
  /** How long the buyer may inspect, when acceptance is the basis. */
  inspectionDays: termDaysSchema.optional(),
  /** Agreed yearly rate of late interest; left out, 5 Bps a day. */
  lateRateBps: bpsSchema.optional(),
});

/** What buyer and seller agree on for one line. */
const lineTermFields = {
  lineNo: lineNoSchema,
  sku: skuSchema,
  ordered: quantitySchema,
  unitPrice: priceSchema,
  taxBps: bpsSchema,
  overDeliveryBps: bpsSchema,
};

/** Counters are values in the unit and at the scale of `ordered`; amounts include tax. */
export const orderLineSchema = z.strictObject({
  ...lineTermFields,
  shipped: countSchema,
  accepted: countSchema,
  rejected: countSchema,
  lost: countSchema,
  invoiced: countSchema,
  invoicedMinor: countSchema,
});

const financedLineSchema = z.strictObject({ lineNo: lineNoSchema, quantity: quantitySchema });

export const orderSchema = z.strictObject({
  id: orderIdSchema,
  buyer: partyIdSchema,
  seller: partyIdSchema,
  /** Who receives the goods for the buyer, such as a warehouse. */
  consignee: partyIdSchema.optional(),
  /** Copied when the order is concluded (P4). */
  buyerSizeClass: sizeClassSchema,
  sellerSizeClass: sizeClassSchema,
  currency: currencySchema,
  lines: z.array(orderLineSchema).min(1).max(limits.linesPerOrderMax),
  paymentTerm: paymentTermSchema,
  nonCashClause: refSchema.optional(),
  /** Order finance (订单融资): who advanced how much on which quantities (O3). */
  finance: z
    .strictObject({
      /** Under which the register of lineage holds the goods. */
      id: idSchema('ln'),
      lender: partyIdSchema,
      advance: countedMoneySchema,
      lines: z.array(financedLineSchema).min(1).max(limits.financedLinesPerOrderMax),
      financedAt: timeSchema,
    })
    .optional(),
  flags: z.array(z.enum(['unusual_payment_term', 'CIRCULAR_TRADE', 'search_incomplete'])),
  issuedDay: daySchema,
  state: orderStateSchema,
  version: versionSchema,
});

/** Values in the unit and at the scale of the order's line. */
export const deliveryLineSchema = z.strictObject({
  lineNo: lineNoSchema,
  unit: unitSchema,
  scale: scaleSchema,
  shipped: countSchema,
  accepted: countSchema,
  rejected: countSchema,
  lost: countSchema,
});

export const deliverySchema = z.strictObject({
  id: deliveryIdSchema,
  order: orderIdSchema,
  seller: partyIdSchema,
  buyer: partyIdSchema,
  carrier: partyIdSchema.optional(),
  custodian: partyIdSchema,
  lines: z.array(deliveryLineSchema).min(1).max(limits.linesPerOrderMax),
  eventHashes: eventHashesSchema,
  shippedDay: daySchema,
  /** The day the goods came, as giver and receiver both signed it, and the block's time. */
  deliveredDay: daySchema.optional(),
  arrivedAt: timeSchema.optional(),
  state: deliveryStateSchema,
  version: versionSchema,
});

/** When which part of a line was accepted, so that a payment term starts at the right day. */
export const arrivalsSchema = z.strictObject({
  arrivals: z
    .array(z.strictObject({ upTo: countSchema, deliveredDay: daySchema, acceptanceDay: daySchema }))
    .max(limits.arrivalsPerLineMax),
});

export const invoiceLineSchema = z.strictObject({
  order: orderIdSchema,
  lineNo: lineNoSchema,
  quantity: quantitySchema,
  amountMinor: countSchema,
  taxMinor: countSchema,
});

export const invoiceSchema = z.strictObject({
  id: invoiceIdSchema,
  seller: partyIdSchema,
  buyer: partyIdSchema,
  sellerTaxId: taxIdSchema,
  buyerTaxId: taxIdSchema,
  /** Folded by the fixed table. */
  code: z.string(),
  number: z.string(),
  amount: countedMoneySchema,
  tax: countedMoneySchema,
  issueDay: daySchema,
  lines: z.array(invoiceLineSchema).min(1).max(limits.linesPerOrderMax),
  orders: z.array(orderIdSchema).min(1).max(limits.ordersPerInvoiceMax),
  fingerprint: hashTextSchema,
  flags: z.array(z.enum(['DUPLICATE_FINGERPRINT'])),
  disputedMinor: countSchema,
  creditedMinor: countSchema,
  /** Vouchers issued on it that wait for the debtor, and those that it confirmed (D6). */
  proposedMinor: countSchema,
  voucheredMinor: countSchema,
  /** Where a dispute found the invoice, and leaves it. */
  formerState: z.enum(['REGISTERED', 'MATCHED', 'CONFIRMED']).optional(),
  /** The day from which the payment term runs; known from the match on. */
  basisDay: daySchema.optional(),
  /** Computed, never typed in (O4). */
  paymentDueDay: daySchema.optional(),
  obligation: idSchema('ob').optional(),
  registeredAt: timeSchema,
  state: invoiceStateSchema,
  version: versionSchema,
});

export const fingerprintSchema = z.strictObject({ invoice: invoiceIdSchema });
export const similarSchema = z.strictObject({
  invoices: z.array(invoiceIdSchema).max(limits.similarInvoicesKeptMax),
  count: z.number().int().min(1),
});

/** A party's latest sales of one ware, for the search for circles of trade. */
export const salesSchema = z.strictObject({
  sales: z
    .array(z.strictObject({ order: orderIdSchema, buyer: partyIdSchema, day: daySchema }))
    .max(limits.salesKeptPerPartyMax),
});

export type Order = z.infer<typeof orderSchema>;
export type OrderLine = z.infer<typeof orderLineSchema>;
export type PaymentTerm = z.infer<typeof paymentTermSchema>;
export type Delivery = z.infer<typeof deliverySchema>;
export type Arrivals = z.infer<typeof arrivalsSchema>['arrivals'];
export type Invoice = z.infer<typeof invoiceSchema>;
export type InvoiceLine = z.infer<typeof invoiceLineSchema>;

const lineTermsSchema = z.strictObject(lineTermFields);
export type LineTerms = z.infer<typeof lineTermsSchema>;
const lineTermsListSchema = z.array(lineTermsSchema).min(1).max(limits.linesPerOrderMax);
const statedTermSchema = z.strictObject({
  days: termDaysSchema.optional(),
  /** `third_party_payment` can be said, and is refused. */
  basis: z.enum([...basisSchema.options, 'third_party_payment']),
  inspectionDays: termDaysSchema.optional(),
  lateRateBps: bpsSchema.optional(),
});
export type StatedTerm = z.infer<typeof statedTermSchema>;

const change = <K extends z.ZodType<string>>(id: K) => ({ id, expectedVersion: versionSchema });

export const commandSchemas = {
  issue_order: z.strictObject({
    id: orderIdSchema,
    seller: partyIdSchema,
    consignee: partyIdSchema.optional(),
    currency: currencySchema,
    lines: lineTermsListSchema,
    paymentTerm: statedTermSchema,
    nonCashClause: refSchema.optional(),
  }),
  accept_order: z.strictObject(change(orderIdSchema)),
  reject_order: z.strictObject({ ...change(orderIdSchema), reason: noteSchema.optional() }),
  cancel: z.strictObject(change(orderIdSchema)),
  close_short: z.strictObject(change(orderIdSchema)),
  /** All lines as they shall be from now on, and the payment term. */
  amend: z.strictObject({
    ...change(orderIdSchema),
    lines: lineTermsListSchema,
    paymentTerm: statedTermSchema,
  }),
  finance_order: z.strictObject({
    ...change(orderIdSchema),
    advance: moneySchema,
    lines: z.array(financedLineSchema).min(1).max(limits.financedLinesPerOrderMax),
  }),
  end_order_finance: z.strictObject(change(orderIdSchema)),
  ship: z.strictObject({
    id: deliveryIdSchema,
    order: orderIdSchema,
    carrier: partyIdSchema.optional(),
    lines: z
      .array(z.strictObject({ lineNo: lineNoSchema, quantity: quantitySchema }))
      .min(1)
      .max(limits.linesPerOrderMax),
    eventHashes: eventHashesSchema.optional(),
  }),
  hand_over: z.strictObject({
    ...change(deliveryIdSchema),
    receiver: partyIdSchema,
    /** The day the goods came; left out, the day of the receiver's signature. */
    deliveredDay: daySchema.optional(),
    eventHashes: eventHashesSchema.optional(),
  }),
  accept_delivery: z.strictObject({
    ...change(deliveryIdSchema),
    lines: z
      .array(
        z.strictObject({
          lineNo: lineNoSchema,
          unit: unitSchema,
          scale: scaleSchema,
          accepted: countSchema,
          rejected: countSchema,
          lost: countSchema,
        }),
      )
      .min(1)
      .max(limits.linesPerOrderMax),
    eventHashes: eventHashesSchema.optional(),
  }),
  register_invoice: z.strictObject({
    id: invoiceIdSchema,
    buyer: partyIdSchema,
    sellerTaxId: taxIdSchema,
    buyerTaxId: taxIdSchema,
    code: z.string().min(1).max(limits.nameTextMax),
    number: z.string().min(1).max(limits.nameTextMax),
    amount: moneySchema,
    tax: moneySchema,
    issueDay: daySchema,
    lines: z.array(invoiceLineSchema).min(1).max(limits.linesPerOrderMax),
  }),
  match: z.strictObject({ id: invoiceIdSchema }),
  confirm_invoice: z.strictObject(change(invoiceIdSchema)),
  dispute: z.strictObject({
    ...change(invoiceIdSchema),
    minor: z.bigint(),
    reason: noteSchema,
  }),
  /** How much of the disputed amount is not owed. */
  resolve: z.strictObject({ ...change(invoiceIdSchema), creditMinor: z.bigint().min(0n) }),
  credit_note: z.strictObject({
    ...change(invoiceIdSchema),
    number: z.string().min(1).max(limits.idTextMax),
    minor: z.bigint(),
  }),
} as const;

export const internalSchemas = {
  /** By how much the vouchers of an invoice change: those proposed, those confirmed. */
  voucher: z.strictObject({
    id: invoiceIdSchema,
    proposedBy: integerSchema,
    voucheredBy: integerSchema,
  }),
} as const;
