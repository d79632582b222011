import type { StoryDevice } from '../field/devices.js';

/** The figures of the story. Money is fen. */
export const CURRENCY = 'CNY';
export const SPECIES = 'cattle';
export const HEADS = 4;
export const AGE_DAYS = 600;
export const INSURED_DAYS = 300;

/** Weight by age, kilograms: nothing changes over the days around the story's age. */
export const curve = {
  unit: 'KGM',
  scale: 0,
  points: [
    { ageDays: 0, weight: 40n },
    { ageDays: 540, weight: 500n },
    { ageDays: 900, weight: 500n },
  ],
  haircutBps: 2_000,
} as const;
export const WEIGHT_KILOGRAMS = 500n;

/** 26.00 yuan a kilogram, alive. */
export const CENTS_A_KILOGRAM = 2_600n;
/** 500 kg at 26.00 less 20 %: 10,400 yuan a head. */
export const HEAD_VALUE_MINOR = 1_040_000n;

export const feed = {
  sku: 'CATTLE-LIVE',
  currency: CURRENCY,
  unit: 'KGM',
  quorum: 2,
  windowMs: 60_000,
  staleAfterMs: 24 * 3_600_000,
  maxMoveBps: 3_000,
  confirmWithinBps: 500,
} as const;

export const loan = {
  limitMinor: 3_000_000n,
  initialLtvBps: 6_000,
  warningBps: 6_500,
  marginCallBps: 7_500,
  disposalBps: 8_500,
  cureToBps: 6_000,
  /** Interest is settled outside the ledger, in advance: every run has the same figures. */
  rateBps: 0,
  days: 180,
  cureHours: 48,
  /** 57.69 % of four heads. */
  drawnMinor: 2_400_000n,
  /** What is asked for while an animal is over the fence: three heads would cover it. */
  triedMinor: 1_000_000n,
  /** Sold in the ordinary course of business, agreed for a day (404). */
  ordinarySalesPerDay: 1,
} as const;

/** Under 70 % of 13,000 yuan a price is manifestly unreasonable; at 12,800 it is a fair one. */
export const sale = { lowMinor: 900_000n, fairMinor: 1_280_000n } as const;
/** What the policy pays for a head. */
export const INSURANCE_MINOR = 1_000_000n;

/** Where the pen lies, and the fence around it, in ten-millionths of a degree. */
const home = { x: 1_117_000_000, y: 408_000_000 };
const HALF_FENCE = 40_000;
export const fence = [
  { x: home.x - HALF_FENCE, y: home.y - HALF_FENCE },
  { x: home.x + HALF_FENCE, y: home.y - HALF_FENCE },
  { x: home.x + HALF_FENCE, y: home.y + HALF_FENCE },
  { x: home.x - HALF_FENCE, y: home.y + HALF_FENCE },
];

const tag = {
  model: 'ear-tag',
  owner: 'farm',
  gateway: 'farm',
  witness: 'supervisor',
  home,
} as const;

/** The farm's ear tags speak by its gateway; the supervisor, whom the bank pays, relies on them. */
export const tags = {
  first: { ...tag, device: 'dv_ear-tag-4', party: 'device-4' },
  third: { ...tag, device: 'dv_ear-tag-5', party: 'device-5' },
} as const satisfies Readonly<Record<string, StoryDevice>>;

/** Steps of 0.1 s: a few at rest; over the fence; a fever that rises by 0.2 degrees a step. */
export const STEADY_STEPS = 3;
export const AWAY_STEPS = 3;
export const FEVER_STEPS = 14;
/** Hundredths of a degree, and per cent of charge. */
export const FEVER = 4_100;
export const LOW_BATTERY = 25;
