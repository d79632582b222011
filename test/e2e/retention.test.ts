import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Devnet,
  type DevnetNode,
  demoParty,
  playScenario,
  startDevnet,
} from '@triflow/devnet';
import { canonicalJson, defined, utf8FromText } from '@triflow/protocol';
import { createClient, http, isTriflowError } from '@triflow/sdk';
import { verifyEvidence } from '@triflow/sdk/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode } from './askNode.js';
import { freshGln, registerPlace } from './places.js';
import { runTriflow } from './triflow.js';
import { untilFound, untilTrue } from './untilTrue.js';

/** The fewest that may be kept; a quarter more is there before the first are given up. */
const KEPT = 100;
const RETENTION = `\n[retention]\nstateHeights = ${KEPT}\nproofHeights = ${KEPT}\n`;
/** Before and behind a scenario: together more than make the node give up heights. */
const BLOCKS = 60;
const LIMIT_MS = 240_000;
const CARRIER = defined(demoParty('carrier'), 'carrier').id;

const infoSchema = z.object({
  height: z.number(),
  stateFrom: z.number(),
  proofsFrom: z.number(),
});
const listSchema = z.object({ page: z.object({ next: z.string(), atHeight: z.number() }) });
const problemSchema = z.object({
  status: z.literal(410),
  code: z.string(),
  retry: z.literal('never'),
  details: z.object({ oldest: z.number() }),
});

