import {
  bpsSchema,
  daySchema,
  integerSchema,
  limits,
  moneySchema,
  quantitySchema,
  scaleSchema,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import {
  countSchema,
  hashTextSchema,
  nameSchema,
  noteSchema,
  partyIdSchema,
  refSchema,
  skuSchema,
} from '../fields.js';
import { expectedVersionSchema, idSchema } from '../params.js';

export const lotIdSchema = idSchema('lt');
export const receiptIdSchema = idSchema('wr');
const lienIdSchema = idSchema('ln');
const facilityIdSchema = idSchema('pl');
/** A stage of goods in the register of lineage: an object, or a line of it (`po_1.2`). */
export const stageSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}(\.[1-9][0-9]{0,2})?$/);

/**
 * A place or thing that can hold one lot's goods, named so that every warehouse's books name it
 * alike: a GS1 location, a container, a tank, a serial number.
 */
export const slotSchema = z.string().regex(/^(sgln|container|tank|serial):[0-9A-Z.-]{1,48}$/);
export const vehicleSchema = z.string().min(1).max(32);

const frozenSchema = z.strictObject({
  by: partyIdSchema,
  order: refSchema,
  until: timeSchema.optional(),
});

export const lotStates = ['OPEN', 'SHORT'] as const;

export const lotSchema = z.strictObject({
  id: lotIdSchema,
  warehouse: partyIdSchema,
  /** The one depositor of an identified lot, its owner while no receipt is open on it. */
  owner: partyIdSchema.optional(),
  sku: skuSchema,
  grade: nameSchema,
  mode: z.enum(['identified', 'commingled']),
  slots: z.array(slotSchema).max(limits.slotsPerLotMax),
  onHand: quantitySchema,
  /** Sum of the lot's open receipts (E1). */
  receipted: quantitySchema,
  openReceipts: z.number().int().min(0).max(limits.openReceiptsPerLotMax),
  lossStandardBps: bpsSchema,
  /** Earlier stages of the same goods (order, other lot): what secures them secures these (L1). */
  lineage: z.array(stageSchema).max(limits.lineagePartsPerReceiptMax),
  state: z.enum(lotStates),
  /** Goods and receipts when a count found the lot short: what each receipt may still take. */
  short: z
    .strictObject({
      onHand: countSchema,
      receipted: countSchema,
      stocktake: z.number().int().min(1),
    })
    .optional(),
  /** Weighed in and out, all in all, and at the last signed stocktake with what was there then. */
  weighedIn: countSchema,
  weighedOut: countSchema,
  opening: z.strictObject({ onHand: countSchema, weighedIn: countSchema, weighedOut: countSchema }),
  stocktakes: z.number().int().min(0),
  openStocktake: z.number().int().min(1).optional(),
  lastStocktakeAt: timeSchema.optional(),
  damageReports: z.number().int().min(0),
  frozen: frozenSchema.optional(),
  createdAt: timeSchema,
  version: z.number().int(),
});

/** Where goods, or a weighing, are already entered. */
export const slotUseSchema = z.strictObject({
  lot: lotIdSchema,
  warehouse: partyIdSchema,
  /** The one open receipt that stands for what is in it (E2). */
  receipt: receiptIdSchema.optional(),
});
export const weighingSchema = z.strictObject({
  lot: lotIdSchema,
  direction: z.enum(['in', 'out']),
  quantity: quantitySchema,
});

const addressedSchema = z.strictObject({ name: nameSchema, address: nameSchema });
const goodsSchema = z.strictObject({
  variety: nameSchema,
  quality: nameSchema,
  packaging: nameSchema,
  /** 0 for goods in bulk. */
  pieces: z.number().int().min(0),
  marks: nameSchema,
});
const periodSchema = z.strictObject({ from: daySchema, to: daySchema });
const feeSchema = z.strictObject({ amount: moneySchema, terms: nameSchema });
const insuranceSchema = z.union([
  z.strictObject({ insured: z.literal(false) }),
  z.strictObject({
    insured: z.literal(true),
    amount: moneySchema,
    period: periodSchema,
    insurer: nameSchema,
  }),
]);
const issueSchema = z.strictObject({ issuer: nameSchema, place: nameSchema, day: daySchema });

