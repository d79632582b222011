const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;

/** The ledger's Day (days since 1970-01-01) of a date `YYYY-MM-DD`. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** The ledger's Day of a time: its Beijing date. */
export function dayOfTime(timeMs: number): number {
  return Math.floor((timeMs + BEIJING_MS) / DAY_MS);
}
