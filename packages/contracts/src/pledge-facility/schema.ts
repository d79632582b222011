import {
  bpsSchema,
  currencySchema,
  daySchema,
  integerSchema,
  limits,
  moneySchema,
  priceSchema,
  quantitySchema,
  timeSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { countSchema, hashTextSchema, partyIdSchema, refSchema, versionSchema } from '../fields.js';
import { idSchema } from '../params.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const facilityIdSchema = idSchema('pl');
const feedIdSchema = idSchema('pf');
const proofIdSchema = idSchema('pp');
const lienIdSchema = idSchema('ln');
const objectIdSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
const assetIdSchema = z.string().regex(/^(wr|lt|an)_[a-z0-9-]{1,60}$/);
const ratioSchema = bpsSchema.min(1);
const eventNameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);

/** Live are ESTABLISHED to MARGIN_CALL (domain 3.7). */
export const liveStates = ['ESTABLISHED', 'NORMAL', 'WARNING', 'MARGIN_CALL'] as const;
export const facilityStates = [
  'APPROVED',
  'CONTROL_PENDING',
  ...liveStates,
  'CURE_FAILED',
  'DEFAULT',
  'ENFORCEMENT',
  'CLOSED',
] as const;
/** 折价, 拍卖, 变卖 (Civil Code 410, 436). */
export const saleMethods = ['agreed_price', 'auction', 'private_sale'] as const;
export const lineParts = [
  'enforcement_costs',
  'costs',
  'interest',
  'principal',
  'penalties',
  'reserved',
  'surplus',
] as const;
export const lines = ['none', 'warning', 'margin_call', 'disposal'] as const;

/** An item as the parties agree it: a receipt, a lot charged whole or an animal, and its feed. */
const itemTerms = {
  asset: assetIdSchema,
  feed: feedIdSchema,
  haircutBps: bpsSchema.max(10_000),
  priceCap: priceSchema.optional(),
  /** How long a supervisor's verification lasts. */
  verifiedWithinMs: z
    .number()
    .int()
    .min(HOUR_MS)
    .max(366 * DAY_MS),
  insuranceRequired: z.boolean(),
  /** Stands behind another creditor's exclusive lien: counts only what that one leaves (F4). */
  junior: z.literal(true).optional(),
};
export const itemTermsSchema = z.strictObject(itemTerms);
export const itemSchema = z.strictObject({
  ...itemTerms,
  verifiedAt: timeSchema.optional(),
  /** Price of the feed when money was last drawn on it: what a fall is measured from (433). */
  basePrice: integerSchema.optional(),
});

const agreedFields = {
  kind: z.enum(['static', 'floating']),
  limit: moneySchema,
  initialLtvBps: ratioSchema,
  warningBps: ratioSchema,
  marginCallBps: ratioSchema,
  disposalBps: ratioSchema,
  cureToBps: ratioSchema,
  /** How long the pledgor has to cure a margin call. */
  cureMs: z
    .number()
    .int()
    .min(HOUR_MS)
    .max(30 * DAY_MS),
  /** Least value and quantity under control of a floating pledge (最低控货价值). */
  floorValueMinor: countSchema.optional(),
  floorQuantity: quantitySchema.optional(),
  maturity: daySchema,
  rateBps: bpsSchema.max(limits.facilityRateBpsMax),
  /** From maturity, or from an earlier default; none, then `rateBps` goes on. */
  defaultRateBps: bpsSchema.max(limits.facilityRateBpsMax).optional(),
  dayCount: z.union([z.literal(360), z.literal(365)]),
  privateSaleAgreed: z.boolean(),
  /**
   * A signed count and devices bound to the goods stand before control is attested. Left out, both
   * are required; `false` is the waiver that lender, pledgor and supervisor sign.
   */
  stocktakeRequired: z.boolean().optional(),
  devicesRequired: z.boolean().optional(),
  /** Names of events that the parties agree are defaults. */
  defaultEvents: z.array(eventNameSchema).max(limits.defaultEventsPerFacilityMax),
};

/**
 * What is owed, exact: interest so far = interestWhole + interestRest / (10000 * dayCount), to
 * the day `accruedTo`, so that changes of principal lose no fraction.
 */
export const debtSchema = z.strictObject({
  principalMinor: countSchema,
  costsMinor: countSchema,
  /** Agreed penalties that are not interest: paid after principal (counsel). */
  penaltiesMinor: countSchema,
  interestWhole: countSchema,
  interestRest: z.number().int().min(0),
  interestPaidMinor: countSchema,
  accruedTo: daySchema,
});