/** The eight items that a warehouse receipt must carry (Civil Code 909), in its order. */
export const statutoryItemsSchema = z.strictObject({
  depositor: addressedSchema,
  goods: goodsSchema,
  lossStandardBps: bpsSchema,
  place: nameSchema,
  storagePeriod: periodSchema,
  fee: feeSchema,
  insurance: insuranceSchema,
  issue: issueSchema,
});

/** What the issuer states of them; issuer and day come from the signature and the block. */
export const statedItemsSchema = z.strictObject({
  depositor: addressedSchema.partial().optional(),
  goods: goodsSchema.partial().optional(),
  lossStandardBps: bpsSchema.optional(),
  place: nameSchema.optional(),
  storagePeriod: periodSchema.optional(),
  fee: feeSchema.optional(),
  insurance: insuranceSchema.optional(),
  placeOfIssue: nameSchema.optional(),
});

export const openStates = ['FREE', 'PLEDGED', 'WITHDRAWING'] as const;
export const pendingStates = [
  'TRANSFER_PENDING',
  'SPLIT_PENDING',
  'PLEDGE_PENDING',
  'WITHDRAW_PENDING',
  'CANCEL_PENDING',
  'MERGE_PENDING',
  'AMEND_PENDING',
] as const;
export const closedStates = [
  'SPLIT',
  'MERGED',
  'REPLACED',
  'DELIVERED',
  'DEPOSITED',
  'CANCELLED',
] as const;
export const receiptStates = [...openStates, ...pendingStates, ...closedStates] as const;

export const receiptSchema = z.strictObject({
  id: receiptIdSchema,
  lot: lotIdSchema,
  warehouse: partyIdSchema,
  holder: partyIdSchema,
  quantity: quantitySchema,
  items: statutoryItemsSchema,
  inspection: refSchema,
  state: z.enum(receiptStates),
  /** Where it stood before a pending command or a withdrawal, and stands again after. */
  formerState: z.enum(openStates).optional(),
  /** The exclusive pledge on it, and the facility whose debt that secures. */
  lien: lienIdSchema.optional(),
  lender: partyIdSchema.optional(),
  facility: facilityIdSchema.optional(),
  /** Storage fee that the keeper says is due now; none when nothing is. */
  feeDue: moneySchema.optional(),
  /** The release token that is out. */
  token: z.number().int().min(1).optional(),
  tokensIssued: z.number().int().min(0),
  parents: z.array(receiptIdSchema).max(limits.splitChildrenMax),
  children: z.array(receiptIdSchema).max(limits.splitChildrenMax),
  frozen: frozenSchema.optional(),
  /** Slots, containers, serial numbers of an identified lot that this receipt stands for (E2). */
  slots: z.array(slotSchema).max(limits.slotsPerLotMax),
  /** Asked to take the goods away, after the storage period (916). */
  demand: z.strictObject({ at: timeSchema, until: daySchema }).optional(),
  /** Requests to inspect or sample so far (911). */
  requests: z.number().int().min(0),
  /** Taken since the lot is short. */
  takenShort: z.strictObject({ stocktake: z.number().int(), value: countSchema }).optional(),
  issuedAt: timeSchema,
  /** Since when the holder holds it; none for a first holder. */
  heldSince: timeSchema.optional(),
  version: z.number().int(),
});

export const lotReceiptsSchema = z.strictObject({
  ids: z.array(receiptIdSchema).min(1).max(limits.receiptsPerListPart),
});

export const tokenSchema = z.strictObject({
  receipt: receiptIdSchema,
  number: z.number().int().min(1),
  quantity: quantitySchema,
  pieces: z.number().int().min(0),
  vehicle: vehicleSchema,
  /** Hash of the driver's papers; no personal data on the ledger. */
  driverRef: hashTextSchema,
  validTo: timeSchema,
  sale: stageSchema.optional(),
  slots: z.array(slotSchema).max(limits.slotsPerLotMax),
  /** The pledgee that collects (442); without it the holder takes the goods. */
  collectedBy: partyIdSchema.optional(),
  state: z.enum(['VALID', 'USED', 'EXPIRED']),
  issuedAt: timeSchema,
});

