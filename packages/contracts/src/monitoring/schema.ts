import { limits, objectKinds, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { bytesSchema, noteSchema, partyIdSchema, refSchema, versionSchema } from '../fields.js';
import { idSchema } from '../params.js';
import { readingKindNames, readingRuleKinds, recordRuleKinds, severities } from './kinds.js';
import { type WhoProfile, whoProfiles } from './whoProfiles.js';

const DAY_MS = 86_400_000;

export const deviceIdSchema = idSchema('dv');
export const alertIdSchema = idSchema('al');
/** Whatever an alert can be about: an object of any kind. */
export const assetSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
/** What a record's alert can be about: an object, or a party whose papers end. */
const subjectSchema = z.union([assetSchema, partyIdSchema]);
export const assetKindSchema = z.enum(Object.keys(objectKinds) as [string, ...string[]]);
export const ruleIdSchema = z.string().regex(/^[a-z0-9-]{1,60}$/);
export const readingKindSchema = z.enum(readingKindNames);
export const severitySchema = z.enum(severities);
export const ruleKindSchema = z.enum([...readingRuleKinds, ...recordRuleKinds]);

const sequenceSchema = z.number().int().min(1).max(limits.deviceSequenceMax);
const lastSequenceSchema = z.number().int().min(0).max(limits.deviceSequenceMax);
const valueSchema = z.number().int().min(-limits.readingValueMax).max(limits.readingValueMax);
const durationSchema = z
  .number()
  .int()
  .min(0)
  .max(366 * DAY_MS);
const countSchema = z.number().int().min(1).max(limits.ruleCountMax);
const rootSchema = bytesSchema.refine((bytes) => bytes.length === 32, {
  message: 'must be 32 bytes',
});
const spanSchema = z.strictObject({ from: timeSchema, to: timeSchema });

/** One measured value, or two for a position, at its kind's scale. */
export const readingSchema = z.strictObject({
  seq: sequenceSchema,
  time: timeSchema,
  kind: readingKindSchema,
  values: z.array(valueSchema).min(1).max(2),
});

/** A kind that a device sends; with `maxGapMs` its silence is watched. */
export const watchedKindSchema = z.strictObject({
  kind: readingKindSchema,
  maxGapMs: durationSchema.min(1).optional(),
});

const deviceTerms = {
  /** Whose key signs: a registered party of the form `dev:…` with the role DEVICE. */
  party: partyIdSchema,
  /** Another party that may send the device's readings. */
  gateway: partyIdSchema.optional(),
  /** The SUPERVISOR or LENDER that signed the binding. */
  witness: partyIdSchema,
  kinds: z.array(watchedKindSchema).min(1).max(limits.kindsPerDeviceMax),
  maxClockSkewMs: durationSchema.max(DAY_MS),
};

export const deviceSchema = z.strictObject({
  id: deviceIdSchema,
  ...deviceTerms,
  owner: partyIdSchema,
  /** What it watches now; its number counts the bindings, 1 and up. */
  boundTo: assetSchema.optional(),
  boundAt: timeSchema,
  binding: z.number().int().min(1),
  lastSeq: lastSequenceSchema,
  /** Time of the last reading; 0 before the first. */
  lastTime: timeSchema,
  gapsSeen: z.number().int().min(0),
  state: z.enum(['BOUND', 'UNBOUND']),
  version: versionSchema,
});

export const devicePartySchema = z.strictObject({ device: deviceIdSchema });

/** The devices that watch or have watched an asset. */
export const assetDevicesSchema = z.strictObject({
  bindings: z
    .array(
      z.strictObject({
        device: deviceIdSchema,
        binding: z.number().int().min(1),
        from: timeSchema,
        to: timeSchema.optional(),
      }),
    )
    .max(limits.bindingsPerAssetMax),
  /** Start of the shipment that cumulative windows are summed over. */
  shipmentFrom: timeSchema.optional(),
});

/** Times at which a release token covers a door, a weight or a way out. */
export const coversSchema = z.strictObject({
  covers: z
    .array(z.strictObject({ token: z.string().max(limits.nameTextMax), ...spanSchema.shape }))
    .max(limits.coversPerAssetMax),
});

const gapSchema = z.strictObject({ fromSeq: sequenceSchema, toSeq: sequenceSchema });

/** What one batch leaves in the state: the readings themselves are not in it. */
export const batchSchema = z.strictObject({
  device: deviceIdSchema,
  asset: assetSchema,
  binding: z.number().int().min(1),
  fromSeq: sequenceSchema,
  toSeq: sequenceSchema,
  count: z.number().int().min(1),
  fromTime: timeSchema,
  toTime: timeSchema,
  root: rootSchema,
  /** `submitted`: the readings are in the transaction; `anchored`: the gateway keeps them. */
  how: z.enum(['submitted', 'anchored']),
  gaps: z.array(gapSchema).max(limits.readingsPerBatchMax),
  txId: z.string(),
  height: z.number().int(),
  by: partyIdSchema,
});

/** What is known of one kind of one device since it was bound. */
export const seriesSchema = z.strictObject({
  lastTime: timeSchema.optional(),
  lastValues: z.array(valueSchema).max(2).optional(),
  /** Last time it was heard of, by either kind of batch. */
  heardAt: timeSchema.optional(),
  /** Stretches of time whose value is known, oldest first. */
  covered: z.array(spanSchema).max(limits.spansKeptMax),
});

/** How one rule stands for one device since it was bound. */
export const watchSchema = z.strictObject({
  /** The first moment that it has judged. */
  since: timeSchema,
  ruleVersion: versionSchema,
  /** The shipment that a cumulative window is summed over. */
  sumFrom: timeSchema.optional(),
  /** The unbroken run of violation that is still open: since when, up to when it is known. */
  run: spanSchema.optional(),
  /** Ended runs of violation, oldest first. */
  runs: z.array(spanSchema).max(limits.spansKeptMax),
  /** Runs dropped from the list: until when they reach, how long they were. */
  folded: z
    .strictObject({ to: timeSchema, sumMs: z.number().int(), longestMs: z.number().int() })
    .optional(),
  /** Successive readings past the raise threshold, and inside the clear threshold. */
  outside: z.number().int().min(0),
  outsideSince: timeSchema.optional(),
  inside: z.number().int().min(0),
  /** What a weight is compared with. */
  baseline: valueSchema.optional(),
  episodes: z.number().int().min(0),
  /** The alert of the episode that is open. */
  alert: alertIdSchema.optional(),
});

const compareSchema = z.enum(['ge', 'gt', 'le', 'lt']);
const limitFields = {
  compare: compareSchema,
  threshold: valueSchema,
  /** The first value on the safe side; without it every value that does not violate is safe. */
  clear: valueSchema.optional(),
  clearCount: countSchema,
};
const pointSchema = z.strictObject({ x: valueSchema, y: valueSchema });

/** What a rule asks, by its kind. Values at the scale of the reading's kind. */
export const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('TEMP_SINGLE'), ...limitFields, durationMs: durationSchema }),
  z.strictObject({
    kind: z.literal('TEMP_CUMULATIVE'),
    ...limitFields,
    durationMs: durationSchema,
  }),
  z.strictObject({ kind: z.literal('HUMIDITY'), ...limitFields }),
  z.strictObject({ kind: z.literal('BATTERY'), ...limitFields }),
  z.strictObject({
    kind: z.literal('VITALS'),
    reading: z.enum(['BODY_TEMPERATURE', 'HEART_RATE', 'ACTIVITY']),
    ...limitFields,
  }),
  z.strictObject({
    kind: z.literal('GEOFENCE'),
    fence: z.array(pointSchema).min(3).max(limits.fencePointsMax),
    minConsecutive: countSchema,
    clearCount: countSchema,
  }),
  z.strictObject({
    kind: z.literal('WEIGHT_DELTA'),
    reading: z.enum(['WEIGHT', 'LEVEL']),
    delta: valueSchema.min(1),
    clearDelta: valueSchema.min(0),
    clearCount: countSchema,
  }),
  z.strictObject({ kind: z.literal('TAMPER'), clearCount: countSchema }),
  z.strictObject({ kind: z.literal('DOOR_OPEN'), clearCount: countSchema }),
  z.strictObject({ kind: z.literal('OFFLINE'), clearCount: countSchema }),
  z.strictObject({ kind: z.literal('RECORD'), of: z.enum(recordRuleKinds) }),
]);

