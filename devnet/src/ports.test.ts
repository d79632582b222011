import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClaimedPorts, claimPortBlock, HOST, portBlock } from './ports.js';

const listening: Server[] = [];
const claims: ClaimedPorts[] = [];

async function occupy(port: number): Promise<void> {
  const server = createServer();
  listening.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, resolve);
  });
}

async function claim(nodes: number, base: number): Promise<ClaimedPorts> {
  const claimed = await claimPortBlock(nodes, base);
  claims.push(claimed);
  return claimed;
}

afterEach(async () => {
  for (const claimed of claims.splice(0)) await claimed.release();
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
    const found = await claim(4, 0);
    await found.release();
    expect(await claim(4, found.base)).toMatchObject(portBlock(4, found.base));
  });

  it('one busy port moves all nodes to the next block', async () => {
    const found = await claim(8, 0);
    await found.release();
    await occupy(found.base + 11);
    expect((await claim(4, found.base)).base).toBe(found.base + 40);
  });

  it('a claimed block is nobody else’s, though no node listens, until it is released', async () => {
    const first = await claim(8, 0);
    expect((await claim(4, first.base)).base).toBe(first.base + 80);
    // Blocks that overlap by one node.
    expect((await claim(2, first.base + 70)).base).not.toBe(first.base + 70);
    await first.release();
    expect((await claim(4, first.base)).base).toBe(first.base);
  });

  it('a port that no browser and no fetch asks is nobody’s', async () => {
    expect((await claim(4, 10_080)).base).toBeGreaterThan(10_080);
    expect((await claim(2, 10_070)).base).toBeGreaterThan(10_080);
  });

  it('two that look at the same time get different blocks', async () => {
    const found = await claim(8, 0);
    await found.release();
    const both = await Promise.all([claim(4, found.base), claim(4, found.base)]);
    expect(both[0].base).not.toBe(both[1].base);
  });

  it('base 0 stays below the ports lent to outgoing connections', async () => {
    const { base } = await claim(4, 0);
    expect(base).toBeGreaterThanOrEqual(10_000);
    expect(base + 40).toBeLessThanOrEqual(32_000);
  });

  it('no room before the last port is PORT_IN_USE', async () => {
    await expect(claim(4, 65_510)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });
});
