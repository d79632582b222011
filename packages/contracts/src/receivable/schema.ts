import {
  bpsSchema,
  currencySchema,
  daySchema,
  limits,
  moneySchema,
  timeSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import {
  countedMoneySchema,
  countSchema,
  formerCreditorSchema,
  lateRateSchema,
  noteSchema,
  objectIdSchema,
  partyIdSchema,
  refSchema,
  sizeClassSchema,
  versionSchema,
} from '../fields.js';
import { idSchema } from '../params.js';

export const claimIdSchema = idSchema('rv');
const invoiceIdSchema = idSchema('in');
const orderIdSchema = idSchema('po');
const proofIdSchema = idSchema('pp');

/** States in which a claim waits for signatures, a registration or a disbursement. */
export const pendingStates = [
  'CANCEL_PENDING',
  'TRANSFER_PENDING',
  'PLEDGE_PENDING',
  'FINANCE_PENDING',
] as const;
/** Live in the sense of domain 3.4. */
export const liveStates = ['ACTIVE', 'FINANCED', 'PLEDGED'] as const;
/** The debtor has to pay now. */
export const dueStates = ['MATURED', 'OVERDUE', 'RECOURSE'] as const;
export const consumedStates = ['SPLIT', 'TRANSFERRED', 'REDEEMED', 'CANCELLED'] as const;
export const claimStateSchema = z.enum([
  'PROPOSED',
  ...liveStates,
  ...pendingStates,
  ...dueStates,
  ...consumedStates,
]);

export const claimFlags = [
  'unusual_payment_term',
  'term_over_six_months',
  'LATE_CONFIRM',
  'CIRCULAR_TRADE',
  'search_incomplete',
  'debtor_not_notified',
] as const;
const flagsSchema = z.array(z.enum(claimFlags)).max(claimFlags.length);

/** The trade that a transfer rests on: a matched invoice or an accepted order between the two. */
export const tradeRefSchema = z.union([invoiceIdSchema, orderIdSchema]);

const financeTermFields = {
  /** Factoring (保理), or a plain assignment (债权转让). */
  kind: z.enum(['factoring', 'assignment']),
  /** What the lender pays out. */
  advance: countedMoneySchema,
  rateBps: bpsSchema,
  dayCount: z.union([z.literal(360), z.literal(365)]),
  recourse: z.boolean(),
  /** Fees and costs that both agreed on, due with the advance and the discount. */
  costsMinor: countSchema,
};

export const financingSchema = z.strictObject({
  ...financeTermFields,
  lender: partyIdSchema,
  /** Who received the advance, and against whom recourse lies. */
  assignor: partyIdSchema,
  /** From the day of the agreement to maturity. */
  days: z.number().int().min(0),
  discountMinor: countSchema,
  fromDay: daySchema,
  /** What recourse was exercised for: advance, interest and costs on that day. */
  calledMinor: countSchema.optional(),
  /** Until when the financing may wait for its completion undisturbed. */
  pendingUntil: timeSchema,
  registrationNo: z.string().optional(),
  disbursement: proofIdSchema.optional(),
});

export const pledgeSchema = z.strictObject({
  lender: partyIdSchema,
  securedMax: countedMoneySchema,
  debtRef: objectIdSchema,
  pendingUntil: timeSchema,
});

/** One electronic voucher: created whole, consumed whole, replaced by its children. */
export const claimSchema = z.strictObject({
  id: claimIdSchema,
  root: claimIdSchema,
  parents: z.array(claimIdSchema).max(1),
  children: z.array(claimIdSchema).max(limits.splitChildrenMax),
  face: countedMoneySchema,
  debtor: partyIdSchema,
  originalCreditor: partyIdSchema,
  holder: partyIdSchema,
  maturity: daySchema,
  /** 1 with the original creditor, one more at each transfer (D8). */
  tier: z.number().int().min(1).max(limits.claimTiersMax),
  tradeRef: tradeRefSchema,
  financing: financingSchema.optional(),
  pledge: pledgeSchema.optional(),
  lien: idSchema('ln').optional(),
  /** The last notice to the debtor: whom to pay, since when it binds (546). */
  notice: z
    .strictObject({
      creditor: partyIdSchema,
      at: timeSchema,
      acknowledgedAt: timeSchema.optional(),
    })
    .optional(),
  former: z.array(formerCreditorSchema).max(limits.claimTiersMax + 1),
  flags: flagsSchema,
  state: claimStateSchema,
  /** What a pending command found, and leaves when it is rejected. */
  formerState: claimStateSchema.optional(),
  frozen: z
    .strictObject({ by: partyIdSchema, order: refSchema, until: timeSchema.optional() })
    .optional(),
  /** Holders of whom a court or regulator found that they knew the claim to be fictitious. */
  knowing: z.array(partyIdSchema).max(limits.claimTiersMax),
  obligation: idSchema('ob').optional(),
  recourseObligation: idSchema('ob').optional(),
  surplusObligation: idSchema('ob').optional(),
  version: versionSchema,
});

export const partOfInvoiceSchema = z.strictObject({ invoice: invoiceIdSchema, minor: countSchema });

/** What a whole tree of claims goes back to, with the sums that keep D1 without a scan. */
export const rootSchema = z.strictObject({
  id: claimIdSchema,
  face: countedMoneySchema,
  debtor: partyIdSchema,
  originalCreditor: partyIdSchema,
  debtorSizeClass: sizeClassSchema,
  creditorSizeClass: sizeClassSchema,
  invoices: z.array(partOfInvoiceSchema).min(1).max(limits.invoicesPerClaimMax),
  issuedDay: daySchema,
  maturity: daySchema,
  paymentDueDay: daySchema,
  nonCashClause: refSchema.optional(),
  longTermReason: noteSchema.optional(),
  /** A clause against assignment: recorded, not good against a transferee (545). */
  assignmentBan: refSchema.optional(),
  lateRate: lateRateSchema,
  /** When the debtor was asked to confirm: LATE_CONFIRM runs from here. */
  requestedAt: timeSchema,
  confirmedAt: timeSchema.optional(),
  /** Face that ever left the original creditor or was charged: cancelling ends there. */
  movedMinor: countSchema,
  redeemedMinor: countSchema,
  cancelledMinor: countSchema,
});

/** The debtor's confirmation, written once and never changed (D9; Interp. 61(1), CI 49). */
export const estoppelSchema = z.strictObject({
  root: claimIdSchema,
  debtor: partyIdSchema,
  creditor: partyIdSchema,
  face: countedMoneySchema,
  invoices: z.array(partOfInvoiceSchema).min(1).max(limits.invoicesPerClaimMax),
  confirmedAt: timeSchema,
  height: z.number().int().min(0),
});

/** What lenders grant a debtor in a currency, and what of it confirmed claims use (D5). */
export const creditLineSchema = z.strictObject({
  debtor: partyIdSchema,
  currency: currencySchema,
  grants: z
    .array(z.strictObject({ lender: partyIdSchema, minor: countSchema }))
    .max(limits.grantsPerCreditLineMax),
  usedMinor: countSchema,
  version: versionSchema,
});

/** What a lender has at stake with a debtor, or with all of them, in a currency. */
export const exposureSchema = z.strictObject({
  lender: partyIdSchema,
  currency: currencySchema,
  minor: countSchema,
  /** The claim on which CONCENTRATION stands. */
  alertOn: claimIdSchema.optional(),
});

export type Exposure = z.infer<typeof exposureSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type ClaimState = z.infer<typeof claimStateSchema>;
export type ClaimFlag = (typeof claimFlags)[number];
export type Root = z.infer<typeof rootSchema>;
export type Financing = z.infer<typeof financingSchema>;
export type CreditLine = z.infer<typeof creditLineSchema>;
export type PartOfInvoice = z.infer<typeof partOfInvoiceSchema>;

const change = { id: claimIdSchema, expectedVersion: versionSchema };
const registrationFields = {
  registrationNo: z.string().regex(/^[0-9A-Za-z-]{1,40}$/),
  registeredAt: timeSchema,
  registryValidTo: daySchema,
};

export const commandSchemas = {
  /** A lender's line for a debtor; 0 takes it back as far as it is not used. */
  set_credit_line: z.strictObject({ debtor: partyIdSchema, limit: moneySchema }),
  issue: z.strictObject({
    id: claimIdSchema,
    invoices: z
      .array(z.strictObject({ invoice: invoiceIdSchema, minor: z.bigint() }))
      .min(1)
      .max(limits.invoicesPerClaimMax),
    maturity: daySchema,
    /** The creditor's agreement to be paid other than in cash (SME 11). */
    nonCashClause: refSchema.optional(),
    longTermReason: noteSchema.optional(),
    /** A clause against assignment, if there is one (545). */
    assignmentBan: refSchema.optional(),
    /** Agreed yearly rate of late interest; left out, that of the orders, else 5 Bps a day. */
    lateRateBps: bpsSchema.optional(),
  }),
  confirm: z.strictObject(change),
  cancel: z.strictObject(change),
  split: z.strictObject({
    ...change,
    parts: z
      .array(z.strictObject({ id: claimIdSchema, minor: z.bigint() }))
      .min(2)
      .max(limits.splitChildrenMax),
  }),
  transfer: z.strictObject({
    ...change,
    child: claimIdSchema,
    receiver: partyIdSchema,
    /** Left out only between lenders (再保理). */
    tradeRef: tradeRefSchema.optional(),
    /** Of an encumbered claim: the lender whose burden it carries, who then signs too. */
    lender: partyIdSchema.optional(),
  }),
  finance: z.strictObject({ ...change, ...financeTermFields }),
  record_registration: z.strictObject({ id: claimIdSchema, ...registrationFields }),
  complete_finance: z.strictObject({ ...change, proof: proofIdSchema }),
  pledge: z.strictObject({
    ...change,
    lender: partyIdSchema,
    securedMax: moneySchema,
    /** The debt that it secures; left out, the claim's own number stands for it. */
    debtRef: objectIdSchema.optional(),
  }),
  abandon: z.strictObject({ id: claimIdSchema }),
  release: z.strictObject(change),
  notify_debtor: z.strictObject({ id: claimIdSchema }),
  acknowledge_notice: z.strictObject({ id: claimIdSchema }),
  mature: z.strictObject({ id: claimIdSchema }),
  mark_overdue: z.strictObject(change),
  exercise_recourse: z.strictObject(change),
  complete_recourse: z.strictObject({ id: claimIdSchema }),
  redeem: z.strictObject({ id: claimIdSchema }),
  flag_late_confirm: z.strictObject({ id: claimIdSchema }),
  freeze: z.strictObject({
    id: claimIdSchema,
    order: refSchema,
    until: timeSchema.optional(),
  }),
  unfreeze: z.strictObject({ id: claimIdSchema, order: refSchema }),
  record_knowledge: z.strictObject({
    id: claimIdSchema,
    party: partyIdSchema,
    order: refSchema,
  }),
} as const;
