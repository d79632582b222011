import {
  daySchema,
  limits,
  moneySchema,
  quantitySchema,
  scaleSchema,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { countSchema, partyIdSchema, refSchema, skuSchema } from '../fields.js';
import { expectedVersionSchema, idSchema } from '../params.js';

/** `stock`: all that a grantor has of the wares described, now and later (floating liens). */
export const assetKinds = ['receipt', 'lot', 'unit', 'claim', 'animal', 'item', 'stock'] as const;

/** Classes of liens (domain 3.6). */
export const lienClasses = [
  'PLEDGE_RECEIPT',
  'PLEDGE_GOODS',
  'MORTGAGE',
  'FLOATING_MORTGAGE',
  'PURCHASE_MONEY',
  'TITLE_RETENTION',
  'FINANCE_LEASE',
  'RETENTION',
  'RECEIVABLE_PLEDGE',
  'FACTORING',
  'ASSIGNMENT',
] as const;

/** Classes that `create` makes on goods; the others have commands of their own. */
export const goodsLienClasses = [
  'PLEDGE_GOODS',
  'MORTGAGE',
  'FLOATING_MORTGAGE',
  'PURCHASE_MONEY',
  'TITLE_RETENTION',
  'FINANCE_LEASE',
] as const;

export const lienStates = [
  'PROPOSED',
  'EFFECTIVE',
  'CRYSTALLISED',
  'RELEASED',
  'ENFORCED',
  'MOVED',
] as const;
/** Events of Civil Code 411 that fix what a floating mortgage covers. */
export const crystallisationEvents = [
  'due_unpaid',
  'bankruptcy_or_dissolution',
  'agreed_event',
  'serious_harm',
] as const;
export const receiptPledgeBases = ['endorsement', 'registration', 'both'] as const;

/** The id of any object, whatever its kind. */
export const objectIdSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
export const lienIdSchema = idSchema('ln');
export const lienClassSchema = z.enum(lienClasses);
export const assetSchema = z.strictObject({
  kind: z.enum(assetKinds),
  /** An object's id; of a stock its grantor's. */
  id: z.union([objectIdSchema, partyIdSchema]),
  quantity: quantitySchema.optional(),
});

/** What a floating lien covers of its grantor's goods; an empty list leaves nothing out. */
export const coverSchema = z.strictObject({
  skus: z.array(skuSchema).max(limits.floatingDescriptionsMax),
  warehouses: z.array(partyIdSchema).max(limits.floatingDescriptionsMax),
});
/** A stage of goods: an object, or a line of it (`po_1.2`). */
export const stageSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}(\.[1-9][0-9]{0,2})?$/);
const registrationNoSchema = z.string().regex(/^[0-9A-Za-z-]{1,40}$/);

/** What makes a lien known to third parties; outside times beside the block's (R5). */
export const publicitySchema = z.strictObject({
  registrationNo: registrationNoSchema.optional(),
  registeredAt: timeSchema.optional(),
  registryValidTo: daySchema.optional(),
  controlAt: timeSchema.optional(),
  controlBy: partyIdSchema.optional(),
  /** When the notice of assignment reached the debtor (546, 768). */
  noticeAt: timeSchema.optional(),
  /** When the buyer got the goods: from then run the ten days of 416. */
  deliveredOn: daySchema.optional(),
  /** RETENTION: the holder still has the goods (457). */
  possession: z.boolean().optional(),
  /** Public, but nobody can prove since when (Interp. 59). */
  timeUnknown: z.boolean().optional(),
  /** The maximum that the register shows; it prevails (Interp. 15). */
  registeredMax: moneySchema.optional(),
});

/** What a retention rests on (447, 448), and until when the debtor may still pay (453). */
export const retentionSchema = z.strictObject({
  basis: z.enum(['same_legal_relation', 'between_enterprises']),
  evidence: refSchema,
  perishable: z.boolean(),
  debtorMayPayUntil: daySchema,
});

