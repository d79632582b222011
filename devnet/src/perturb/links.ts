import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { assert, limits } from '@triflow/protocol';
import { HOST } from '../ports.js';
import { DelayLine } from './delayLine.js';
import type { Splits } from './splits.js';

/** One pair of nodes in the direction in which it is dialled. */
interface Link {
  readonly from: number;
  readonly to: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  port: number;
}

/**
 * The wires between nodes in processes of their own: one listener for each ordered pair, which
 * passes bytes on to the node dialled. That is where a network can be cut and slowed down.
 */
export class Links {
  readonly #splits: Splits;
  readonly #targets: readonly number[];
  readonly #links: Link[] = [];

  /** `targets` are the nodes' own p2p ports, by index. */
  constructor(splits: Splits, targets: readonly number[]) {
    this.#splits = splits;
    this.#targets = targets;
  }

  async start(): Promise<void> {
    for (const from of this.#targets.keys()) {
      for (const to of this.#targets.keys()) {
        if (from !== to) this.#links.push(await this.#open(from, to));
      }
    }
  }

  /** Where one node dials another. */
  address(from: number, to: number): string {
    const link = this.#links.find((one) => one.from === from && one.to === to);
    assert(link !== undefined, `links: ${from} to ${to}`);
    return `${HOST}:${link.port}`;
  }

  /** Cuts connections that the splits no longer allow. */
  apply(): void {
    for (const { from, to, sockets } of this.#links) {
      if (this.#splits.mayTalk(from, to)) continue;
      for (const socket of sockets) socket.destroy();
    }
  }

  async stop(): Promise<void> {
    const closed = this.#links.map(({ server, sockets }) => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    });
    await Promise.all(closed);
  }

  async #open(from: number, to: number): Promise<Link> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    const link: Link = { from, to, server, sockets: new Set(), port: 0 };
    server.on('connection', (socket) => this.#join(link, socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: HOST, port: 0 }, resolve);
    });
    const address = server.address();
    assert(address !== null && typeof address === 'object', 'links: the port listened on');
    link.port = address.port;
    return link;
  }

  #join(link: Link, dialled: Socket): void {
    const port = this.#targets[link.to];
    if (port === undefined || !this.#splits.mayTalk(link.from, link.to)) {
      dialled.destroy();
      return;
    }
    const onward = createConnection({ host: HOST, port, noDelay: true, allowHalfOpen: true });
    const latencyMs = (): number => this.#splits.latencyMs(link.from, link.to);
    for (const [socket, other] of [
      [dialled, onward],
      [onward, dialled],
    ] as const) {
      link.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => link.sockets.delete(socket));
      relay(socket, other, latencyMs);
    }
  }
}

/** Passes bytes and the end of one direction on, late if asked, at the receiver's pace. */
function relay(from: Socket, to: Socket, latencyMs: () => number): void {
  const line = new DelayLine<Uint8Array | 'end' | 'close'>((item) => {
    if (to.destroyed) return;
    if (item === 'end') to.end();
    else if (item === 'close') to.destroySoon();
    else if (!to.write(item)) from.pause();
    else if (line.length < limits.devnetHeldChunksMax) from.resume();
  });
  from.on('data', (chunk: Uint8Array) => {
    line.push(chunk, latencyMs());
    if (line.length >= limits.devnetHeldChunksMax) from.pause();
  });
  from.on('end', () => line.push('end', latencyMs()));
  from.on('close', () => line.push('close', latencyMs()));
  to.on('drain', () => from.resume());
}
