/** Values that governance sets, with their defaults. */
export const parameters = {
  /** One-year loan prime rate, yearly: the floor of agreed late interest. */
  oneYearLprBps: 300,
} as const;