/** The latest sales of one ware by one seller, to see goods that are bought back. */
export const salesSchema = z.strictObject({
  latest: z
    .array(
      z.strictObject({
        buyer: partyIdSchema,
        at: timeSchema,
        quantity: quantitySchema,
        price: moneySchema.optional(),
      }),
    )
    .max(limits.salesRememberedMax),
});

/** A count of a lot: the books at its opening stand under a key of their own. */
export const stocktakeSchema = z.strictObject({
  lot: lotIdSchema,
  number: z.number().int().min(1),
  openedBy: partyIdSchema,
  openedAt: timeSchema,
  height: z.number().int(),
  counter: partyIdSchema,
  blind: z.boolean(),
  state: z.enum(['OPEN', 'COUNTED', 'RECONCILED', 'SIGNED']),
  /** What was counted, as of the opening. */
  counted: countSchema.optional(),
  evidence: refSchema.optional(),
  verdict: z.enum(['within_standard', 'missing', 'surplus']).optional(),
  /** Missing (negative: too much), and how much of it the loss standard allows. */
  missing: integerSchema.optional(),
  allowed: countSchema.optional(),
  signedAt: timeSchema.optional(),
  signedBy: z.array(partyIdSchema).max(2),
});

/** The books of a lot when its stocktake was opened. */
export const stocktakeBookSchema = z.strictObject({
  onHand: countSchema,
  receipted: countSchema,
  opening: countSchema,
  weighedIn: countSchema,
  weighedOut: countSchema,
});

export const requestSchema = z.strictObject({
  receipt: receiptIdSchema,
  number: z.number().int().min(1),
  kind: z.enum(['inspection', 'sample']),
  by: partyIdSchema,
  note: noteSchema,
  askedAt: timeSchema,
  until: daySchema,
  answer: z.strictObject({ evidence: refSchema, at: timeSchema }).optional(),
  /** Noted by somebody as not answered in time. */
  flaggedAt: timeSchema.optional(),
});

export const damageSchema = z.strictObject({
  lot: lotIdSchema,
  number: z.number().int().min(1),
  kind: z.enum(['deterioration', 'damage', 'loss', 'danger']),
  note: noteSchema,
  evidence: refSchema,
  quantity: quantitySchema.optional(),
  reportedAt: timeSchema,
});

export type Stocktake = z.infer<typeof stocktakeSchema>;
export type StocktakeBook = z.infer<typeof stocktakeBookSchema>;
export type HolderRequest = z.infer<typeof requestSchema>;
export type Lot = z.infer<typeof lotSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type ReceiptState = Receipt['state'];
export type OpenState = (typeof openStates)[number];
export type PendingState = (typeof pendingStates)[number];
export type StatutoryItems = z.infer<typeof statutoryItemsSchema>;
export type StatedItems = z.infer<typeof statedItemsSchema>;
export type ReleaseToken = z.infer<typeof tokenSchema>;

const changed = { id: receiptIdSchema, expectedVersion: expectedVersionSchema };
const slotsSchema = z.array(slotSchema).max(limits.slotsPerLotMax);
const stocktakeRef = { id: lotIdSchema, stocktake: z.number().int().min(1) };
const piecesSchema = z.number().int().min(0).optional();

