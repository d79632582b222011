import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, defined } from '@triflow/protocol';
import type { BenchNetwork } from './benchNetwork.js';
import type { BenchNode } from './benchNode.js';
import { memoryOf, processorMs } from './processUse.js';
import type { Batch } from './signing.js';
import { verificationUs } from './stages/signatureLimit.js';
import { percentile } from './statistics.js';

const TICK_MS = 20;
const MILLION = 1_000_000;
/** A run without a final transaction goes on for so long at most. */
const FINAL_MS = 60_000;

export interface LoadFigures {
  readonly seconds: number;
  readonly transactionsPerSecond: number;
  readonly commandsPerSecond: number;
  /** Transactions that were final with a status other than success. */
  readonly rejected: number;
  /** Requests that a node refused, or of which nothing was heard. */
  readonly refused: number;
  readonly blocksPerSecond: number;
  readonly transactionsPerBlock: number;
  /** From sending a batch, or from when it was due, until its last transaction was final. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number };
  /** Processor time of each validator and of the load generator for one transaction. */
  readonly processorUs: {
    readonly nodes: readonly number[];
    readonly allNodes: number;
    readonly load: number;
  };
  /** One signature verification, measured while this run began: the machine's pace. */
  readonly verificationUs: number;
  /**
   * Processor time of all validators for one transaction, counted in verifications: it hardly
   * depends on how busy or how fast the machine is.
   */
  readonly verificationsWorth: number;
  /** Of each validator, at the end of the run. */
  readonly memoryBytes: readonly number[];
  /** How many processors the validators and the load kept busy. */
  readonly processorsBusy: number;
}

export interface LoadOptions {
  readonly network: BenchNetwork;
  readonly batches: readonly Batch[];
  readonly commandsEach: number;
  readonly seconds: number;
  /** Load runs so long before anything counts, so that the pipeline is full. */
  readonly rampMs: number;
}

interface Tally {
  readonly latencies: { readonly endMs: number; readonly tookMs: number }[];
  refused: number;
}

interface Snapshot {
  readonly atMs: number;
  readonly height: number;
  readonly committed: number;
  readonly rejected: number;
  readonly nodesMs: readonly number[];
  readonly loadMs: number;
}

/**
 * Clients that each send a batch, wait until it is final, and send the next: as many transactions
 * are under way as clients times batch, whatever the network can do.
 */
export async function closedLoop(
  options: LoadOptions & { readonly clients: number },
): Promise<LoadFigures> {
  const { network, batches, clients } = options;
  const tally: Tally = { latencies: [], refused: 0 };
  const queue = { next: 0, stopped: false };
  const client = async (turn: number): Promise<void> => {
    const node = network.node(turn).client;
    while (!queue.stopped) {
      const batch = batches[queue.next];
      queue.next += 1;
      if (batch === undefined) return;
      const sentMs = performance.now();
      await node.submitBatch(batch);
      await note(tally, node.waitOutcome(lastOf(batch)), sentMs);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, turn) => client(turn)));
  try {
    return await measured(options, tally, running);
  } finally {
    queue.stopped = true;
    await running.catch(() => undefined);
  }
}

/**
 * Batches sent when they are due, whether or not earlier ones are final: the load does not wait
 * for the network, and what is late counts from when it was due.
 */
export async function openLoop(
  options: LoadOptions & { readonly transactionsPerSecond: number },
): Promise<LoadFigures> {
  const { network, batches, transactionsPerSecond } = options;
  const tally: Tally = { latencies: [], refused: 0 };
  const state = { stopped: false };
  const pending = new Set<Promise<void>>();
  const send = async (batch: Batch, turn: number, dueMs: number): Promise<void> => {
    const node = network.node(turn).client;
    try {
      await node.submitBatch(batch);
      await note(tally, node.waitOutcome(lastOf(batch)), dueMs);
    } catch {
      tally.refused += 1;
    }
  };
  const running = (async () => {
    const startMs = performance.now();
    for (const [turn, batch] of batches.entries()) {
      const dueMs = startMs + (turn * batch.length * 1_000) / transactionsPerSecond;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > TICK_MS / 4) await sleep(earlyMs);
      if (state.stopped) return;
      const sending = send(batch, turn, dueMs).finally(() => pending.delete(sending));
      pending.add(sending);
    }
  })();
  try {
    return await measured(options, tally, running);
  } finally {
    state.stopped = true;
    await running.catch(() => undefined);
    await Promise.all(pending);
  }
}

