import { CodedError, defined } from '@triflow/protocol';
import { createClient, http } from '@triflow/sdk';
import { senderAccount } from '../benchGenesis.js';
import type { BenchNetwork } from '../benchNetwork.js';
import { processorMs } from '../processUse.js';
import { percentile } from '../statistics.js';
import { lotOf } from '../workloads.js';

const WARM_UP_MS = 1_000;
const READERS = 16;

export interface ReadFigures {
  readonly readsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Processor time of the node, and of the reader that checks the proof, for one read. */
  readonly nodeUs: number;
  readonly readerUs: number;
}

/**
 * Reads of one object each from one node through the SDK, by the parties that own them and are
 * logged in, the proof of every answer checked against the validators of genesis. The network is
 * idle, so that each reader verifies the head's certificate once and each proof for itself.
 */
export async function verifiedReads(network: BenchNetwork, seconds: number): Promise<ReadFigures> {
  const node = network.node(0);
  const { genesis, signing } = network;
  const owners = signing.senders.map((sender) => {
    const transport = http([node.url]);
    const client = createClient({ transport, trust: { genesis }, account: senderAccount(sender) });
    return { client, lot: lotOf(sender) };
  });
  const took: number[] = [];
  const state = { counting: false, stopped: false };
  const reader = async (start: number): Promise<void> => {
    for (let turn = start; !state.stopped; turn += 1) {
      const { client, lot } = defined(owners[turn % owners.length], 'reads: an owner');
      const sentMs = performance.now();
      const { data, verified } = await client.lots.get(lot);
      if (data === null || verified === undefined) {
        throw new CodedError('PROOF_MISSING', `${lot} was not proved`);
      }
      if (state.counting) took.push(performance.now() - sentMs);
    }
  };
  const readers = Promise.all(Array.from({ length: READERS }, (_, turn) => reader(turn)));
  const failed = readers.then(() => undefined);
  await Promise.race([pause(WARM_UP_MS), failed]);
  state.counting = true;
  const startMs = performance.now();
  const own = process.cpuUsage();
  const nodeStartMs = (await processorMs(node.pid)) ?? Number.NaN;
  await Promise.race([pause(seconds * 1_000), failed]);
  state.counting = false;
  const elapsed = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(own);
  const nodeEndMs = (await processorMs(node.pid)) ?? Number.NaN;
  state.stopped = true;
  await readers;
  if (took.length === 0) throw new CodedError('WAIT_TIMEOUT', 'reads: none ended in time');
  return {
    readsPerSecond: took.length / elapsed,
    p50Ms: percentile(took, 500),
    p95Ms: percentile(took, 950),
    nodeUs: ((nodeEndMs - nodeStartMs) * 1_000) / took.length,
    readerUs: (user + system) / took.length,
  };
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}
