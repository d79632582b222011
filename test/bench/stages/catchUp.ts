import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@triflow/protocol';
import type { BenchNetwork } from '../benchNetwork.js';
import { commitAll } from '../load.js';
import { processorMs } from '../processUse.js';
import type { Workload } from '../workloads.js';

/** Asking costs the node a millisecond; it is not asked often. */
const POLL_MS = 100;
const GIVE_UP_MS = 300_000;

export interface CatchUpFigures {
  readonly transactions: number;
  readonly blocks: number;
  /** From the moment at which the node served again, its connections included. */
  readonly seconds: number;
  readonly transactionsPerSecond: number;
  /** From its first new block on. */
  readonly secondsFetching: number;
  readonly transactionsPerSecondFetching: number;
  /** Processor time of the node that catches up, for one transaction. */
  readonly processorUs: number;
}

/**
 * The last validator is away while so many transactions are committed, then comes back: how fast
 * it fetches, checks and executes them, every signature included.
 */
export async function catchUp(options: {
  readonly network: BenchNetwork;
  readonly workload: Workload;
  readonly transactions: number;
  readonly batch: number;
  readonly clients: number;
}): Promise<CatchUpFigures> {
  const { network, workload, transactions, batch, clients } = options;
  const away = network.node(network.nodes.length - 1);
  const present = network.nodes.slice(0, -1);
  await away.stop();
  const from = await network.node(0).client.counts();
  const batches = network.signing.batches({
    workload,
    batches: Math.ceil(transactions / batch),
    transactions: batch,
    commands: 1,
    validUntilHeight: await network.lastValidHeight(),
  });
  await commitAll(present, batches, clients);
  const { height: target, committed } = await network.node(0).client.counts();
  await away.start();
  const listeningMs = performance.now();
  const startMs = (await processorMs(away.pid)) ?? Number.NaN;
  let fetchingMs = listeningMs;
  for (;;) {
    const height = await away.client.height();
    const nowMs = performance.now();
    if (height <= from.height) fetchingMs = nowMs;
    if (height >= target) break;
    if (nowMs - listeningMs > GIVE_UP_MS) {
      throw new CodedError('WAIT_TIMEOUT', `catch-up: at ${height} of ${target}`);
    }
    await sleep(POLL_MS);
  }
  const doneMs = performance.now();
  const endMs = (await processorMs(away.pid)) ?? Number.NaN;
  const count = committed - from.committed;
  if (count < transactions) {
    throw new CodedError('INTERNAL', `catch-up: ${count} of ${transactions} were committed`);
  }
  const seconds = (doneMs - listeningMs) / 1_000;
  const secondsFetching = (doneMs - fetchingMs) / 1_000;
  return {
    transactions: count,
    blocks: target - from.height,
    seconds,
    transactionsPerSecond: count / seconds,
    secondsFetching,
    transactionsPerSecondFetching: count / secondsFetching,
    processorUs: ((endMs - startMs) * 1_000) / count,
  };
}
