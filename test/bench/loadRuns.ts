import type { LoadFigures } from './load.js';
import { type Spread, spreadOf } from './statistics.js';

/** The runs of one load and what lies in their middle. */
export interface LoadRuns {
  readonly transactionsPerSecond: Spread;
  readonly commandsPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p95Ms: Spread;
  readonly processorUsAllNodes: Spread;
  /** The same, counted in signature verifications: for comparing runs. */
  readonly verificationsWorth: Spread;
  /** Part of the limit that was reached, where the limit was measured in this run. */
  readonly shareOfLimit: number | undefined;
  readonly runs: readonly LoadFigures[];
}

/** Sums runs up. `limitPerSecond` is what verifying signatures alone would allow. */
export function loadRunsOf(
  runs: readonly LoadFigures[],
  limitPerSecond: number | undefined,
): LoadRuns {
  const of = (pick: (run: LoadFigures) => number): Spread => spreadOf(runs.map(pick));
  const transactionsPerSecond = of((run) => run.transactionsPerSecond);
  return {
    transactionsPerSecond,
    commandsPerSecond: of((run) => run.commandsPerSecond),
    p50Ms: of((run) => run.latencyMs.p50),
    p95Ms: of((run) => run.latencyMs.p95),
    processorUsAllNodes: of((run) => run.processorUs.allNodes),
    verificationsWorth: of((run) => run.verificationsWorth),
    shareOfLimit:
      limitPerSecond === undefined ? undefined : transactionsPerSecond.median / limitPerSecond,
    runs,
  };
}
