import type { ParameterBounds } from '@triflow/protocol';

const HOUR_MS = 3_600_000;

/** How soon an alert is to be acknowledged and resolved, where its rule does not say. */
export const parameters = {
  ack_critical_ms: HOUR_MS,
  ack_warning_ms: 24 * HOUR_MS,
  ack_info_ms: 72 * HOUR_MS,
  resolve_critical_ms: 24 * HOUR_MS,
  resolve_warning_ms: 7 * 24 * HOUR_MS,
  resolve_info_ms: 30 * 24 * HOUR_MS,
} as const;

const PERIOD = { min: 60_000, max: 366 * 24 * HOUR_MS };

/** A minute to a year: neither a duty that nobody can meet nor one that never ends. */
export const parameterBounds: Readonly<Record<keyof typeof parameters, ParameterBounds>> = {
  ack_critical_ms: PERIOD,
  ack_warning_ms: PERIOD,
  ack_info_ms: PERIOD,
  resolve_critical_ms: PERIOD,
  resolve_warning_ms: PERIOD,
  resolve_info_ms: PERIOD,
};
