import { CodedError } from '@triflow/protocol';
import type { BenchNetwork } from '../benchNetwork.js';
import { growClaimTree } from '../claimTree.js';
import { processorMs } from '../processUse.js';
import { percentile } from '../statistics.js';
import { verificationUs } from './signatureLimit.js';

const RUNS = 9;

export interface PenetrateFigures {
  readonly claims: number;
  /** The first query of a node that has just started, and the middle of the others. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly maxMs: number;
  /** Processor time of the node for one query, and what that is in Ed25519 verifications. */
  readonly nodeMs: number;
  readonly verificationsWorth: number;
}

/**
 * `penetrate` over a voucher cut into so many claims, asked of one node over HTTP by their debtor:
 * every claim is read from the state, judged for its reader, and sent in one answer. The node is
 * started anew before, so that the first query finds nothing in its caches.
 */
export async function penetrate(network: BenchNetwork, claims: number): Promise<PenetrateFigures> {
  const tree = await growClaimTree(network, claims);
  const node = network.node(0);
  await node.stop();
  await node.start();
  const { pid } = node;
  const took: number[] = [];
  const startMs = (await processorMs(pid)) ?? Number.NaN;
  for (let run = 0; run <= RUNS; run += 1) {
    const sentMs = performance.now();
    const query = { root: tree.root, limit: claims };
    const { data } = await tree.debtor.query('penetrate', query);
    took.push(performance.now() - sentMs);
    const { items } = data as { items: readonly { facts: unknown }[] };
    const seen = items.filter(({ facts }) => facts !== null).length;
    if (seen !== claims) throw new CodedError('INTERNAL', `penetrate: ${seen} of ${claims} claims`);
  }
  const nodeMs = (((await processorMs(pid)) ?? Number.NaN) - startMs) / took.length;
  const [firstMs = Number.NaN, ...rest] = took;
  return {
    claims,
    firstMs,
    medianMs: percentile(rest, 500),
    maxMs: Math.max(...rest),
    nodeMs,
    verificationsWorth: (nodeMs * 1_000) / verificationUs(),
  };
}
