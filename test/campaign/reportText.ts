import { type CampaignState, totalsOf } from './campaign.js';
import type { Stage } from './stages.js';

const MINUTE_MS = 60_000;

/** What a campaign did, as text: a line for each stage, then every failure with its command. */
export function reportText(state: CampaignState, stages: readonly Stage[]): string {
  const rows = [['stage', 'did', 'minutes', 'chunks', 'cut', 'failed']];
  const failures: string[] = [];
  for (const { name, unit } of stages) {
    const totals = totalsOf(state, name);
    const { chunks, cases, cut, ms } = totals;
    const failed = String(totals.failures.length);
    const minutes = (ms / MINUTE_MS).toFixed(1);
    rows.push([name, `${cases} ${unit}`, minutes, String(chunks), String(cut), failed]);
    for (const { what, chunk } of totals.failures)
      failures.push(`${name}: ${what}\n  in: ${chunk}`);
  }
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  const end = failures.length === 0 ? ['nothing failed'] : failures;
  return [`campaign of ${state.startedAt}`, '', ...lines, '', ...end, ''].join('\n');
}
