import {
  bpsSchema,
  daySchema,
  limits,
  moneySchema,
  quantitySchema,
  timeSchema,
} from '@triflow/protocol';
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

export const animalIdSchema = idSchema('an');
const lienIdSchema = idSchema('ln');
const debtRefSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
export const tagSchema = z.string().regex(/^[0-9A-Z-]{4,40}$/);
export const speciesSchema = z.string().regex(/^[a-z-]{1,40}$/);
const countSchema = z.number().int().min(0);

export const animalStates = [
  'REGISTERED',
  'TAGGED',
  'IN_PEN',
  'MISSING',
  'SOLD',
  'CULLED',
  'DEAD',
] as const;

export const insuranceSchema = z.strictObject({
  insurer: partyIdSchema,
  policy: z.string().regex(/^[0-9A-Za-z-]{1,40}$/),
  validTo: daySchema,
});

export const animalSchema = z.strictObject({
  id: animalIdSchema,
  farm: partyIdSchema,
  species: speciesSchema,
  born: daySchema,
  sex: z.enum(['male', 'female', 'castrated']),
  /** Digest of a template of muzzle, iris or face: the animal itself, whatever tag it wears. */
  biometricHash: hashTextSchema,
  photoRef: refSchema,
  batch: nameSchema,
  insurance: insuranceSchema.optional(),
  tag: tagSchema.optional(),
  /** The pen it is in, or was in last. */
  pen: animalIdSchema.optional(),
  state: z.enum(animalStates),
  /** A command that waits for another's signature. */
  pending: z.strictObject({ command: z.string(), pendingId: z.string() }).optional(),
  frozen: frozenSchema.optional(),
  registeredAt: timeSchema,
  enteredAt: timeSchema.optional(),
  exit: z
    .strictObject({
      at: timeSchema,
      evidence: refSchema.optional(),
      buyer: partyIdSchema.optional(),
      price: moneySchema.optional(),
      reason: noteSchema.optional(),
    })
    .optional(),
  version: versionSchema,
});

/** A tag is bound to one animal, and retired for ever with it or when it is replaced (A1). */
export const tagUseSchema = z.strictObject({
  animal: animalIdSchema,
  state: z.enum(['BOUND', 'RETIRED']),
  retiredAt: timeSchema.optional(),
});

export const biometricUseSchema = z.strictObject({ animal: animalIdSchema });

/** A pen of a farm: devices are bound to it, counts are made of it, alerts are raised on it. */
export const penSchema = z.strictObject({
  id: animalIdSchema,
  farm: partyIdSchema,
  name: nameSchema,
  toleranceBps: bpsSchema,
  /** Heads in it by the book. */
  heads: countSchema,
  lastCount: z
    .strictObject({
      heads: countSchema,
      book: countSchema,
      method: z.enum(['video', 'rfid']),
      by: partyIdSchema,
      evidence: refSchema,
      at: timeSchema,
    })
    .optional(),
  /** What a count off tolerance takes off the value of its animals (A3). */
  haircutBps: bpsSchema,
  version: versionSchema,
});

/** Heads of a farm: in = in pens + sold + dead + culled + missing (A2). */
export const herdSchema = z.strictObject({
  farm: partyIdSchema,
  headsIn: countSchema,
  inPens: countSchema,
  sold: countSchema,
  dead: countSchema,
  culled: countSchema,
  missing: countSchema,
});

/** What the parties of a mortgage agreed on sales in the ordinary course, and today's number. */
export const mortgageSchema = z.strictObject({
  debtRef: debtRefSchema,
  farm: partyIdSchema,
  lender: partyIdSchema,
  ordinarySalesPerDay: countSchema,
  day: daySchema,
  soldToday: countSchema,
});

const pointSchema = z.strictObject({ ageDays: countSchema, weight: z.bigint().min(0n) });

/** How a party that lends values a species: weight by age, price, haircut. */
export const curveSchema = z.strictObject({
  lender: partyIdSchema,
  species: speciesSchema,
  unit: z.string(),
  scale: quantitySchema.shape.scale,
  points: z.array(pointSchema).min(1).max(limits.curvePointsMax),
  feed: idSchema('pf'),
  haircutBps: z.number().int().min(0).max(10_000),
  version: versionSchema,
});

export type Animal = z.infer<typeof animalSchema>;
export type AnimalState = Animal['state'];
export type Pen = z.infer<typeof penSchema>;
export type Herd = z.infer<typeof herdSchema>;
export type Mortgage = z.infer<typeof mortgageSchema>;
export type Curve = z.infer<typeof curveSchema>;

const changed = { id: animalIdSchema, expectedVersion: versionSchema };

export const commandSchemas = {
  open_pen: z.strictObject({ id: animalIdSchema, name: nameSchema, toleranceBps: bpsSchema }),
  register: z.strictObject({
    id: animalIdSchema,
    species: speciesSchema,
    born: daySchema,
    sex: animalSchema.shape.sex,
    biometricHash: hashTextSchema,
    photoRef: refSchema,
    batch: nameSchema,
    insurance: insuranceSchema.optional(),
  }),
  bind_tag: z.strictObject({ ...changed, tag: tagSchema, vet: partyIdSchema }),
  place: z.strictObject({ ...changed, pen: animalIdSchema, vet: partyIdSchema }),
  retag: z.strictObject({
    ...changed,
    tag: tagSchema,
    vet: partyIdSchema,
    tamperEvidence: refSchema.optional(),
  }),
  mortgage: z.strictObject({
    animals: z
      .array(z.strictObject({ id: animalIdSchema, lien: lienIdSchema }))
      .min(1)
      .max(limits.animalsPerMortgageMax),
    lender: partyIdSchema,
    debtRef: debtRefSchema,
    securedMax: moneySchema,
    ordinarySalesPerDay: z.number().int().min(0).max(100_000),
    /** A clause that gives the animals to the lender on default; must be false (401). */
    titlePassesOnDefault: z.boolean(),
  }),
  substitute: z.strictObject({ ...changed, by: animalIdSchema }),
  sell: z.strictObject({
    ...changed,
    buyer: partyIdSchema,
    price: moneySchema,
    evidence: refSchema,
  }),
  cull: z.strictObject({ ...changed, reason: noteSchema, evidence: refSchema }),
  report_death: z.strictObject({
    ...changed,
    tag: tagSchema.optional(),
    photo: refSchema.optional(),
    inspection: refSchema.optional(),
    /** Who signs for an animal that no insurer answers for. */
    vet: partyIdSchema.optional(),
  }),
  report_missing: z.strictObject({ ...changed, reason: noteSchema }),
  report_found: z.strictObject({ ...changed, biometricHash: hashTextSchema, vet: partyIdSchema }),
  record_count: z.strictObject({
    pen: animalIdSchema,
    heads: countSchema,
    method: z.enum(['video', 'rfid']),
    evidence: refSchema,
  }),
  set_curve: z.strictObject({
    species: speciesSchema,
    unit: quantitySchema.shape.unit,
    scale: quantitySchema.shape.scale,
    points: curveSchema.shape.points,
    feed: idSchema('pf'),
    haircutBps: curveSchema.shape.haircutBps,
  }),
  freeze: z.strictObject({
    id: animalIdSchema,
    order: refSchema,
    until: timeSchema.optional(),
  }),
  unfreeze: z.strictObject({ id: animalIdSchema, order: refSchema }),
} as const;

export const internalSchemas = {
  deliver_sold: z.strictObject({
    ids: z.array(animalIdSchema).min(1).max(limits.assetsPerSaleMax),
    to: partyIdSchema,
  }),
} as const;