/** Which assets a rule is for: one, or all of a kind. */
export const selectorSchema = z.union([
  z.strictObject({ asset: assetSchema }),
  z.strictObject({ assetKind: assetKindSchema }),
]);

const ruleTerms = {
  selector: selectorSchema,
  condition: conditionSchema,
  severity: severitySchema,
  /** Who has to answer its alerts. */
  owner: partyIdSchema,
  ackWithinMs: durationSchema.min(1).optional(),
  resolveWithinMs: durationSchema.min(1).optional(),
};

export const ruleSchema = z.strictObject({
  id: ruleIdSchema,
  ...ruleTerms,
  setBy: partyIdSchema,
  setAt: timeSchema,
  state: z.enum(['ACTIVE', 'RETIRED']),
  version: versionSchema,
});

/** The rules of one selector. */
export const ruleListSchema = z.strictObject({
  rules: z.array(ruleIdSchema).max(limits.rulesPerSelectorMax),
});

const signedSchema = z.strictObject({ by: partyIdSchema, at: timeSchema });

export const alertSchema = z.strictObject({
  id: alertIdSchema,
  kind: ruleKindSchema,
  rule: ruleIdSchema.optional(),
  ruleVersion: versionSchema.optional(),
  asset: subjectSchema,
  device: deviceIdSchema.optional(),
  /** With rule or kind, and asset, the key of an alert (domain 3.10). */
  episode: z.string().max(limits.nameTextMax),
  severity: severitySchema,
  owner: partyIdSchema,
  /** Who set the rule. */
  watcher: partyIdSchema.optional(),
  state: z.enum(['RAISED', 'ACKED', 'ESCALATED', 'RESOLVED', 'FALSE']),
  /** Legal time: of the block. */
  raisedAt: timeSchema,
  /** When the episode began, by the readings; the block's time for a record. */
  since: timeSchema,
  ackBy: timeSchema,
  resolveBy: timeSchema,
  /** When the episode ended. */
  clearedAt: timeSchema.optional(),
  acknowledged: signedSchema.optional(),
  escalatedAt: timeSchema.optional(),
  closed: z
    .strictObject({
      ...signedSchema.shape,
      evidence: refSchema.optional(),
      reason: noteSchema.optional(),
      /** The other party of `mark_false`. */
      second: partyIdSchema.optional(),
    })
    .optional(),
  /** Other objects that it is about. */
  refs: z.array(z.string().min(1).max(limits.nameTextMax)).max(limits.alertRefsMax),
  version: versionSchema,
});

