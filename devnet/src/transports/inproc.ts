import { createMemoryHub, type MemoryDelivery } from '@triflow/network';
import type { Genesis, Logger } from '@triflow/protocol';
import { devnetNodeIds } from '../genesis.js';
import { DelayLine } from '../perturb/delayLine.js';
import { Splits } from '../perturb/splits.js';
import type { PortBlock } from '../ports.js';
import { InprocNode } from './inprocNode.js';
import type { Transport } from './transport.js';

export interface InprocTransportOptions {
  readonly genesis: Genesis;
  readonly ports: PortBlock;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/** Nodes in this process, joined by memory: no p2p sockets, no disk, the same nodes otherwise. */
export function createInprocTransport(options: InprocTransportOptions): Transport {
  const { genesis, ports, logger, onChange } = options;
  const peerIds = [...genesis.validators, ...genesis.observers].map(({ peerId }) => peerId);
  const splits = new Splits(peerIds.length);
  const indexes = new Map(peerIds.map((peerId, index) => [peerId, index]));
  const lines = new Map<string, DelayLine<() => void>>();
  const hub = createMemoryHub({
    schedule: (deliver, delivery) => {
      const to = indexes.get(delivery.to) ?? 0;
      const latencyMs = splits.latencyMs(indexes.get(delivery.from) ?? 0, to);
      const arrive = (): void => {
        if (nodes[to] === undefined) deliver();
        else nodes[to].standstill.pass(deliver);
      };
      const line = lineOf(lines, delivery);
      if (latencyMs === 0 && line.length === 0) queueMicrotask(arrive);
      else line.push(arrive, latencyMs);
    },
  });
  const nodes = devnetNodeIds(genesis).map((nodeId, index) => {
    const port = ports.nodes[index] ?? { http: 0, p2p: 0, ops: 0 };
    return new InprocNode({ index, nodeId, genesis, ports: port, hub, logger, onChange });
  });
  return {
    nodes,
    splits: () => splits.groups,
    partition: (groups) => {
      splits.partition(groups);
      const peers = groups.map((group) => group.map((index) => peerIds[index] ?? ''));
      hub.partition(peers);
    },
    slow: (index, latencyMs) => splits.slow(index, latencyMs),
    heal: () => {
      splits.heal();
      hub.heal();
    },
    setClock: async (aheadMs) => {
      for (const node of nodes) node.setClock(aheadMs);
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      for (const line of lines.values()) line.clear();
    },
  };
}

/** One line a direction of a pair, so that nothing overtakes. */
function lineOf(
  lines: Map<string, DelayLine<() => void>>,
  { from, to }: MemoryDelivery,
): DelayLine<() => void> {
  const key = `${from} ${to}`;
  const line = lines.get(key) ?? new DelayLine<() => void>((arrive) => arrive());
  lines.set(key, line);
  return line;
}
