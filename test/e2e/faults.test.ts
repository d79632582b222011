import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Devnet, type DevnetNode, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, type BlockSeen, blocksTo, headOf, postTransaction } from './askNode.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { freshGln, registerPlace } from './places.js';
import { rawTransaction } from './rawTransaction.js';
import { observe, untilFound, untilTrue } from './untilTrue.js';
import { type Acknowledged, startWriters } from './writers.js';

const ALIASES = ['carrier', 'court', 'insurer', 'supplier', 'warehouse'];
/** Heights that a network in good order must make in each act. */
const HEIGHTS = 4;
const STATUS_POLLS = 30;

describe('four validators as processes, under load, with real crashes', () => {
  let net: Devnet;
  /** What was acknowledged in the whole file; nothing of it may ever be lost. */
  const acknowledged: Acknowledged[] = [];
  /** Up to which height the nodes were compared. */
  let compared = 0;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 4, logLevel: 'info' });
  });

  afterAll(() => net?.stop());

  it.each([0, 1, 2, 3])(
    'validator %i dies under load: the others go on, it comes back',
    async (at) => {
      tellLogsWhenFailing(net);
      const victim = nodeAt(at);
      using writers = startWriters(net, ALIASES);
      await advance(HEIGHTS);
      await victim.kill();
      const without = await highest();
      const answered = writers.acknowledged.length;
      await untilTrue('the others commit', async () => {
        const heights = await Promise.all(others(at).map(({ http }) => headOf(http)));
        return heights.every((height) => (height ?? 0) >= without + HEIGHTS);
      });
      await untilTrue('clients are answered', () => writers.acknowledged.length >= answered + 3);
      await victim.start();
      await caughtUp(victim);
      acknowledged.push(...(await writers.stop()));
      await expectOneChain();
    },
  );

  it('a proposer stands still (SIGSTOP): its turns pass to others, it follows after', async () => {
    tellLogsWhenFailing(net);
    const still = nodeAt(2);
    using writers = startWriters(net, ALIASES);
    await advance(1);
    await still.pause();
    const from = (await highest(others(2))) + 2;
    await untilTrue('every validator had its turn', async () => {
      return (await highest(others(2))) >= from + 2 * HEIGHTS;
    });
    await still.resume();
    await caughtUp(still);
    acknowledged.push(...(await writers.stop()));
    const blocks = await blocksTo(nodeAt(0).http, from + 2 * HEIGHTS, from);
    expect(blocks.map(({ header }) => header.builder)).not.toContain(still.nodeId);
    expect(blocks.some(({ certificate }) => certificate.round > 0)).toBe(true);
    await expectOneChain();
  });

  it('two of four down: nothing is decided and nothing forks; with one back it goes on', async () => {
    tellLogsWhenFailing(net);
    await Promise.all([nodeAt(0).kill(), nodeAt(1).kill()]);
    const left = [nodeAt(2), nodeAt(3)];
    const before = await highest(left);
    const pending = await aTransaction('registry');
    const answer = await postTransaction(nodeAt(2).http, pending.bytes, 1);
    expect(answer).toMatchObject({ status: 202, body: { outcome: 'pending', txId: pending.id } });
    const seen = await observe(STATUS_POLLS, () => highest(left));
    // What all four had signed before the two died may still be put together once.
    expect(Math.max(...seen)).toBeLessThanOrEqual(before + 1);
    expect(new Set(seen.slice(STATUS_POLLS / 2)).size).toBe(1);
    const stuck = seen.at(-1) ?? 0;
    const chains = await Promise.all(left.map(({ http }) => blocksTo(http, stuck - 1)));
    expect(chains[0]?.map(essence)).toEqual(chains[1]?.map(essence));
    const ready = await askNode(`${nodeAt(2).ops}/readyz`);
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ ready: false, checks: { peers: { ok: false, value: 2 } } });

    await nodeAt(0).start();
    const outcome = await untilFound('the waiting transaction ends', async () => {
      return outcomeOf(nodeAt(2), pending.id);
    });
    expect(outcome).toMatchObject({ outcome: 'committed' });
    acknowledged.push({ id: pending.id, gln: pending.gln, height: outcome.height });
    using writers = startWriters(net, ALIASES);
    await advance(HEIGHTS, [nodeAt(0), nodeAt(2), nodeAt(3)]);
    await nodeAt(1).start();
    await caughtUp(nodeAt(1));
    acknowledged.push(...(await writers.stop()));
    await expectOneChain();
  });

  it('all four die at once under load: started again, the chain goes on with all it had', async () => {
    tellLogsWhenFailing(net);
    using writers = startWriters(net, ALIASES);
    await advance(HEIGHTS);
    await Promise.all(net.nodes.map((node) => node.kill()));
    const answered = writers.acknowledged.length;
    expect(answered).toBeGreaterThan(0);
    await Promise.all(net.nodes.map((node) => node.start()));
    await untilTrue('clients are answered', () => writers.acknowledged.length >= answered + 3);
    await advance(HEIGHTS);
    acknowledged.push(...(await writers.stop()));
    await expectOneChain();
  });

  it('a validator whose disk was lost comes back empty and fetches the chain', async () => {
    tellLogsWhenFailing(net);
    const lost = nodeAt(3);
    using writers = startWriters(net, ALIASES);
    await lost.kill();
    await rm(join(defined(lost.home ?? undefined, 'its home'), 'data'), { recursive: true });
    await lost.start();
    await caughtUp(lost);
    acknowledged.push(...(await writers.stop()));
    await expectOneChain();
    const found = await askNode(`${lost.ops}/readyz`);
    expect(found.body).toMatchObject({ checks: { sync: { ok: true }, storage: { ok: true } } });
  });

  it('two lose their sign state: the chain stands until their operators give their word', async () => {
    tellLogsWhenFailing(net);
    const lost = [nodeAt(1), nodeAt(2)];
    using writers = startWriters(net, ALIASES);
    await advance(1);
    for (const node of lost) await node.kill();
    for (const node of lost) {
      const home = defined(node.home ?? undefined, 'its home');
      await rm(join(home, 'data', 'consensus'), { recursive: true });
      await node.start();
    }
    for (const node of lost) {
      await untilTrue('it is in quarantine, level with the others', async () => {
        const { body } = await askNode(`${node.ops}/readyz`);
        const { checks } = readySchema.parse(body);
        return checks.consensus.value === 'quarantined' && checks.sync.ok;
      });
    }
    const stood = await highest();
    for (const node of lost) await node.kill();
    // What a quorum had signed before may still be decided; nothing else.
    expect(await highest()).toBeLessThanOrEqual(stood + 1);
    for (const node of lost) await node.start({ endQuarantine: true });
    await advance(2 * HEIGHTS);
    acknowledged.push(...(await writers.stop()));
    await expectOneChain();
  });

  it('every acknowledged transaction stands once, where it was said to, on every node', async () => {
    expect(acknowledged.length).toBeGreaterThan(30);
    const placed = (await commonBlocks(1)).flatMap(({ height, transactions }) => {
      return transactions.map(({ txId, status }) => ({ txId, height, code: status.code }));
    });
    expect(new Set(placed.map(({ txId }) => txId)).size).toBe(placed.length);
    const heights = new Map(placed.map(({ txId, height, code }) => [txId, { height, code }]));
    for (const { id, height } of acknowledged) {
      expect(heights.get(id), id).toEqual({ height, code: 'success' });
    }
    const state = await net
      .client('court')
      .state(acknowledged.slice(-60).map(({ gln }) => `trace/location/${gln}`));
    expect(new Set(state.items.map(({ kind }) => kind))).toEqual(new Set(['inclusion']));
  });

  function nodeAt(at: number): DevnetNode {
    return defined(net.nodes[at], `node ${at}`);
  }

  function others(at: number): readonly DevnetNode[] {
    return net.nodes.filter(({ index }) => index !== at);
  }

  async function highest(nodes: readonly DevnetNode[] = net.nodes): Promise<number> {
    const heights = await Promise.all(nodes.map(({ http }) => headOf(http)));
    return Math.max(0, ...heights.map((height) => height ?? 0));
  }

  /** Waits until all of some nodes are so many heights on. */
  async function advance(plus: number, nodes: readonly DevnetNode[] = net.nodes): Promise<void> {
    const wanted = (await highest(nodes)) + plus;
    await untilTrue(`height ${wanted}`, async () => {
      const heights = await Promise.all(nodes.map(({ http }) => headOf(http)));
      return heights.every((height) => (height ?? 0) >= wanted);
    });
  }

  async function caughtUp(node: DevnetNode): Promise<void> {
    const wanted = await highest();
    await untilTrue(`${node.nodeId} at height ${wanted}`, async () => {
      return ((await headOf(node.http)) ?? 0) >= wanted;
    });
  }

  async function aTransaction(alias: string) {
    const gln = freshGln();
    const validUntilHeight = (await highest()) + 400;
    return { gln, ...rawTransaction(net, alias, [registerPlace(gln)], { validUntilHeight }) };
  }

  /** The heights that all nodes have by now, from one on: the same blocks and states on each. */
  async function commonBlocks(from: number): Promise<readonly BlockSeen[]> {
    const top = Math.min(...(await Promise.all(net.urls.map(headOf))).map((height) => height ?? 0));
    const chains = await Promise.all(net.urls.map((url) => blocksTo(url, top, from)));
    const [first = [], ...rest] = chains;
    expect(first.length).toBeGreaterThan(0);
    for (const chain of rest) expect(chain.map(essence)).toEqual(first.map(essence));
    for (const [at, block] of first.entries()) {
      if (at > 0) expect(block.header.parentHash).toBe(first[at - 1]?.id);
      expect(block.page.next).toBeNull();
      // Nobody signed twice, so nobody may stand accused of it.
      expect(block.evidence).toEqual([]);
    }
    return first;
  }

  /** One chain, as far as it is new since the last look. */
  async function expectOneChain(): Promise<void> {
    const blocks = await commonBlocks(compared + 1);
    compared = blocks.at(-1)?.height ?? compared;
  }
});

/** Certificates may differ between nodes: which quorum signed is nobody's decision. */
function essence({ height, id, header, transactions }: BlockSeen) {
  return { height, id, stateRoot: header.stateRoot, txIds: transactions.map(({ txId }) => txId) };
}

const readySchema = z.object({
  checks: z.object({
    consensus: z.object({ value: z.string() }),
    sync: z.object({ ok: z.boolean() }),
  }),
});

const endedSchema = z.object({ outcome: z.enum(['committed', 'rejected']), height: z.number() });

async function outcomeOf(node: DevnetNode, id: string) {
  const { body } = await askNode(`${node.http}/v1/transactions/${id}?wait=1`);
  const parsed = endedSchema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}
