import { daySchema, limits, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { bytesSchema, noteSchema, partyIdSchema, versionSchema } from '../fields.js';
import { eventKeySchema, lotIdSchema } from './traceIds.js';
import { unitCommandSchemas } from './unitParams.js';
import { unitIdSchema } from './unitSchema.js';

export { eventKeySchema, lotIdSchema };
export const eventHashSchema = z.string().regex(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
export const glnSchema = z.string().regex(/^[0-9]{13}$/);
export const validationLevelSchema = z.enum(['schema', 'conformance']);
/** How the submitter stands in its event. */
export const standingSchema = z.enum(['source', 'destination', 'keeper', 'device', 'declared']);
const factSchema = z.string().max(limits.indexTextMax);
const factsSchema = z.array(factSchema).max(limits.partiesPerEventMax);

/** What may be asked of an event; its own bytes stand beside it, in pieces. */
export const eventSchema = z.strictObject({
  key: eventKeySchema,
  hash: eventHashSchema,
  type: factSchema,
  eventId: factSchema.optional(),
  eventTimeMs: timeSchema,
  action: factSchema.optional(),
  bizStep: factSchema.optional(),
  disposition: factSchema.optional(),
  readPoint: factSchema.optional(),
  bizLocation: factSchema.optional(),
  sources: factsSchema,
  destinations: factsSchema,
  parentId: factSchema.optional(),
  /** The first ones; `epcCount` says how many there are. */
  epcs: z.array(factSchema).max(limits.epcsIndexedPerEventMax),
  epcCount: z.number().int().min(0),
  isErrorDeclaration: z.boolean(),
  submitter: partyIdSchema,
  standing: standingSchema,
  validationLevel: validationLevelSchema,
  bodyBytes: z.number().int().min(1).max(limits.eventDocumentBytesMax),
  bodyPieces: z.number().int().min(1),
  recordedAt: timeSchema,
  recordedDay: daySchema,
});

export const bodySchema = z.strictObject({ bytes: bytesSchema });
export const eventIdUseSchema = z.strictObject({ hashHex: z.string() });

export const locationSchema = z.strictObject({
  gln: glnSchema,
  party: partyIdSchema,
  registeredAt: timeSchema,
});

/** How many events a lot has, and the latest of them, oldest first. */
export const lotEventListSchema = z.strictObject({
  count: z.number().int().min(1),
  latest: z.array(eventKeySchema).max(limits.lotEventsListedMax),
});

export const lotEventSchema = z.strictObject({
  lot: lotIdSchema,
  event: eventKeySchema,
  linkedBy: partyIdSchema,
  linkedAt: timeSchema,
});

export const lotLinkSchema = z.strictObject({ sequence: z.number().int().min(1) });

/** Who holds a lot's goods; without a record the lot's own keeper does. */
export const custodySchema = z.strictObject({
  lot: lotIdSchema,
  custodian: partyIdSchema,
  state: z.enum(['HELD', 'HAND_OVER_PENDING']),
  receiver: partyIdSchema.optional(),
  pendingId: z.string().optional(),
  since: timeSchema,
  /** How many changes and refusals there were. */
  steps: z.number().int().min(0),
  version: versionSchema,
});

export const custodyStepSchema = z.strictObject({
  lot: lotIdSchema,
  kind: z.enum(['hand_over', 'refuse']),
  giver: partyIdSchema,
  receiver: partyIdSchema,
  events: z.array(eventKeySchema).max(limits.eventHashesPerDeliveryMax),
  reason: noteSchema.optional(),
  at: timeSchema,
});

export type TraceEventRecord = z.infer<typeof eventSchema>;
export type Standing = z.infer<typeof standingSchema>;
export type Custody = z.infer<typeof custodySchema>;
export type ValidationLevel = z.infer<typeof validationLevelSchema>;

export const commandSchemas = {
  record_event: z.strictObject({
    /** The event's own JSON object as UTF-8, with its @context. */
    event: bytesSchema,
    hash: eventHashSchema,
    validationLevel: validationLevelSchema.optional(),
    lots: z.array(lotIdSchema).max(limits.lotsPerEventMax).optional(),
  }),
  link_event_to_lot: z.strictObject({ event: eventKeySchema, lot: lotIdSchema }),
  register_location: z.strictObject({ gln: glnSchema }),
  release_location: z.strictObject({ gln: glnSchema }),
  hand_over: z.strictObject({
    id: z.union([lotIdSchema, unitIdSchema]),
    receiver: partyIdSchema,
    /** Of a lot: of its custody record; 0 while its own keeper has never handed it over. */
    expectedVersion: z.number().int().min(0),
    events: z.array(eventKeySchema).max(limits.eventHashesPerDeliveryMax).optional(),
  }),
  refuse: z.strictObject({
    id: z.union([lotIdSchema, unitIdSchema]),
    /** Of the hand-over that is refused; a unit that was shipped is refused without it. */
    pendingId: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .optional(),
    reason: noteSchema,
  }),
  ...unitCommandSchemas,
} as const;