/** Sends all batches through the nodes given and waits until every one is final. */
export async function commitAll(
  nodes: readonly BenchNode[],
  batches: readonly Batch[],
  clients: number,
): Promise<void> {
  let next = 0;
  const client = async (turn: number): Promise<void> => {
    const { client: node } = defined(nodes[turn % nodes.length], 'load: a node');
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      await node.submitBatch(batch);
      await node.waitOutcome(lastOf(batch));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, turn) => client(turn)));
}

/** Transactions in a batch of the open loop, so that one is due every tick. */
export function openLoopBatch(transactionsPerSecond: number): number {
  return Math.max(1, Math.round((transactionsPerSecond * TICK_MS) / 1_000));
}

/** Transactions that a run of so many seconds may need at a rate. */
export function transactionsNeeded(perSecond: number, seconds: number): number {
  return Math.ceil(perSecond * (seconds + 1));
}

async function note(tally: Tally, outcome: Promise<string>, sinceMs: number): Promise<void> {
  const ended = await outcome;
  const endMs = performance.now();
  if (ended === 'pending' || ended === 'expired') tally.refused += 1;
  else tally.latencies.push({ endMs, tookMs: endMs - sinceMs });
}

function lastOf(batch: Batch) {
  return defined(batch.at(-1), 'load: a batch is not empty').txId;
}

async function measured(
  { network, commandsEach, seconds, rampMs }: LoadOptions,
  tally: Tally,
  running: Promise<unknown>,
): Promise<LoadFigures> {
  let failed: unknown;
  const ended = running.catch((error: unknown) => {
    failed = error;
  });
  await Promise.race([sleep(rampMs / 2), ended]);
  const paceUs = verificationUs();
  await Promise.race([sleep(rampMs / 2), ended]);
  const before = await snapshot(network);
  await Promise.race([sleep(seconds * 1_000), ended]);
  const after = await finalSnapshot(network, tally, before, () => failed !== undefined);
  if (failed !== undefined) throw failed;
  const memory = await Promise.all(network.nodes.map(({ pid }) => memoryOf(pid)));
  const took = tally.latencies
    .filter(({ endMs }) => endMs > before.atMs && endMs <= after.atMs)
    .map(({ tookMs }) => tookMs);
  const elapsed = (after.atMs - before.atMs) / 1_000;
  const transactions = transactionsOf(after) - transactionsOf(before);
  const blocks = after.height - before.height;
  const each = (ms: number): number => (ms * 1_000) / transactions;
  const nodesMs = after.nodesMs.map((ms, index) => ms - (before.nodesMs[index] ?? 0));
  const allNodesMs = nodesMs.reduce((sum, ms) => sum + ms, 0);
  const loadMs = after.loadMs - before.loadMs;
  return {
    seconds: elapsed,
    transactionsPerSecond: transactions / elapsed,
    commandsPerSecond: (transactions * commandsEach) / elapsed,
    rejected: after.rejected - before.rejected,
    refused: tally.refused,
    blocksPerSecond: blocks / elapsed,
    transactionsPerBlock: transactions / Math.max(1, blocks),
    latencyMs: {
      p50: percentile(took, 500),
      p95: percentile(took, 950),
      max: Math.max(...took),
    },
    processorUs: { nodes: nodesMs.map(each), allNodes: each(allNodesMs), load: each(loadMs) },
    verificationUs: paceUs,
    verificationsWorth: each(allNodesMs) / paceUs,
    memoryBytes: memory.map((bytes) => bytes ?? 0),
    processorsBusy: (allNodesMs + loadMs) / 1_000 / elapsed,
  };
}

/** A window in which nothing became final says nothing: it stays open, but not for ever. */
async function finalSnapshot(
  network: BenchNetwork,
  tally: Tally,
  before: Snapshot,
  hasFailed: () => boolean,
): Promise<Snapshot> {
  for (;;) {
    const heard = tally.latencies.some(({ endMs }) => endMs > before.atMs);
    const now = await snapshot(network);
    if (hasFailed() || (heard && transactionsOf(now) > transactionsOf(before))) return now;
    if (now.atMs - before.atMs > FINAL_MS) {
      throw new CodedError('WAIT_TIMEOUT', 'the nodes counted no final transaction in this run');
    }
    await sleep(TICK_MS);
  }
}

function transactionsOf({ committed, rejected }: Snapshot): number {
  return committed + rejected;
}

async function snapshot(network: BenchNetwork): Promise<Snapshot> {
  const [counts, ...nodesMs] = await Promise.all([
    network.node(0).client.counts(),
    ...network.nodes.map(({ pid }) => processorMs(pid)),
  ]);
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    height: counts.height,
    committed: counts.committed,
    rejected: counts.rejected,
    nodesMs: nodesMs.map((ms) => ms ?? Number.NaN),
    loadMs: (user + system) * (1_000 / MILLION),
  };
}
