/** What devices measure: the unit (UN/ECE Rec 20) and the fixed scale of its integers. */
export const readingKinds = {
  TEMPERATURE: { unit: 'CEL', scale: 2 },
  HUMIDITY: { unit: 'P1', scale: 2 },
  /** Two integers: longitude, then latitude. */
  POSITION: { unit: 'DD', scale: 7 },
  WEIGHT: { unit: 'KGM', scale: 3 },
  LEVEL: { unit: 'MMT', scale: 0 },
  /** 1 open, 0 closed. */
  DOOR: { unit: 'C62', scale: 0 },
  /** 1 tampered with, 0 whole. */
  TAMPER: { unit: 'C62', scale: 0 },
  BATTERY: { unit: 'P1', scale: 0 },
  BODY_TEMPERATURE: { unit: 'CEL', scale: 2 },
  HEART_RATE: { unit: 'C62', scale: 0 },
  ACTIVITY: { unit: 'C62', scale: 0 },
  /** Tags that a reader sees in a cabinet or a pen. */
  TAG_COUNT: { unit: 'C62', scale: 0 },
} as const;

export type ReadingKind = keyof typeof readingKinds;

export const readingKindNames = Object.keys(readingKinds) as [ReadingKind, ...ReadingKind[]];

export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];

/** Rules that readings are held against (domain 3.10). */
export const readingRuleKinds = [
  'GEOFENCE',
  'TAMPER',
  'VITALS',
  'OFFLINE',
  'BATTERY',
  'WEIGHT_DELTA',
  'DOOR_OPEN',
  'TEMP_SINGLE',
  'TEMP_CUMULATIVE',
  'HUMIDITY',
] as const;

export type ReadingRuleKind = (typeof readingRuleKinds)[number];

/** Alerts that other contracts raise from their records, and how grave they are by themselves. */
export const recordRuleSeverity = {
  COUNT_MISMATCH: 'warning',
  LTV_WARNING: 'warning',
  LTV_BREACH: 'critical',
  STALE_PRICE: 'warning',
  TERM_MISMATCH: 'warning',
  DOC_EXPIRY: 'warning',
  CONCENTRATION: 'warning',
  DUPLICATE_FINGERPRINT: 'warning',
  CIRCULAR_TRADE: 'critical',
  LATE_CONFIRM: 'warning',
  LATE_PAYMENT: 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

export type RecordRuleKind = keyof typeof recordRuleSeverity;

export const recordRuleKinds = Object.keys(recordRuleSeverity) as [
  RecordRuleKind,
  ...RecordRuleKind[],
];

export type RuleKind = ReadingRuleKind | RecordRuleKind;
