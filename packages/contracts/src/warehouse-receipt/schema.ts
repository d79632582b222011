import {
  bpsSchema,
  daySchema,
  limits,
  moneySchema,
  quantitySchema,
  scaleSchema,
  timeSchema,
  unitSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { hashTextSchema, nameSchema, partyIdSchema, refSchema, skuSchema } from '../fields.js';
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
  createdAt: timeSchema,
  version: z.number().int(),
});

/** Where goods, or a weighing, are already entered. */
export const slotUseSchema = z.strictObject({ lot: lotIdSchema, warehouse: partyIdSchema });
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
] as const;
export const closedStates = ['SPLIT', 'DELIVERED', 'CANCELLED'] as const;
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
  frozen: z
    .strictObject({ by: partyIdSchema, order: refSchema, until: timeSchema.optional() })
    .optional(),
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
  state: z.enum(['VALID', 'USED', 'EXPIRED']),
  issuedAt: timeSchema,
});

export type Lot = z.infer<typeof lotSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type ReceiptState = Receipt['state'];
export type OpenState = (typeof openStates)[number];
export type PendingState = (typeof pendingStates)[number];
export type StatutoryItems = z.infer<typeof statutoryItemsSchema>;
export type StatedItems = z.infer<typeof statedItemsSchema>;
export type ReleaseToken = z.infer<typeof tokenSchema>;

const changed = { id: receiptIdSchema, expectedVersion: expectedVersionSchema };
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
  }),
  transfer: z.strictObject({ ...changed, to: partyIdSchema }),
  split: z.strictObject({
    ...changed,
    parts: z
      .array(
        z.strictObject({ id: receiptIdSchema, quantity: quantitySchema, pieces: piecesSchema }),
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
  freeze: z.strictObject({
    id: receiptIdSchema,
    order: refSchema,
    until: timeSchema.optional(),
  }),
  unfreeze: z.strictObject({ id: receiptIdSchema, order: refSchema }),
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
