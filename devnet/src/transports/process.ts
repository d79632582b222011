import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { type DevnetHome, nodeHome } from '../home.js';
import { nodeConfigText } from '../nodeConfig.js';
import { Links } from '../perturb/links.js';
import { Splits } from '../perturb/splits.js';
import { HOST, type PortBlock } from '../ports.js';
import { readIfThere } from '../textFile.js';
import { NodeProcess } from './nodeProcess.js';
import type { Transport } from './transport.js';

export interface ProcessTransportOptions {
  readonly home: DevnetHome;
  /** Validators first, then observers. */
  readonly nodeIds: readonly string[];
  readonly validators: number;
  readonly ports: PortBlock;
  readonly storage: 'kept' | 'memory';
  readonly logLevel: string;
  /** Without links between. */
  readonly direct: boolean;
  /** Arguments of the runtime, before those of the program. */
  readonly execArgv: readonly string[];
  /** How far the network's clock was moved before. */
  readonly aheadMs: number;
  readonly onChange: () => void;
}

/** Nodes in processes of their own, over sockets, each with its home directory and log. */
export async function createProcessTransport(options: ProcessTransportOptions): Promise<Transport> {
  const { home, nodeIds, ports } = options;
  const splits = new Splits(nodeIds.length);
  const links = new Links(
    splits,
    ports.nodes.map(({ p2p }) => p2p),
  );
  if (!options.direct) await links.start();
  const nodes: NodeProcess[] = [];
  const nextKeys = new Map<number, string>();
  let { aheadMs } = options;
  const writeConfig = async (index: number): Promise<void> => {
    const dir = nodeHome(home, nodeIds[index] ?? '');
    const variable = { nextKey: nextKeys.get(index), clockAheadMs: aheadMs };
    await writeFile(join(dir, 'triflow.toml'), configText(options, links, index, variable));
  };
  for (const [index, nodeId] of nodeIds.entries()) {
    const dir = nodeHome(home, nodeId);
    await mkdir(dir, { recursive: true });
    const isNew = (await readIfThere(join(dir, 'triflow.toml'))) === undefined;
    await writeConfig(index);
    const fresh = isNew || options.storage === 'memory';
    const addKey = async (label: string): Promise<void> => {
      nextKeys.set(index, label);
      await writeConfig(index);
    };
    const place = processOptions(options, dir, index);
    nodes.push(new NodeProcess({ ...place, nodeId, fresh, addKey }));
  }
  return {
    nodes,
    splits: () => splits.groups,
    partition: (groups) => {
      requireLinks(options);
      splits.partition(groups);
      links.apply();
    },
    slow: (index, latencyMs) => {
      requireLinks(options);
      splits.slow(index, latencyMs);
    },
    heal: () => splits.heal(),
    setClock: async (ms) => {
      aheadMs = ms;
      for (const { index } of nodes) await writeConfig(index);
      // All at once: a block's time must not be far ahead of who judges it.
      const running = nodes.filter(({ state }) => state === 'running');
      await Promise.all(running.map((node) => node.stop()));
      await Promise.all(running.map((node) => node.start()));
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      await links.stop();
    },
  };
}

function requireLinks({ direct }: ProcessTransportOptions): void {
  if (!direct) return;
  throw new CodedError('REQUEST_INVALID', 'nodes that dial each other directly cannot be parted');
}

function configText(
  options: ProcessTransportOptions,
  links: Links,
  index: number,
  {
    nextKey,
    clockAheadMs,
  }: { readonly nextKey: string | undefined; readonly clockAheadMs: number },
): string {
  const { nodeIds, ports, storage, logLevel } = options;
  const peers = new Map<string, string>();
  for (const [other, id] of nodeIds.entries()) {
    if (other === index) continue;
    const own = `${HOST}:${portsOf(ports, other).p2p}`;
    peers.set(id, options.direct ? own : links.address(index, other));
  }
  return nodeConfigText({
    nodeId: nodeIds[index] ?? '',
    ...(nextKey === undefined ? {} : { nextKey }),
    ports: portsOf(ports, index),
    peers,
    storage: storage === 'memory' ? 'memory' : 'level',
    logLevel,
    clockAheadMs,
  });
}

function processOptions(
  { ports, storage, validators, execArgv, onChange }: ProcessTransportOptions,
  dir: string,
  index: number,
) {
  const { http, p2p, ops } = portsOf(ports, index);
  return {
    index,
    role: index < validators ? ('validator' as const) : ('observer' as const),
    home: dir,
    log: join(dir, 'node.log'),
    http: `http://${HOST}:${http}`,
    p2p: `${HOST}:${p2p}`,
    ops: `http://${HOST}:${ops}`,
    forgetful: storage === 'memory',
    execArgv,
    onChange,
  };
}

function portsOf(ports: PortBlock, index: number): PortBlock['nodes'][number] {
  return ports.nodes[index] ?? { http: 0, p2p: 0, ops: 0 };
}