describe('a node that keeps a hundred heights of state', () => {
  let net: Devnet;
  let keeper: DevnetNode;
  let pruner: DevnetNode;
  let early: { readonly height: number; readonly gln: string; readonly txId: string };
  let cursor: string;
  let stateFrom: number;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 4 });
    keeper = defined(net.nodes[0], 'v1');
    pruner = defined(net.nodes[3], 'v4');
    await pruner.stop();
    await appendFile(join(defined(pruner.home, 'a home'), 'triflow.toml'), RETENTION);
    await pruner.start();
    const client = net.client('carrier');
    const gln = freshGln();
    const done = await (await client.transaction(registerPlace(gln))).commit();
    early = { height: defined(done.height, 'a height'), gln, txId: done.txId };
    await untilTrue('v4 has the first block', async () => (await infoOf()).height >= early.height);
    const list = listSchema.parse((await ask(`/v1/parties?limit=2&at=${early.height}`)).body);
    expect(list.page.atHeight).toBe(early.height);
    cursor = list.page.next;
    await grow(BLOCKS);
    // Records that change, at heights of which some are given up by hand later.
    await playScenario({ name: 'fuel-oil', devnetFile: net.devnetFile });
    await grow(BLOCKS);
    stateFrom = await untilFound('v4 gave up its first heights', async () => {
      const info = await infoOf();
      return info.stateFrom > early.height ? info.stateFrom : undefined;
    });
  }, LIMIT_MS);

  afterAll(() => net?.stop());

  it('answers 410 with the oldest height that it keeps, wherever a height is named', async () => {
    const at = early.height;
    const place = `trace/location/${early.gln}`;
    const paths = [
      `/v1/parties?at=${at}`,
      `/v1/parties?limit=2&cursor=${cursor}`,
      `/v1/parties/${encodeURIComponent(CARRIER)}?at=${at}`,
      `/v1/parties/${encodeURIComponent(CARRIER)}?at=${at}&proof=1`,
      `/v1/parties/${encodeURIComponent(CARRIER)}/evidence?at=${at}`,
      `/v1/state?key=${place}&at=${at}`,
      `/v1/trace/wr_0001?at=${at}`,
      `/v1/queries/maturityLadder?party=${encodeURIComponent(CARRIER)}&at=${at}`,
      `/v1/parties?at=${stateFrom - 1}`,
    ];
    for (const path of paths) {
      const { status, body } = await ask(path);
      expect([path, status]).toEqual([path, 410]);
      const problem = problemSchema.parse(body);
      expect([path, problem.code]).toEqual([path, 'CURSOR_PRUNED']);
      expect(problem.details.oldest).toBeGreaterThanOrEqual(stateFrom);
    }
    expect((await askNode(`${keeper.http}/v1/parties?limit=2&cursor=${cursor}`)).status).toBe(200);
    expect((await askNode(`${keeper.http}/v1/state?key=${place}&at=${at}`)).status).toBe(200);
  });

  it('still gives each height that it keeps as the others do, with proofs', async () => {
    const key = `trace/location/${early.gln}`;
    const heard = await whileItStands(async ({ height, stateFrom: oldest, proofsFrom }) => {
      const heights = [oldest, Math.floor((oldest + height) / 2), height];
      const lists = await Promise.all(
        heights.map((at) => askBoth(`/v1/parties?limit=20&at=${at}`)),
      );
      const proved = await ask(`/v1/state?key=${key}&at=${proofsFrom}`);
      const refused = await ask(`/v1/state?key=${key}&at=${oldest}`);
      return { lists, proved, refused, proofsFrom };
    });
    for (const [own, other] of heard.lists) {
      expect(own.status).toBe(200);
      expect(own.body).toEqual(other.body);
    }
    expect(heard.proved.status).toBe(200);
    const { code, details } = problemSchema.parse(heard.refused.body);
    expect([code, details.oldest]).toEqual(['PROOF_PRUNED', heard.proofsFrom]);
  });

  it('keeps blocks, headers, certificates, events and every set of validators', async () => {
    const { height } = early;
    expect((await ask(`/v1/blocks/${height}`)).status).toBe(200);
    expect((await ask(`/v1/headers?from=1&to=${height}`)).status).toBe(200);
    expect((await ask('/v1/validators?at=1')).status).toBe(200);
    for (const path of ['/v1/events?limit=50', `/v1/events?limit=50&after=${height - 1}.0.0`]) {
      const [own, other] = await whileItStands(() => askBoth(path));
      expect(own.body).toEqual(other.body);
    }
  });

  it('keeps the evidence of a transaction of a height that it gave up', async () => {
    const path = `/v1/transactions/${early.txId}/evidence`;
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    const bytes = utf8FromText(canonicalJson(body));
    const report = verifyEvidence(bytes, { genesis: net.genesis });
    expect(report.height).toBe(early.height);
    expect(report.transactions).toHaveLength(1);
  });

  it('is good enough for a client that trusts genesis alone, and says what it lacks', async () => {
    const client = createClient({
      chainId: net.genesis.chainId,
      transport: http([pruner.http]),
      trust: { genesis: net.genesis },
    });
    const found = await client.parties.get(CARRIER);
    expect(found.verified?.of).toBe(4);
    const error = await client.parties
      .get(CARRIER, { at: early.height })
      .catch((thrown: unknown) => thrown);
    expect(isTriflowError(error, 'CURSOR_PRUNED')).toBe(true);
    expect(error).toMatchObject({ retry: 'never', details: { oldest: expect.any(Number) } });
  });

  it('loses nothing when it is killed, and goes on from what it had given up', async () => {
    await pruner.kill();
    await pruner.start();
    const info = await infoOf();
    expect(info.stateFrom).toBeGreaterThanOrEqual(stateFrom);
    expect((await ask(`/v1/parties?at=${early.height}`)).status).toBe(410);
    await grow(1);
    await untilTrue('v4 follows', async () => (await infoOf()).height > info.height);
  });

  it('is pruned by hand when it is stopped, after the operator’s word', async () => {
    const home = defined(pruner.home, 'a home');
    const settings = join(home, 'triflow.toml');
    await pruner.stop();
    // What is pruned by hand here it would give up by itself, at any moment of its own.
    const text = await readFile(settings, 'utf8');
    expect(text).toContain(RETENTION);
    await writeFile(settings, text.replace(RETENTION, ''));
    await pruner.start();
    const words = ['db', 'prune', '--home', home, '--keep-heights', String(KEPT)];
    expect(await runTriflow(words)).toMatchObject({ code: 2 });
    const running = await runTriflow([...words, '--yes']);
    expect(running).toMatchObject({ code: 12, stdout: '' });
    expect(running.stderr).toContain('STORE_LOCKED');
    await grow(40);
    const before = await infoOf();
    await pruner.stop();
    const asked = await runTriflow(words);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('--yes');
    const done = await runTriflow([...words, '--yes', '--json']);
    expect([done.stderr, done.code]).toEqual([expect.any(String), 0]);
    const pruned = JSON.parse(done.stdout);
    expect(pruned.stateFrom).toBe(pruned.height - KEPT + 1);
    expect(pruned.stateFrom).toBeGreaterThan(before.stateFrom);
    expect(pruned.removed).toBeGreaterThan(0);
    const checked = await runTriflow(['db', 'check', '--home', home]);
    expect([checked.stdout + checked.stderr, checked.code]).toEqual([expect.any(String), 0]);
    await pruner.start();
    expect((await infoOf()).stateFrom).toBeGreaterThanOrEqual(pruned.stateFrom);
    await grow(1);
    await untilTrue('v4 follows', async () => (await infoOf()).height > pruned.height);
  });

  function ask(path: string) {
    return askNode(`${pruner.http}${path}`);
  }

  async function infoOf(node = pruner) {
    return infoSchema.parse((await askNode(`${node.http}/v1/info`)).body);
  }

  /** The same of the node that prunes and of one that keeps all. */
  function askBoth(path: string) {
    return Promise.all([ask(path), askNode(`${keeper.http}${path}`)]);
  }

  /** Answers between which no block came: an anchor of the access log may be committed any time. */
  async function whileItStands<T>(
    questions: (info: z.infer<typeof infoSchema>) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const before = await Promise.all([infoOf(), infoOf(keeper)]);
      const answers = await questions(before[0]);
      const after = await Promise.all([infoOf(), infoOf(keeper)]);
      const isLevel = before[0].height === before[1].height;
      if (isLevel && JSON.stringify(before) === JSON.stringify(after)) return answers;
    }
  }

  /** So many blocks, one transaction each. */
  async function grow(blocks: number): Promise<void> {
    const client = net.client('carrier');
    for (let at = 0; at < blocks; at += 1) {
      await (await client.transaction(registerPlace(freshGln()))).commit();
    }
  }
});
