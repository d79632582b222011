const JITTER = 0.25;

/** Capped exponential delay with a quarter of jitter either way; `random` is in [0, 1). */
export function redialDelayMs(
  failures: number,
  minMs: number,
  maxMs: number,
  random: number,
): number {
  const delay = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