export const commandSchemas = {
  create_lot: z.strictObject({
    id: lotIdSchema,
    owner: partyIdSchema.optional(),
    sku: skuSchema,
    grade: nameSchema,
    unit: unitSchema,
    scale: scaleSchema,
    mode: z.enum(['identified', 'commingled']),
    lossStandardBps: bpsSchema,
    lineage: z.array(stageSchema).max(limits.lineagePartsPerReceiptMax).optional(),
  }),
  gate_in: z.strictObject({
    id: lotIdSchema,
    quantity: quantitySchema,
    slots: z.array(slotSchema).max(limits.slotsPerLotMax),
    /** Hash of the weighing's event. */
    weighing: hashTextSchema,
    /** The stage that these goods come from, where it is not the lot's (L1). */
    origin: stageSchema.optional(),
  }),
  issue: z.strictObject({
    id: receiptIdSchema,
    lot: lotIdSchema,
    holder: partyIdSchema,
    quantity: quantitySchema,
    items: statedItemsSchema,
    inspection: refSchema.optional(),
    slots: slotsSchema.optional(),
  }),
  transfer: z.strictObject({
    ...changed,
    to: partyIdSchema,
    /** For all that is under the receipt, where it is sold. */
    price: moneySchema.optional(),
  }),
  split: z.strictObject({
    ...changed,
    parts: z
      .array(
        z.strictObject({
          id: receiptIdSchema,
          quantity: quantitySchema,
          pieces: piecesSchema,
          slots: slotsSchema.optional(),
        }),
      )
      .min(2)
      .max(limits.splitChildrenMax),
  }),
  pledge: z.strictObject({
    ...changed,
    facility: facilityIdSchema,
    /** The lender knows that keeper and pledgor are affiliated, and accepts it (E6). */
    affiliationAccepted: z.boolean(),
  }),
  release: z.strictObject({ ...changed }),
  withdraw: z.strictObject({
    ...changed,
    quantity: quantitySchema,
    pieces: piecesSchema,
    vehicle: vehicleSchema,
    driverRef: hashTextSchema,
    validTo: timeSchema,
    /** The sale that the goods leave for: their next stage in the register of lineage. */
    sale: stageSchema.optional(),
    slots: slotsSchema.optional(),
    /** The pledgee collects goods that are due before the debt (442). */
    byPledgee: z.boolean().optional(),
  }),
  gate_out: z.strictObject({
    id: receiptIdSchema,
    token: z.number().int().min(1),
    weighed: quantitySchema,
    weighing: hashTextSchema,
  }),
  expire_token: z.strictObject({ id: receiptIdSchema, token: z.number().int().min(1) }),
  state_fee: z.strictObject({ id: receiptIdSchema, due: moneySchema }),
  cancel: z.strictObject({ ...changed }),
  merge: z.strictObject({
    id: receiptIdSchema,
    parts: z.array(z.strictObject(changed)).min(2).max(limits.splitChildrenMax),
  }),
  amend: z.strictObject({
    ...changed,
    /** The receipt issued in its place. */
    reissuedAs: receiptIdSchema,
    items: statedItemsSchema,
    inspection: refSchema.optional(),
  }),
  demand_collection: z.strictObject({ ...changed, days: z.number().int().min(1).max(366) }),
  deposit: z.strictObject({
    ...changed,
    /** Who took the goods into deposit (提存), and the paper for it. */
    depositary: nameSchema,
    evidence: refSchema,
    weighing: hashTextSchema,
  }),
  request_inspection: z.strictObject({ id: receiptIdSchema, note: noteSchema }),
  request_sample: z.strictObject({ id: receiptIdSchema, note: noteSchema }),
  answer_request: z.strictObject({
    id: receiptIdSchema,
    request: z.number().int().min(1),
    evidence: refSchema,
  }),
  flag_request: z.strictObject({ id: receiptIdSchema, request: z.number().int().min(1) }),
  report_damage: z.strictObject({
    id: lotIdSchema,
    kind: z.enum(['deterioration', 'damage', 'loss', 'danger']),
    note: noteSchema,
    evidence: refSchema,
    quantity: quantitySchema.optional(),
  }),
  open_stocktake: z.strictObject({
    id: lotIdSchema,
    counter: partyIdSchema,
    /** The counter is not to see the books before it has counted. */
    blind: z.boolean(),
  }),
  count: z.strictObject({ ...stocktakeRef, counted: quantitySchema, evidence: refSchema }),
  reconcile: z.strictObject(stocktakeRef),
  sign_stocktake: z.strictObject(stocktakeRef),
  freeze: z.strictObject({
    id: z.union([receiptIdSchema, lotIdSchema]),
    order: refSchema,
    until: timeSchema.optional(),
  }),
  unfreeze: z.strictObject({ id: z.union([receiptIdSchema, lotIdSchema]), order: refSchema }),
} as const;

export const internalSchemas = {
  release_pledges: z.strictObject({
    ids: z.array(receiptIdSchema).min(1).max(limits.itemsPerFacilityMax),
  }),
  deliver_sold: z.strictObject({
    ids: z
      .array(z.union([receiptIdSchema, lotIdSchema]))
      .min(1)
      .max(limits.assetsPerSaleMax),
    to: partyIdSchema,
  }),
} as const;
