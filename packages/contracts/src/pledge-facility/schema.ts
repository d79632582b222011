import {
  bpsSchema,
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
const assetIdSchema = z.string().regex(/^(wr|lt)_[a-z0-9-]{1,60}$/);
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
  'CLOSED',
] as const;
export const lines = ['none', 'warning', 'margin_call', 'disposal'] as const;

/** An item as the parties agree it: a receipt, or a lot charged whole, priced by a feed. */
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
};
export const itemTermsSchema = z.strictObject(itemTerms);
export const itemSchema = z.strictObject({ ...itemTerms, verifiedAt: timeSchema.optional() });

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
  dayCount: z.union([z.literal(360), z.literal(365)]),
  privateSaleAgreed: z.boolean(),
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

const id = facilityIdSchema;
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
  attest_control: z.strictObject({ id, evidence: refSchema }),
  draw: z.strictObject({ ...changed, amount: moneySchema }),
  revalue: z.strictObject({ id }),
  record_costs: z.strictObject({ id, amount: moneySchema, evidence: refSchema }),
  repay: z.strictObject({ id, proof: proofIdSchema }),
  cure_cash: z.strictObject({ id, proof: proofIdSchema }),
  add_item: z.strictObject({ id, item: itemTermsSchema }),
  cure_goods: z.strictObject({ id, item: itemTermsSchema }),
  release_item: z.strictObject({ ...changed, asset: assetIdSchema }),
  fail_cure: z.strictObject({ ...changed }),
  declare_default: z.strictObject({
    ...changed,
    /** `debt_unpaid`, `cure_failed`, or one of the agreed events. */
    event: eventNameSchema,
    evidence: refSchema.optional(),
  }),
  repay_and_release: z.strictObject({ ...changed }),
} as const;
