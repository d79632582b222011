import type { ParameterBounds } from '@triflow/protocol';

/** Values that governance sets, with their defaults. */
export const parameters = {
  /** How far a line's invoiced sum may exceed price and tax of what was accepted. */
  matchToleranceMinor: 100,
  /** Day numbers of weekends and statutory holidays, listed one by one (domain R6). */
  'calendar.holidays': [] as readonly number[],
  /** How long ago sales still count in the search for circles of trade. */
  circularTradeDays: 90,
  /** One-year loan prime rate, yearly: the floor of agreed late interest. */
  oneYearLprBps: 300,
} as const;

export const parameterBounds: Readonly<Record<keyof typeof parameters, ParameterBounds>> = {
  matchToleranceMinor: { min: 0, max: 1_000_000 },
  /** Day numbers up to the year 2243. */
  'calendar.holidays': { min: 0, max: 100_000 },
  circularTradeDays: { min: 1, max: 3_660 },
  oneYearLprBps: { min: 0, max: 10_000 },
};
