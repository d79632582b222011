import type { ParameterBounds } from '@triflow/protocol';

/** Values that governance sets, with their defaults. */
export const parameters = {
  /** The share of a lender's claims over which one debtor is CONCENTRATION. */
  concentrationBps: 5_000,
  /** Below this sum, in minor units of any currency, a lender's first claims make no share. */
  concentrationFloorMinor: 100_000_000,
} as const;

export const parameterBounds: Readonly<Record<keyof typeof parameters, ParameterBounds>> = {
  concentrationBps: { min: 1, max: 10_000 },
  concentrationFloorMinor: { min: 0, max: Number.MAX_SAFE_INTEGER },
};
