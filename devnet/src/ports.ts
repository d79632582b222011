import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { CodedError } from '@triflow/protocol';

/** A node's ports are its block's first three; the rest of the ten is room for more. */
export const PORTS_PER_NODE = 10;
export const HOST = '127.0.0.1';

/** Held by the owner for as long as the network runs. */
const CLAIM_OFFSET = 9;
const PORT_MAX = 65_535;
const BLOCKS_TRIED_MAX = 100;
/** Below the ports lent to outgoing connections: nobody takes those of a node that is down. */
const CHOSEN_MIN = 10_000;
const CHOSEN_MAX = 32_000;

/** Ports that no `fetch` asks, whoever listens there (WHATWG Fetch 2.9), of those above 1023. */
const NEVER_ASKED: ReadonlySet<number> = new Set([
  1_719, 1_720, 1_723, 2_049, 3_659, 4_045, 4_190, 5_060, 5_061, 6_000, 6_566, 6_665, 6_666, 6_667,
  6_668, 6_669, 6_679, 6_697, 10_080,
]);

export interface NodePorts {
  readonly http: number;
  readonly p2p: number;
  readonly ops: number;
}

export interface PortBlock {
  readonly base: number;
  readonly nodes: readonly NodePorts[];
}

/** No other devnet takes its ports until they are released, even if no node listens there. */
export interface ClaimedPorts extends PortBlock {
  release(): Promise<void>;
}

/**
 * Claims the first block of free ports for so many nodes at or above a base; base 0 means anywhere.
 * Throws PORT_IN_USE when nothing is free.
 */
export async function claimPortBlock(nodes: number, base: number): Promise<ClaimedPorts> {
  const width = nodes * PORTS_PER_NODE;
  for (let attempt = 0; attempt < BLOCKS_TRIED_MAX; attempt += 1) {
    const from = base === 0 ? chosenBase(width) : base + attempt * width;
    if (from + width - 1 > PORT_MAX) break;
    const claimed = await claim(portBlock(nodes, from));
    if (claimed !== undefined) return claimed;
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

/** The block with the last port of each node held, or undefined when any of its ports is taken. */
async function claim(block: PortBlock): Promise<ClaimedPorts | undefined> {
  const held: Server[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(held.splice(0).map(close));
  };
  for (const { http, p2p, ops } of block.nodes) {
    const holder = await listen(http + CLAIM_OFFSET);
    if (holder !== undefined) held.push(holder);
    if (holder === undefined || !(await canBeUsed([http, p2p, ops]))) {
      await release();
      return undefined;
    }
  }
  return { ...block, release };
}

async function canBeUsed(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    if (NEVER_ASKED.has(port)) return false;
    const server = await listen(port);
    if (server === undefined) return false;
    await close(server);
  }
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ host: HOST, port }, () => resolve(server.unref()));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
