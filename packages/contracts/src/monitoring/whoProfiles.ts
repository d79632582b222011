/** Alarm windows of the WHO, in hundredths of a degree Celsius and ms (domain 3.10). */
const HOUR_MS = 3_600_000;

export interface WhoWindow {
  readonly kind: 'TEMP_SINGLE' | 'TEMP_CUMULATIVE';
  readonly compare: 'ge' | 'gt' | 'le';
  readonly threshold: number;
  readonly durationMs: number;
}

const tooHot: WhoWindow = single('ge', 4_500, HOUR_MS);
const tooWarm: WhoWindow = cumulative('ge', 3_000, 10 * HOUR_MS);
const frozen: WhoWindow = single('le', -50, HOUR_MS);

/** Shipping indicators Type I and II, and a vaccine refrigerator (both windows continuous). */
export const whoProfiles = {
  'who-type-1': [tooHot, tooWarm, frozen],
  'who-type-2': [tooHot, tooWarm, cumulative('ge', 1_000, 20 * HOUR_MS)],
  'who-refrigerator': [single('gt', 800, 10 * HOUR_MS), frozen],
} as const satisfies Readonly<Record<string, readonly WhoWindow[]>>;

export type WhoProfile = keyof typeof whoProfiles;

function single(compare: WhoWindow['compare'], threshold: number, durationMs: number): WhoWindow {
  return { kind: 'TEMP_SINGLE', compare, threshold, durationMs };
}

function cumulative(
  compare: WhoWindow['compare'],
  threshold: number,
  durationMs: number,
): WhoWindow {
  return { kind: 'TEMP_CUMULATIVE', compare, threshold, durationMs };
}