/** What is open on an asset; of the critical ones the latest by id. */
export const assetAlertsSchema = z.strictObject({
  open: z.number().int().min(0),
  openCritical: z.number().int().min(0),
  critical: z.array(alertIdSchema).max(limits.criticalAlertsListedMax),
});

/** Episodes of a kind of record alert on an asset. */
export const episodeSchema = z.strictObject({
  count: z.number().int().min(1),
  alert: alertIdSchema,
  open: z.boolean(),
});

export type Reading = z.infer<typeof readingSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type Batch = z.infer<typeof batchSchema>;
export type Series = z.infer<typeof seriesSchema>;
export type Watch = z.infer<typeof watchSchema>;
export type Rule = z.infer<typeof ruleSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type Alert = z.infer<typeof alertSchema>;
export type AssetDevices = z.infer<typeof assetDevicesSchema>;
export type Cover = z.infer<typeof coversSchema>['covers'][number];
export type Span = z.infer<typeof spanSchema>;
export type AlertState = Alert['state'];

const episodeNameSchema = z.string().regex(/^[\x21-\x2e\x30-\x7e]{1,128}$/);

/** Parameters of the internal commands, for the contracts that call them. */
export const internalSchemas = {
  raise_alert: z.strictObject({
    kind: z.enum(recordRuleKinds),
    asset: subjectSchema,
    /** Tells several of one kind on one asset apart, such as an obligation's id. */
    episode: episodeNameSchema.optional(),
    /** Without it the rule's, else the kind's own. */
    severity: severitySchema.optional(),
    /** Who has to answer it. */
    owner: partyIdSchema,
    refs: alertSchema.shape.refs.optional(),
  }),
  clear_alert: z.strictObject({
    kind: z.enum(recordRuleKinds),
    asset: subjectSchema,
    episode: episodeNameSchema.optional(),
  }),
  open_cover: z.strictObject({
    asset: assetSchema,
    token: z.string().min(1).max(limits.nameTextMax),
    until: timeSchema,
  }),
  close_cover: z.strictObject({
    asset: assetSchema,
    token: z.string().min(1).max(limits.nameTextMax),
  }),
  begin_shipment: z.strictObject({ asset: assetSchema }),
} as const;

