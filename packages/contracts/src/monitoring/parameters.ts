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