export const lienSchema = z.strictObject({
  id: lienIdSchema,
  asset: assetSchema,
  class: lienClassSchema,
  grantor: partyIdSchema,
  holder: partyIdSchema,
  securedMax: moneySchema,
  /** The facility, claim or contract whose debt it secures. */
  debtRef: objectIdSchema,
  exclusive: z.boolean(),
  /** PLEDGE_RECEIPT: the rule of effectiveness in force when it was made. */
  basis: z.enum(receiptPledgeBases).optional(),
  /** A floating lien's description; for asset kind `stock` only. */
  covers: coverSchema.optional(),
  /** It secures the price of the very goods, or what was lent for it (416, Interp. 57). */
  securesPrice: z.boolean().optional(),
  /** Reported from outside the ledger, on this evidence. */
  external: z.strictObject({ evidence: refSchema, reportedBy: partyIdSchema }).optional(),
  retention: retentionSchema.optional(),
  /** On what it was enforced. */
  enforcement: refSchema.optional(),
  crystallised: z
    .strictObject({ event: z.enum(crystallisationEvents), evidence: refSchema, at: timeSchema })
    .optional(),
  state: z.enum(lienStates),
  publicity: publicitySchema,
  /** The lien that this one descends from through splits; itself for a first one. */
  origin: lienIdSchema,
  parent: lienIdSchema.optional(),
  children: z.array(lienIdSchema).max(limits.splitChildrenMax),
  createdAt: timeSchema,
  /** Legal time from which it is effective. */
  effectiveAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
  version: z.number().int(),
});

/** One entry of an asset's list: class, state and times, never amounts (domain section 6). */
export const assetLienSchema = z.strictObject({
  lien: lienIdSchema,
  class: lienClassSchema,
  exclusive: z.boolean(),
  state: z.enum(lienStates),
  createdAt: timeSchema,
  effectiveAt: timeSchema.optional(),
  registeredAt: timeSchema.optional(),
  registryValidTo: daySchema.optional(),
  controlAt: timeSchema.optional(),
  noticeAt: timeSchema.optional(),
});

/** All live liens of one asset under one key, so that their absence can be proved. */
export const onAssetSchema = z.strictObject({
  asset: z.union([objectIdSchema, partyIdSchema]),
  liens: z.array(assetLienSchema).min(1).max(limits.liensPerAssetMax),
});

export const registrationSchema = z.strictObject({
  grantor: partyIdSchema,
  holder: partyIdSchema,
  debtRef: objectIdSchema,
});

/** A hold of one financing or lien on a quantity at a stage. */
export const goodsClaimSchema = z.strictObject({
  by: objectIdSchema,
  holder: partyIdSchema,
  value: countSchema,
});

export const lineagePartSchema = z.strictObject({
  /** The stage at which these goods were first known. */
  lineage: stageSchema,
  value: countSchema,
  claims: z.array(goodsClaimSchema).max(limits.claimsPerLineagePartMax),
});

/** What is at one stage of the goods' way now, by where it came from, and who holds it. */
export const goodsStageSchema = z.strictObject({
  stage: stageSchema,
  unit: unitSchema,
  scale: scaleSchema,
  parts: z.array(lineagePartSchema).max(limits.lineagePartsPerReceiptMax),
});

/** One mark ends all that a financing or lien holds, wherever its goods are (R14). */
export const claimantSchema = z.strictObject({
  id: objectIdSchema,
  holder: partyIdSchema,
  state: z.enum(['HOLDING', 'RELEASED']),
});

export type GoodsStage = z.infer<typeof goodsStageSchema>;
export type LineagePart = z.infer<typeof lineagePartSchema>;
export type GoodsClaim = z.infer<typeof goodsClaimSchema>;
export type Lien = z.infer<typeof lienSchema>;
export type LienClass = z.infer<typeof lienClassSchema>;
export type Asset = z.infer<typeof assetSchema>;
export type AssetLien = z.infer<typeof assetLienSchema>;
export type Publicity = z.infer<typeof publicitySchema>;

