import type { ConsensusState } from '@triflow/consensus';
import { Counter, Histogram, type Registry } from 'prom-client';

const STEPS: ReadonlySet<string> = new Set(['propose', 'prevote', 'precommit']);
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Hears of each change of the consensus state: the one before, null at first, and the next. */
export type ConsensusListener = (before: ConsensusState | null, next: ConsensusState) => void;

/** Counts rounds, steps and missing votes as the state of the consensus moves. */
export function watchConsensus(registry: Registry, nowMs: () => number): ConsensusListener {
  const registers = [registry];
  const rounds = new Counter({
    name: 'triflow_consensus_rounds_total',
    help: 'Rounds that this node entered; more than one a height means that rounds failed',
    registers,
  });
  const steps = new Histogram({
    name: 'triflow_consensus_step_seconds',
    help: 'Time in a step of a round, in seconds',
    labelNames: ['step'],
    buckets: SECONDS,
    registers,
  });
  const missed = new Counter({
    name: 'triflow_consensus_missed_votes_total',
    help: 'Final blocks without the precommit of a validator in the certificate seen here',
    labelNames: ['validator'],
    registers,
  });
  let sinceMs = nowMs();
  return (before, next) => {
    const isNewHeight = before?.base.height !== next.base.height;
    rounds.inc(isNewHeight ? 1 : Math.max(0, next.round - before.round));
    if (isNewHeight || before.step !== next.step || before.round !== next.round) {
      const atMs = nowMs();
      const step = before?.step ?? '';
      if (STEPS.has(step)) steps.observe({ step }, Math.max(0, atMs - sinceMs) / 1_000);
      sinceMs = atMs;
    }
    if (next.decision === null || (!isNewHeight && before.decision !== null)) return;
    const voted = new Set(next.decision.entries.map(([index]) => index));
    for (const [index, { id }] of next.base.set.entries()) {
      missed.inc({ validator: id }, voted.has(index) ? 0 : 1);
    }
  };
}
