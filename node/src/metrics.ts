import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RunningNode } from './createNode.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The node's figures in Prometheus form: base units, no ids as labels (experience section 4). */
export interface NodeMetrics {
  text(): Promise<string>;
}

/** Registers the node's metrics and keeps them as it runs. */
export function createMetrics(node: RunningNode): NodeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'triflow_' });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `triflow_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const { chain, driver, network, sync } = node;
  const round = (): number => (driver.isStarted() ? driver.state().round : -1);
  gauge('consensus_height', 'Height of the last final block', () => chain.head().height);
  gauge('consensus_round', 'Round of the height being decided, -1 before the first', round);
  gauge('mempool_transactions', 'Pending transactions', () => chain.mempool.size);
  gauge('mempool_bytes', 'Bytes of pending transactions', () => chain.mempool.bytes);
  gauge('p2p_peers', 'Connected peers', () => network.connectedPeers().length);
  gauge('sync_lag_blocks', 'Blocks behind the highest head that peers report', () =>
    Math.max(0, sync.highestHead() - chain.head().height),
  );
  const interval = new Histogram({
    name: 'triflow_consensus_block_interval_seconds',
    help: 'Time between final blocks, by block time',
    buckets: SECONDS,
    registers,
  });
  const total = new Counter({
    name: 'triflow_tx_total',
    help: 'Transactions in final blocks by outcome',
    labelNames: ['outcome'],
    registers,
  });
  let previousMs = chain.head().timeMs;
  chain.onCommitted(({ timeMs, execution }) => {
    interval.observe((timeMs - previousMs) / 1_000);
    previousMs = timeMs;
    let committed = 0;
    for (const result of execution.results) if (result.number === 0) committed += 1;
    total.inc({ outcome: 'committed' }, committed);
    total.inc({ outcome: 'rejected' }, execution.results.length - committed);
  });
  return { text: () => registry.metrics() };
}