const alertChange = { id: alertIdSchema, expectedVersion: versionSchema };
const batchFields = {
  device: deviceIdSchema,
  fromSeq: sequenceSchema,
  toSeq: sequenceSchema,
  root: rootSchema,
};
const extremesSchema = z.strictObject({
  kind: readingKindSchema,
  min: readingSchema.shape.values,
  max: readingSchema.shape.values,
  count: z.number().int().min(1).max(limits.readingsPerAnchorMax),
});

export type Extremes = z.infer<typeof extremesSchema>;

export const commandSchemas = {
  bind_device: z.strictObject({
    id: deviceIdSchema,
    ...deviceTerms,
    asset: assetSchema,
    /** Of a device that exists. */
    expectedVersion: versionSchema.optional(),
  }),
  unbind_device: z.strictObject({ id: deviceIdSchema, expectedVersion: versionSchema }),
  submit_batch: z.strictObject({
    ...batchFields,
    readings: z.array(readingSchema).min(1).max(limits.readingsPerBatchMax),
  }),
  anchor_batch: z.strictObject({
    ...batchFields,
    fromTime: timeSchema,
    toTime: timeSchema,
    kinds: z.array(extremesSchema).min(1).max(limits.kindsPerDeviceMax),
  }),
  check_silence: z.strictObject({ device: deviceIdSchema }),
  set_rule: z.strictObject({
    id: ruleIdSchema,
    ...ruleTerms,
    /** Of a rule that exists. */
    expectedVersion: versionSchema.optional(),
  }),
  apply_profile: z.strictObject({
    profile: z.enum(Object.keys(whoProfiles) as [WhoProfile, ...WhoProfile[]]),
    /** The rules are named after it: `<prefix>-1` and up. */
    prefix: z.string().regex(/^[a-z0-9-]{1,56}$/),
    selector: selectorSchema,
    severity: severitySchema,
    owner: partyIdSchema,
    clearCount: countSchema,
  }),
  retire_rule: z.strictObject({ id: ruleIdSchema, expectedVersion: versionSchema }),
  acknowledge: z.strictObject(alertChange),
  escalate: z.strictObject({ id: alertIdSchema }),
  resolve: z.strictObject({ ...alertChange, evidence: refSchema }),
  mark_false: z.strictObject({ ...alertChange, reason: noteSchema, second: partyIdSchema }),
} as const;

export type NewRule = z.infer<typeof commandSchemas.set_rule>;
export type BindParams = z.infer<typeof commandSchemas.bind_device>;
export type AnchorParams = z.infer<typeof commandSchemas.anchor_batch>;