export const commandSchemas = {
  create: z.strictObject({
    id: lienIdSchema,
    asset: assetSchema,
    class: z.enum(goodsLienClasses),
    holder: partyIdSchema,
    securedMax: moneySchema,
    debtRef: objectIdSchema,
    /** A clause that gives the asset to the holder on default; must be false (401, 428). */
    titlePassesOnDefault: z.boolean(),
    /** Stands behind the asset's exclusive lien, whose holder then signs too. */
    junior: z.boolean(),
    /** Of a stock: which of the grantor's goods. */
    covers: coverSchema.optional(),
    /** It secures the price of the goods, which the buyer got on `deliveredOn` (416). */
    securesPrice: z.boolean().optional(),
    deliveredOn: daySchema.optional(),
  }),
  record_publicity: z.strictObject({
    id: lienIdSchema,
    publicity: z.union([
      z.strictObject({
        kind: z.literal('registration'),
        registrationNo: registrationNoSchema,
        registeredAt: timeSchema,
        registryValidTo: daySchema,
        registeredMax: moneySchema.optional(),
      }),
      z.strictObject({ kind: z.literal('control'), controlAt: timeSchema }),
      z.strictObject({ kind: z.literal('delivery'), deliveredOn: daySchema }),
    ]),
  }),
  report_external: z.strictObject({
    id: lienIdSchema,
    asset: assetSchema,
    class: lienClassSchema,
    grantor: partyIdSchema,
    holder: partyIdSchema,
    securedMax: moneySchema,
    debtRef: objectIdSchema,
    covers: coverSchema.optional(),
    securesPrice: z.boolean().optional(),
    publicity: publicitySchema.omit({ controlBy: true }),
    evidence: refSchema,
  }),
  amend: z.strictObject({
    id: lienIdSchema,
    expectedVersion: expectedVersionSchema,
    securedMax: moneySchema,
    /** Whose liens the change harms; they sign after the grantor (409). */
    consents: z.array(partyIdSchema).max(limits.liensPerAssetMax),
  }),
  extend: z.strictObject({
    id: lienIdSchema,
    expectedVersion: expectedVersionSchema,
    registryValidTo: daySchema,
    registry: partyIdSchema,
  }),
  assert_retention: z.strictObject({
    id: lienIdSchema,
    asset: assetSchema,
    securedMax: moneySchema,
    debtRef: objectIdSchema,
    basis: z.enum(['same_legal_relation', 'between_enterprises']),
    evidence: refSchema,
    perishable: z.boolean(),
    agreedDays: z.number().int().min(1).max(3_650).optional(),
  }),
  crystallise: z.strictObject({
    id: lienIdSchema,
    expectedVersion: expectedVersionSchema,
    event: z.enum(crystallisationEvents),
    evidence: refSchema,
  }),
  enforce: z.strictObject({
    id: lienIdSchema,
    expectedVersion: expectedVersionSchema,
    evidence: refSchema,
  }),
  release: z.strictObject({ id: lienIdSchema, expectedVersion: expectedVersionSchema }),
} as const;

/** The contracts whose goods and claims the register of lineage follows. */
export const goodsCallers = [
  'purchase-order',
  'receivable',
  'warehouse-receipt',
  'pledge-facility',
] as const;

const lienIdsSchema = z.array(lienIdSchema).min(1).max(limits.itemsPerFacilityMax);

export const internalSchemas = {
  create_exclusive: z.strictObject({
    id: lienIdSchema,
    asset: assetSchema,
    class: lienClassSchema,
    grantor: partyIdSchema,
    holder: partyIdSchema,
    securedMax: moneySchema,
    debtRef: objectIdSchema,
    controlBy: partyIdSchema.optional(),
    /** FACTORING, ASSIGNMENT: when the debtor had notice. */
    noticeAt: timeSchema.optional(),
  }),
  move: z.strictObject({
    id: lienIdSchema,
    to: z
      .array(z.strictObject({ id: lienIdSchema, asset: assetSchema }))
      .min(1)
      .max(limits.splitChildrenMax),
    /** FACTORING, ASSIGNMENT: the buyer to whom a lender hands the claim on. */
    holder: partyIdSchema.optional(),
  }),
  record_release: z.strictObject({ ids: lienIdsSchema }),
  record_enforced: z.strictObject({ ids: lienIdsSchema }),
  record_control: z.strictObject({ ids: lienIdsSchema, controlBy: partyIdSchema }),
  record_registration: z.strictObject({
    id: lienIdSchema,
    registrationNo: registrationNoSchema,
    registeredAt: timeSchema,
    registryValidTo: daySchema,
  }),
  record_notice: z.strictObject({ ids: lienIdsSchema, noticeAt: timeSchema }),
  add_goods: z.strictObject({
    stage: stageSchema,
    lineage: stageSchema.optional(),
    quantity: quantitySchema,
  }),
  /** One move for each part of a split or merger. */
  carry_goods: z.strictObject({
    moves: z
      .array(
        z.strictObject({
          from: stageSchema,
          to: stageSchema,
          quantity: quantitySchema,
          releasing: objectIdSchema.optional(),
        }),
      )
      .min(1)
      .max(limits.splitChildrenMax),
  }),
  end_goods: z.strictObject({
    stage: stageSchema,
    quantity: quantitySchema,
    releasing: objectIdSchema.optional(),
  }),
  claim_goods: z.strictObject({
    stage: stageSchema,
    quantity: quantitySchema.optional(),
    by: objectIdSchema,
    holder: partyIdSchema,
  }),
  release_goods: z.strictObject({ by: objectIdSchema }),
} as const;
