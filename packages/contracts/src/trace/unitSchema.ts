import { currencySchema, daySchema, limits, quantitySchema, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import {
  countSchema,
  hashTextSchema,
  nameSchema,
  noteSchema,
  partyIdSchema,
  refSchema,
  skuSchema,
  versionSchema,
} from '../fields.js';
import { frozenSchema } from '../frozen.js';
import { idSchema } from '../params.js';
import { eventKeySchema, lotIdSchema } from './traceIds.js';

export const unitIdSchema = idSchema('vu');
/** What a unit may be joined to for long: a device, or a box or vehicle that is itself a unit. */
export const durableSchema = z.string().regex(/^(vu|dv)_[a-z0-9-]{1,60}$/);
/** 20 digits of the national code, or a GS1 serial (SGTIN, SSCC) as a Digital Link or EPC URN. */
export const unitCodeSchema = z.string().min(18).max(limits.indexTextMax);
/** 1 is the smallest pack; a case is higher, a pallet higher still. */
export const levelSchema = z.number().int().min(1).max(limits.packingLevelsMax);
export const unitStates = [
  'COMMISSIONED',
  'IN_TRANSIT',
  'RECEIVED',
  'QUARANTINED',
  'DISPENSED',
  'DESTROYED',
  'LOST',
] as const;
export const unitStateSchema = z.enum(unitStates);

export const tracedLotSchema = z.strictObject({
  id: lotIdSchema,
  kind: z.enum(['vaccine', 'goods']),
  /** Who opened it: for a vaccine the MAH. */
  maker: partyIdSchema,
  sku: skuSchema,
  name: nameSchema,
  expiryDay: daySchema.optional(),
  /** Records of a vaccine stay at least five years past its expiry (T4; V 38, 39). */
  keepUntilDay: daySchema.optional(),
  /** How much was made, and how much of it later transformations took. */
  made: quantitySchema,
  used: countSchema,
  /** Every earlier stage of the same goods, nearest first. */
  ancestors: z.array(lotIdSchema).max(limits.lotAncestorsMax),
  release: z.strictObject({
    state: z.enum(['NOT_NEEDED', 'AWAITED', 'RELEASED', 'REFUSED']),
    certificate: refSchema.optional(),
    by: partyIdSchema.optional(),
    at: timeSchema.optional(),
    reason: noteSchema.optional(),
  }),
  recall: z
    .strictObject({ by: partyIdSchema, reason: noteSchema, evidence: refSchema, at: timeSchema })
    .optional(),
  frozen: frozenSchema.optional(),
  openedAt: timeSchema,
  version: versionSchema,
});

const heapSchema = z.strictObject({
  units: z.number().int().min(0),
  packs: z.number().int().min(0),
});

/** How many units and smallest packs of a lot stand in each stored state (T2). */
export const lotCountsSchema = z.strictObject({
  commissioned: heapSchema,
  byState: z.strictObject({
    COMMISSIONED: heapSchema,
    IN_TRANSIT: heapSchema,
    RECEIVED: heapSchema,
    QUARANTINED: heapSchema,
    DISPENSED: heapSchema,
    DESTROYED: heapSchema,
    LOST: heapSchema,
  }),
});

/** What one party has, or last had, of a lot: for a clinic also what it dispensed. */
export const lotPlaceSchema = z.strictObject({
  lot: lotIdSchema,
  party: partyIdSchema,
  byState: lotCountsSchema.shape.byState,
});

/** A journey: from the signature of who sends to that of who receives or refuses. */
export const shipmentSchema = z.strictObject({
  from: partyIdSchema,
  to: partyIdSchema,
  shippedAt: timeSchema,
  /** Whose bound devices record its temperature: the unit itself, or what it is joined to. */
  monitoredAs: unitIdSchema,
  /** What it was before the journey. */
  before: z.enum(['COMMISSIONED', 'RECEIVED']),
  /** The debt that becomes payable when it is received, and the packs that it is for. */
  debt: z.strictObject({ obligation: idSchema('ob'), packs: z.number().int().min(1) }).optional(),
});

/** Where a tree of units stands; kept at its top only, so that a pallet moves in one write. */
export const standingRecordSchema = z.strictObject({
  state: unitStateSchema,
  /** What `qa_release` puts back. */
  former: z.enum(['COMMISSIONED', 'IN_TRANSIT', 'RECEIVED']).optional(),
  custodian: partyIdSchema,
  /** The MAH or CDC for whom a carrier has it. */
  principal: partyIdSchema.optional(),
  since: timeSchema,
  shipment: shipmentSchema.optional(),
  /** A command that waits for the other's signature. */
  pending: z
    .strictObject({
      kind: z.enum(['hand_over', 'destroy']),
      pendingId: z.string(),
      other: partyIdSchema,
    })
    .optional(),
});

export const unitSchema = z.strictObject({
  id: unitIdSchema,
  lot: lotIdSchema,
  /** Who answers for its whole way (V 10), and therefore reads it. */
  maker: partyIdSchema,
  level: levelSchema,
  code: unitCodeSchema,
  /** The unit it is packed in; then it has no standing of its own. */
  parent: unitIdSchema.optional(),
  top: standingRecordSchema.optional(),
  children: z.number().int().min(0),
  /** All units of this part of the tree, itself among them, and the smallest packs of them. */
  units: z.number().int().min(1),
  packs: z.number().int().min(0),
  joinedTo: z.array(durableSchema).max(limits.associationsPerUnitMax),
  frozen: frozenSchema.optional(),
  steps: z.number().int().min(0),
  commissionedAt: timeSchema,
  /** The EPCIS event that adds the serial, where one was recorded. */
  event: eventKeySchema.optional(),
  version: versionSchema,
});

export const unitCodeUseSchema = z.strictObject({ unit: unitIdSchema });

export const unitStepKinds = [
  'commission',
  'pack',
  'unpack',
  'ship',
  'receive',
  'refuse',
  'hand_over',
  'dispense',
  'quarantine',
  'qa_release',
  'destroy',
  'report_lost',
] as const;

/** One step of a unit; whoever asks follows the steps of what it was packed in. */
export const unitStepSchema = z.strictObject({
  unit: unitIdSchema,
  lot: lotIdSchema,
  kind: z.enum(unitStepKinds),
  /** State and custodian after the step; a packed unit has those of its tree. */
  state: unitStateSchema,
  custodian: partyIdSchema,
  giver: partyIdSchema.optional(),
  receiver: partyIdSchema.optional(),
  parent: unitIdSchema.optional(),
  reason: noteSchema.optional(),
  evidence: refSchema.optional(),
  events: z.array(eventKeySchema).max(limits.eventHashesPerDeliveryMax),
  units: z.number().int().min(1),
  packs: z.number().int().min(0),
  /** The transaction that carries the last signature. */
  tx: z.string(),
  at: timeSchema,
});

export const transformationSchema = z.strictObject({
  id: hashTextSchema,
  by: partyIdSchema,
  inputs: z.array(z.strictObject({ lot: lotIdSchema, quantity: quantitySchema })),
  outputs: z.array(z.strictObject({ lot: lotIdSchema, quantity: quantitySchema })),
  event: eventKeySchema.optional(),
  at: timeSchema,
});

/** A CDC's written direction that a maker supply one clinic with one lot (V 35). */
export const directionSchema = z.strictObject({
  lot: lotIdSchema,
  clinic: partyIdSchema,
  by: partyIdSchema,
  direction: refSchema,
  at: timeSchema,
});

/** A report to the drug and the health authority, due at once when goods are refused (V 37). */
export const reportSchema = z.strictObject({
  unit: unitIdSchema,
  lot: lotIdSchema,
  reporter: partyIdSchema,
  cause: z.enum(['temperature_record_incomplete', 'temperature_out_of_range', 'other']),
  reason: noteSchema,
  dueAt: timeSchema,
  filed: z.strictObject({ report: refSchema, at: timeSchema }).optional(),
});

/** Who pays for packs of a lot that a buyer accepts, and how much. */
export const supplySchema = z.strictObject({
  lot: lotIdSchema,
  buyer: partyIdSchema,
  payer: partyIdSchema,
  seller: partyIdSchema,
  /** Packs: ordered, on their way under a debt that waits, and accepted. */
  ordered: z.number().int().min(1),
  underway: z.number().int().min(0),
  accepted: z.number().int().min(0),
  unitMinor: countSchema,
  currency: currencySchema,
  /** Days from the day of dispatch to the last day of payment. */
  days: z.number().int().min(0),
  agreedAt: timeSchema,
});

export type TracedLot = z.infer<typeof tracedLotSchema>;
export type LotPlace = z.infer<typeof lotPlaceSchema>;
export type LotCounts = z.infer<typeof lotCountsSchema>;
export type Unit = z.infer<typeof unitSchema>;
export type UnitState = z.infer<typeof unitStateSchema>;
export type UnitStanding = z.infer<typeof standingRecordSchema>;
export type UnitStep = z.infer<typeof unitStepSchema>;
export type Transformation = z.infer<typeof transformationSchema>;
export type Supply = z.infer<typeof supplySchema>;
export type Report = z.infer<typeof reportSchema>;
