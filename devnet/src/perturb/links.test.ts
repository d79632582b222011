import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOST } from '../ports.js';
import { Links } from './links.js';
import { Splits } from './splits.js';

let targets: Server[] = [];
let links: Links;
let splits: Splits;

/** Two nodes that send back what they hear. */
beforeEach(async () => {
  targets = [0, 1].map(() => createServer((socket) => socket.pipe(socket).on('error', () => {})));
  const ports: number[] = [];
  for (const server of targets) {
    server.listen({ host: HOST, port: 0 });
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') ports.push(address.port);
  }
  splits = new Splits(2);
  links = new Links(splits, ports);
  await links.start();
});

afterEach(async () => {
  await links.stop();
  await Promise.all(targets.map((server) => new Promise((resolve) => server.close(resolve))));
});

function dial(from: number, to: number): Socket {
  const [host = '', port = ''] = links.address(from, to).split(':');
  return createConnection({ host, port: Number(port) }).on('error', () => undefined);
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('links', () => {
  it('pass bytes and the end of a direction on', async () => {
    const socket = dial(0, 1);
    socket.end('hello');
    expect(await readAll(socket)).toBe('hello');
  });

  it('carry much more than they hold back, in order', async () => {
    const text = 'x'.repeat(5_000_000);
    const socket = dial(1, 0);
    socket.end(text);
    expect(await readAll(socket)).toBe(text);
  });

  it('carry everything when they are slow', async () => {
    splits.slow(1, 20);
    const socket = dial(0, 1);
    socket.end('late');
    expect(await readAll(socket)).toBe('late');
  });

  it('a split ends what was open and refuses what comes', async () => {
    const open = dial(0, 1);
    open.write('a');
    await once(open, 'data');
    splits.partition([[0], [1]]);
    links.apply();
    await once(open, 'close');
    const refused = dial(0, 1);
    await once(refused, 'close');
    splits.heal();
    const healed = dial(0, 1);
    healed.end('b');
    expect(await readAll(healed)).toBe('b');
  });

  it('a target that is down ends the connection', async () => {
    const [, down] = targets;
    await new Promise((resolve) => down?.close(resolve));
    const socket = dial(0, 1);
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});
