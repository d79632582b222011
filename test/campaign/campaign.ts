import { z } from 'zod';
import type { Chunk, Stage } from './stages.js';

const MINUTE_MS = 60_000;
const FAILURES_KEPT_MAX = 100;

const failureSchema = z.object({
  /** What failed, or the command that replays it. */
  what: z.string(),
  /** The command of the whole chunk. */
  chunk: z.string(),
});

const totalsSchema = z.object({
  chunks: z.number(),
  cases: z.number(),
  /** Chunks that the end of the campaign cut off; they count for nothing. */
  cut: z.number(),
  ms: z.number(),
  failures: z.array(failureSchema),
});

/** What a campaign has done so far; written down after each chunk, so that it can go on. */
export const campaignStateSchema = z.object({
  version: z.literal(1),
  startedAt: z.string(),
  stages: z.record(z.string(), totalsSchema),
});

export type CampaignState = z.infer<typeof campaignStateSchema>;
export type StageTotals = z.infer<typeof totalsSchema>;

/** How a chunk ended: its output and exit code, or `cut` by the campaign's end. */
export interface ChunkEnd {
  readonly output: string;
  readonly code: number | null;
  readonly cut: boolean;
}

export interface CampaignOptions {
  readonly stages: readonly Stage[];
  readonly state: CampaignState;
  readonly minutes: number;
  /** Runs a chunk, for so long at most. */
  readonly run: (chunk: Chunk, limitMs: number) => Promise<ChunkEnd>;
  readonly save: (state: CampaignState) => void;
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
}

/**
 * Runs chunks of the stages until the time is over: next is always the stage that has had least of
 * its share. A chunk that fails does not end the campaign.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignState> {
  const { stages, state, minutes, run, save, say, nowMs } = options;
  const endMs = nowMs() + minutes * MINUTE_MS;
  while (nowMs() < endMs) {
    const stage = mostBehind(stages, state);
    if (stage === undefined) break;
    const totals = totalsOf(state, stage.name);
    // What was cut off is begun again.
    const chunk = stage.chunk(totals.chunks - totals.cut);
    const startedMs = nowMs();
    const end = await run(chunk, endMs - startedMs);
    totals.ms += nowMs() - startedMs;
    totals.chunks += 1;
    if (end.cut) totals.cut += 1;
    else judge(stage, totals, chunk, end);
    save(state);
    say(progressLine(stage, totals, endMs - nowMs()));
  }
  return state;
}

/** A state in which nothing was done. */
export function freshState(startedAt: string): CampaignState {
  return { version: 1, startedAt, stages: {} };
}

export function totalsOf(state: CampaignState, name: string): StageTotals {
  state.stages[name] ??= { chunks: 0, cases: 0, cut: 0, ms: 0, failures: [] };
  return state.stages[name];
}

function mostBehind(stages: readonly Stage[], state: CampaignState): Stage | undefined {
  const share = ({ name, weight }: Stage): number => totalsOf(state, name).ms / weight;
  return stages.toSorted((a, b) => share(a) - share(b))[0];
}

/** What a chunk says counts; one that failed without saying how, or did nothing, has failed too. */
function judge(
  stage: Stage,
  totals: StageTotals,
  { command }: Chunk,
  { output, code }: ChunkEnd,
): void {
  const failures: string[] = [];
  try {
    const read = stage.read(output);
    totals.cases += read.cases;
    failures.push(...read.failures);
    if (read.cases === 0) failures.push('it did nothing');
  } catch (error) {
    failures.push(`its output cannot be read: ${String(error)}`);
  }
  if (code !== 0 && failures.length === 0) failures.push(`exit code ${code}`);
  for (const what of failures) {
    if (totals.failures.length < FAILURES_KEPT_MAX) totals.failures.push({ what, chunk: command });
  }
}

function progressLine({ name, unit }: Stage, totals: StageTotals, leftMs: number): string {
  const left = Math.max(0, Math.round(leftMs / MINUTE_MS));
  const failed = totals.failures.length;
  return `${name}: ${totals.cases} ${unit}, ${failed} failed; ${left} minutes left`;
}
