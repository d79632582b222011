import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, defined } from '@triflow/protocol';
import type { BenchNetwork } from '../benchNetwork.js';
import { percentile } from '../statistics.js';
import type { Workload } from '../workloads.js';

const WARM_UP = 10;
/** Between two transactions, so that the network is idle again; varied against lockstep. */
const PAUSE_MS = 40;
const PAUSE_STEP_MS = 7;
const PAUSE_STEPS = 6;

export interface IdleFigures {
  readonly transactions: number;
  readonly p50: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
}

/** One transaction at a time on an idle network: from POST to the answer that it is final, ms. */
export async function idleLatency(
  network: BenchNetwork,
  workload: Workload,
  transactions: number,
): Promise<IdleFigures> {
  const validUntilHeight = await network.lastValidHeight();
  const batches = network.signing.batches({
    workload,
    batches: transactions + WARM_UP,
    transactions: 1,
    commands: 1,
    validUntilHeight,
  });
  const took: number[] = [];
  for (const [turn, batch] of batches.entries()) {
    const { bytes } = defined(batch[0], 'idle: a transaction');
    await sleep(PAUSE_MS + (turn % PAUSE_STEPS) * PAUSE_STEP_MS);
    const sentMs = performance.now();
    const outcome = await network.node(turn).client.submitAndWait(bytes);
    if (turn >= WARM_UP) took.push(performance.now() - sentMs);
    if (outcome !== 'committed') throw new CodedError('INTERNAL', `idle: ${outcome}`);
  }
  return {
    transactions,
    p50: percentile(took, 500),
    p95: percentile(took, 950),
    min: Math.min(...took),
    max: Math.max(...took),
  };
}
