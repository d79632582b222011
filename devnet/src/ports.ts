import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { CodedError } from '@triflow/protocol';

/** A node's ports are its block's first three; the rest of the ten is room for more. */
export const PORTS_PER_NODE = 10;
export const HOST = '127.0.0.1';

const PORT_MAX = 65_535;
const BLOCKS_TRIED_MAX = 100;
/** Below the ports lent to outgoing connections: nobody takes those of a node that is down. */
const CHOSEN_MIN = 10_000;
const CHOSEN_MAX = 32_000;

export interface NodePorts {
  readonly http: number;
  readonly p2p: number;
  readonly ops: number;
}

export interface PortBlock {
  readonly base: number;
  readonly nodes: readonly NodePorts[];
}

/**
 * The first block of free ports for so many nodes at or above a base; base 0 means anywhere.
 * Throws PORT_IN_USE when nothing is free.
 */
export async function findPortBlock(nodes: number, base: number): Promise<PortBlock> {
  const width = nodes * PORTS_PER_NODE;
  for (let attempt = 0; attempt < BLOCKS_TRIED_MAX; attempt += 1) {
    const from = base === 0 ? chosenBase(width) : base + attempt * width;
    if (from + width - 1 > PORT_MAX) break;
    const block = portBlock(nodes, from);
    if (await isFree(block)) return block;
  }
  throw new CodedError('PORT_IN_USE', `no ${width} free ports in a row from ${base} on`);
}

/** The ports of so many nodes from a base on: +0 HTTP, +1 p2p, +2 operations, ten a node. */
export function portBlock(nodes: number, base: number): PortBlock {
  const ports = Array.from({ length: nodes }, (_, index) => {
    const first = base + index * PORTS_PER_NODE;
    return { http: first, p2p: first + 1, ops: first + 2 };
  });
  return { base, nodes: ports };
}

function chosenBase(width: number): number {
  const blocks = Math.floor((CHOSEN_MAX - CHOSEN_MIN - width) / PORTS_PER_NODE);
  return CHOSEN_MIN + randomInt(blocks) * PORTS_PER_NODE;
}

async function isFree({ nodes }: PortBlock): Promise<boolean> {
  for (const { http, p2p, ops } of nodes) {
    for (const port of [http, p2p, ops]) {
      if (!(await canListen(port))) return false;
    }
  }
  return true;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port }, () => server.close(() => resolve(true)));
  });
}
