import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { findPortBlock, HOST, portBlock } from './ports.js';

const listening: Server[] = [];

async function occupy(port: number): Promise<void> {
  const server = createServer();
  listening.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, resolve);
  });
}

afterEach(async () => {
  for (const server of listening.splice(0)) {
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('ports', () => {
  it('are ten a node: HTTP, p2p, operations, and room', () => {
    expect(portBlock(2, 7_400)).toEqual({
      base: 7_400,
      nodes: [
        { http: 7_400, p2p: 7_401, ops: 7_402 },
        { http: 7_410, p2p: 7_411, ops: 7_412 },
      ],
    });
  });

  it('a free block is taken as it is', async () => {
    const { base } = await findPortBlock(4, 0);
    expect(await findPortBlock(4, base)).toEqual(portBlock(4, base));
  });

  it('one busy port moves all nodes to the next block', async () => {
    const { base } = await findPortBlock(8, 0);
    await occupy(base + 11);
    expect((await findPortBlock(4, base)).base).toBe(base + 40);
  });

  it('base 0 stays below the ports lent to outgoing connections', async () => {
    const { base } = await findPortBlock(4, 0);
    expect(base).toBeGreaterThanOrEqual(10_000);
    expect(base + 40).toBeLessThanOrEqual(32_000);
  });

  it('no room before the last port is PORT_IN_USE', async () => {
    await expect(findPortBlock(4, 65_510)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });
});