export const marginCallSchema = z.strictObject({
  issuedAt: timeSchema,
  deadline: timeSchema,
  cureCashMinor: countSchema,
  cureGoodsValueMinor: countSchema,
  /** Of the first item's goods; none when no goods can cure. */
  cureGoodsQuantity: quantitySchema.optional(),
});

/** The last valuation: sums, the line that it crossed, and the hash of all that went in (F5). */
export const valuationSchema = z.strictObject({
  at: timeSchema,
  height: z.number().int(),
  debtMinor: countSchema,
  valueMinor: integerSchema,
  /** floor(L * 10000 / V), for display only; none when V is not positive or the ratio is huge. */
  ltvBps: z.number().int().optional(),
  line: z.enum(lines),
  itemsCounted: z.number().int(),
  itemsLeftOut: z.number().int(),
  inputs: hashTextSchema,
});

/** How the goods are being turned into money, and by whose word. */
export const enforcementSchema = z.strictObject({
  cause: z.enum(['default', 'early_sale']),
  method: z.enum(saleMethods),
  /** A private-sale clause, the pledgor's signature, a court's order, or the statute (433). */
  right: z.enum(['agreed', 'pledgor_signed', 'court_order', 'statute']),
  court: partyIdSchema.optional(),
  order: refSchema.optional(),
  /** Early sale: proceeds prepay by agreement or are kept in deposit until the debt is due. */
  proceeds: z.enum(['prepay', 'deposit']),
  demand: refSchema.optional(),
  refusal: refSchema.optional(),
  openedAt: timeSchema,
  sales: z.number().int().min(0),
  distributed: z.number().int().min(0),
  /** The lender has stated that nothing more will be sold. */
  complete: z.boolean(),
});

const assetPriceSchema = z.strictObject({ asset: assetIdSchema, price: moneySchema });
const marketReferenceSchema = z.union([
  z.strictObject({ kind: z.literal('feed'), feed: feedIdSchema }),
  z.strictObject({ kind: z.literal('appraisal'), document: refSchema }),
]);

/** One sale in an enforcement: what went to whom for how much, measured by which market. */
export const saleSchema = z.strictObject({
  facility: facilityIdSchema,
  number: z.number().int().min(1),
  method: z.enum(saleMethods),
  buyer: partyIdSchema,
  /** Who pays the price to the lender; an auction house may, for the buyer. */
  payer: partyIdSchema,
  assets: z.array(assetPriceSchema).min(1).max(limits.assetsPerSaleMax),
  totalMinor: countSchema,
  currency: currencySchema,
  costsMinor: countSchema,
  marketReference: marketReferenceSchema.optional(),
  /** What the goods would fetch at the reference's price; none for an appraisal. */
  marketMinor: integerSchema.optional(),
  evidence: refSchema,
  recordedAt: timeSchema,
  state: z.enum(['RECORDED', 'DISTRIBUTED']),
  proof: proofIdSchema.optional(),
});

/** What another creditor with a lien on the goods says it is owed. */
export const claimSchema = z.strictObject({
  facility: facilityIdSchema,
  debtRef: objectIdSchema,
  holder: partyIdSchema,
  stated: z
    .strictObject({
      costsMinor: countSchema,
      interestMinor: countSchema,
      principalMinor: countSchema,
      evidence: refSchema,
      at: timeSchema,
    })
    .optional(),
  /** Paid so far out of this enforcement. */
  paidMinor: countSchema,
});

/** One line of a waterfall: who gets how much by which article. */
export const lineSchema = z.strictObject({
  asset: assetIdSchema,
  part: z.enum(lineParts),
  to: partyIdSchema,
  lien: lienIdSchema.optional(),
  articles: z.array(z.string()),
  amountMinor: countSchema,
});

export const distributionSchema = z.strictObject({
  facility: facilityIdSchema,
  sale: z.number().int().min(1),
  currency: currencySchema,
  proceedsMinor: countSchema,
  /** They add up to the proceeds, to the minor unit. */
  lines: z.array(lineSchema).max(limits.linesPerDistributionMax),
  /** Rule set of the ranking that gave the order. */
  ruleSet: z.string(),
  at: timeSchema,
});

export const facilitySchema = z.strictObject({
  id: facilityIdSchema,
  lender: partyIdSchema,
  pledgor: partyIdSchema,
  supervisor: partyIdSchema.optional(),
  agreement: refSchema.optional(),
  ...agreedFields,
  items: z.array(itemSchema).max(limits.itemsPerFacilityMax),
  debt: debtSchema,
  state: z.enum(facilityStates),
  valuation: valuationSchema.optional(),
  marginCall: marginCallSchema.optional(),
  default: z
    .strictObject({ event: eventNameSchema, evidence: refSchema.optional(), at: timeSchema })
    .optional(),
  enforcement: enforcementSchema.optional(),
  /** What the goods left unpaid when it closed: owed on, without security (438). */
  shortfallMinor: countSchema.optional(),
  createdAt: timeSchema,
  version: versionSchema,
});

