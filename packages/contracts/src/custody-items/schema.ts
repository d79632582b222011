import { daySchema, limits, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import {
  hashTextSchema,
  nameSchema,
  noteSchema,
  partyIdSchema,
  refSchema,
  versionSchema,
} from '../fields.js';
import { frozenSchema } from '../frozen.js';
import { idSchema } from '../params.js';

export const itemIdSchema = idSchema('ci');
export const slotSchema = z.string().regex(/^[0-9A-Z-]{1,32}$/);
const rfidSchema = z.string().regex(/^[0-9A-F]{8,64}$/);
const linkSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
const countSchema = z.number().int().min(0);
const numberSchema = z.number().int().min(1);

export const itemKinds = [
  'title_deed',
  'deposit_certificate',
  'bill',
  'contract',
  'licence',
  'seal',
  'key',
  'other',
] as const;

export const itemStates = [
  'PENDING_IN',
  'IN_VAULT',
  'CHECKED_OUT',
  'MISSING',
  'DAMAGED',
  'RELEASED',
] as const;

export const itemSchema = z.strictObject({
  id: itemIdSchema,
  kind: z.enum(itemKinds),
  /** What it is: the number on a deed, the name on a seal. */
  title: nameSchema,
  owner: partyIdSchema,
  vault: itemIdSchema,
  slot: slotSchema.optional(),
  rfid: rfidSchema,
  /** The business object that it belongs to (K4). */
  linkedTo: linkSchema,
  state: z.enum(itemStates),
  checkedOut: z
    .strictObject({ to: partyIdSchema, due: daySchema, reason: noteSchema, at: timeSchema })
    .optional(),
  pending: z.strictObject({ command: z.string(), pendingId: z.string() }).optional(),
  frozen: frozenSchema.optional(),
  movements: countSchema,
  registeredAt: timeSchema,
  version: versionSchema,
});

/** A vault with who answers for it. */
export const vaultSchema = z.strictObject({
  id: itemIdSchema,
  name: nameSchema,
  keeper: partyIdSchema,
  auditor: partyIdSchema,
  openedBy: partyIdSchema,
  /** Items that stand IN_VAULT by the book. */
  items: countSchema,
  /** Every movement in or out, so that a count can be told from an outdated one. */
  movements: countSchema,
  /** Differences of signed stocktakes that nobody has settled (K2). */
  openDifferences: countSchema,
  stocktakes: countSchema,
  /** The stocktake that is open; meanwhile nothing moves. */
  openStocktake: numberSchema.optional(),
  pending: z.strictObject({ command: z.string(), pendingId: z.string() }).optional(),
  version: versionSchema,
});

/** Which person signs as a party at a vault; the hash, never the name. */
export const personSchema = z.strictObject({
  vault: itemIdSchema,
  party: partyIdSchema,
  personRef: hashTextSchema,
  enrolledAt: timeSchema,
});

export const slotUseSchema = z.strictObject({ item: itemIdSchema });
export const rfidUseSchema = z.strictObject({ item: itemIdSchema });

export const movementKinds = ['put_in', 'return_in', 'check_out', 'release_final'] as const;

/** One way through the vault's door, with who let it (K3). */
export const movementSchema = z.strictObject({
  item: itemIdSchema,
  vault: itemIdSchema,
  kind: z.enum(movementKinds),
  keepers: z.array(partyIdSchema).length(2),
  approver: partyIdSchema,
  slot: slotSchema.optional(),
  to: partyIdSchema.optional(),
  due: daySchema.optional(),
  tx: z.string(),
  at: timeSchema,
});

export const differenceKinds = ['missing', 'extra', 'misplaced', 'damaged'] as const;

const differenceSchema = z.strictObject({
  kind: z.enum(differenceKinds),
  item: itemIdSchema,
  slot: slotSchema.optional(),
  settled: z.boolean(),
});

export const stocktakeSchema = z.strictObject({
  vault: itemIdSchema,
  number: numberSchema,
  keeper: partyIdSchema,
  blind: z.boolean(),
  state: z.enum(['OPEN', 'RECONCILED', 'SIGNED']),
  /** The snapshot: what the book said at a height. */
  height: countSchema,
  bookItems: countSchema,
  movements: countSchema,
  counted: countSchema,
  /** Counted items that the book has in this vault. */
  booked: countSchema,
  differences: z.array(differenceSchema).max(limits.stocktakeNotesMax),
  openedAt: timeSchema,
  signedAt: timeSchema.optional(),
});

export const countEntrySchema = z.strictObject({
  vault: itemIdSchema,
  number: numberSchema,
  item: itemIdSchema,
  slot: slotSchema,
  damaged: z.boolean(),
});

/** A keeper's leaving: the count that both signed. */
export const handoverSchema = z.strictObject({
  vault: itemIdSchema,
  from: partyIdSchema,
  to: partyIdSchema,
  stocktake: numberSchema,
  items: countSchema,
  exceptedBy: partyIdSchema.optional(),
  tx: z.string(),
  at: timeSchema,
});

export type Item = z.infer<typeof itemSchema>;
export type ItemState = Item['state'];
export type Vault = z.infer<typeof vaultSchema>;
export type Movement = z.infer<typeof movementSchema>;
export type Stocktake = z.infer<typeof stocktakeSchema>;
export type Difference = Stocktake['differences'][number];

const moved = {
  id: itemIdSchema,
  expectedVersion: versionSchema,
  /** The second keeper and the approver, who sign after the keeper. */
  second: partyIdSchema,
  approver: partyIdSchema,
};
const vaultField = { vault: itemIdSchema };

export const commandSchemas = {
  open_vault: z.strictObject({
    id: itemIdSchema,
    name: nameSchema,
    keeper: partyIdSchema,
    auditor: partyIdSchema,
  }),
  enrol: z.strictObject({ ...vaultField, party: partyIdSchema, personRef: hashTextSchema }),
  register: z.strictObject({
    id: itemIdSchema,
    kind: z.enum(itemKinds),
    title: nameSchema,
    owner: partyIdSchema,
    vault: itemIdSchema,
    rfid: rfidSchema,
    linkedTo: linkSchema,
  }),
  put_in: z.strictObject({ ...moved, slot: slotSchema }),
  return_in: z.strictObject(moved),
  check_out: z.strictObject({ ...moved, to: partyIdSchema, due: daySchema, reason: noteSchema }),
  release_final: z.strictObject(moved),
  mark_overdue: z.strictObject({ id: itemIdSchema }),
  hand_over: z.strictObject({
    ...vaultField,
    expectedVersion: versionSchema,
    to: partyIdSchema,
    stocktake: numberSchema,
    /** An APPROVER that lets the keeper change although differences are open (K2). */
    exceptedBy: partyIdSchema.optional(),
  }),
  open_stocktake: z.strictObject({ ...vaultField, blind: z.boolean() }),
  count: z.strictObject({
    ...vaultField,
    entries: z
      .array(z.strictObject({ item: itemIdSchema, slot: slotSchema, damaged: z.boolean() }))
      .min(1)
      .max(limits.itemsPerStocktakeMax),
  }),
  reconcile: z.strictObject({
    ...vaultField,
    missing: z.array(itemIdSchema).max(limits.itemsPerStocktakeMax),
  }),
  sign: z.strictObject({ ...vaultField, stocktake: numberSchema }),
  settle_difference: z.strictObject({
    ...vaultField,
    stocktake: numberSchema,
    item: itemIdSchema,
    kind: z.enum(differenceKinds),
    /** Where the item is now; left out, it is not in the vault. */
    slot: slotSchema.optional(),
    evidence: refSchema,
  }),
  freeze: z.strictObject({ id: itemIdSchema, order: refSchema, until: timeSchema.optional() }),
  unfreeze: z.strictObject({ id: itemIdSchema, order: refSchema }),
} as const;