export type Facility = z.infer<typeof facilitySchema>;
export type FacilityState = Facility['state'];
export type Item = z.infer<typeof itemSchema>;
export type ItemTerms = z.infer<typeof itemTermsSchema>;
export type Debt = z.infer<typeof debtSchema>;
export type Line = (typeof lines)[number];
export type Valuation = z.infer<typeof valuationSchema>;
export type MarginCall = z.infer<typeof marginCallSchema>;
export type Enforcement = z.infer<typeof enforcementSchema>;
export type Sale = z.infer<typeof saleSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type DistributionLine = z.infer<typeof lineSchema>;
export type Distribution = z.infer<typeof distributionSchema>;

const id = facilityIdSchema;
/** Who else has a lien on the goods was told of the enforcement, and how. */
const noticesSchema = z
  .array(z.strictObject({ lien: lienIdSchema, evidence: refSchema }))
  .max(limits.noticesPerEnforcementMax);
const changed = { id, expectedVersion: versionSchema };

export const commandSchemas = {
  apply: z.strictObject({
    id,
    lender: partyIdSchema,
    ...agreedFields,
    items: z.array(itemTermsSchema).min(1).max(limits.itemsPerFacilityMax),
    /** A clause that gives the goods to the lender on default; must be false (401, 428). */
    titlePassesOnDefault: z.boolean(),
  }),
  sign_agreement: z.strictObject({
    ...changed,
    supervisor: partyIdSchema,
    /** Whose contract the supervisor works under: the lender's, or the pledge is void. */
    engagedBy: partyIdSchema,
    agreement: refSchema,
  }),
  attest_control: z.strictObject({
    id,
    evidence: refSchema,
    /** The signed stocktake that the attestation rests on. */
    stocktake: refSchema.optional(),
  }),
  draw: z.strictObject({ ...changed, amount: moneySchema }),
  revalue: z.strictObject({ id }),
  record_costs: z.strictObject({
    id,
    amount: moneySchema,
    evidence: refSchema,
    /** Costs are paid first; a penalty that is not interest is paid last. */
    kind: z.enum(['costs', 'penalty']).optional(),
  }),
  repay: z.strictObject({ id, proof: proofIdSchema }),
  cure_cash: z.strictObject({ id, proof: proofIdSchema }),
  add_item: z.strictObject({ id, item: itemTermsSchema }),
  cure_goods: z.strictObject({ id, item: itemTermsSchema }),
  release_item: z.strictObject({ ...changed, asset: assetIdSchema }),
  substitute: z.strictObject({ ...changed, incoming: itemTermsSchema, outgoing: assetIdSchema }),
  fail_cure: z.strictObject({ ...changed }),
  declare_default: z.strictObject({
    ...changed,
    /** `debt_unpaid`, `cure_failed`, or one of the agreed events. */
    event: eventNameSchema,
    evidence: refSchema.optional(),
  }),
  early_sale: z.strictObject({
    ...changed,
    method: z.enum(['auction', 'private_sale']),
    demand: refSchema,
    refusal: refSchema,
    proceeds: z.enum(['prepay', 'deposit']),
    notices: noticesSchema,
  }),
  open_enforcement: z.strictObject({
    ...changed,
    method: z.enum(saleMethods),
    /** The pledgor signs, after the default; always so for an agreed price. */
    pledgorSigns: z.boolean(),
    /** The court whose order stands for the pledgor's word; it signs, too. */
    courtOrder: z.strictObject({ court: partyIdSchema, order: refSchema }).optional(),
    notices: noticesSchema,
  }),
  state_claim: z.strictObject({
    id,
    lien: lienIdSchema,
    costsMinor: countSchema,
    interestMinor: countSchema,
    principalMinor: countSchema,
    evidence: refSchema,
  }),
  record_sale: z.strictObject({
    ...changed,
    assets: z.array(assetPriceSchema).min(1).max(limits.assetsPerSaleMax),
    buyer: partyIdSchema,
    payer: partyIdSchema.optional(),
    marketReference: marketReferenceSchema.optional(),
    costs: moneySchema.optional(),
    evidence: refSchema,
    /** Nothing more will be sold: what is then left unpaid is unsecured. */
    complete: z.boolean(),
  }),
  distribute: z.strictObject({
    id,
    sale: z.number().int().min(1),
    proof: proofIdSchema.optional(),
  }),
  repay_and_release: z.strictObject({ ...changed }),
} as const;
