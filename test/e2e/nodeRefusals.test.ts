import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Devnet, type DevnetNode, devnetGenesis, startDevnet } from '@triflow/devnet';
import { assert, defined } from '@triflow/protocol';
import { openLevelStore, prefixes } from '@triflow/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askNode, type BlockSeen, blocksTo, headOf } from './askNode.js';
import { openEventReader } from './eventReader.js';
import { freshGln, registerPlace } from './places.js';
import { type Finished, runTriflow, sentencesOf, startTriflow } from './triflow.js';
import { startWriters } from './writers.js';

/** Flips tried over the files of the database; each costs a start. */
const FLIPS_MAX = 8;
/** Of 512 bytes: room for some dozens of blocks in the engine's log. */
const FILE_BLOCKS_MAX = 200;

let net: Devnet;
let node: DevnetNode;
let home: string;
/** What the chain held before anything was broken, and must hold after. */
let kept: {
  readonly height: number;
  readonly blocks: readonly BlockSeen[];
  readonly txId: string;
};

beforeAll(async () => {
  net = await startDevnet({ nodes: 1, logLevel: 'info' });
  node = defined(net.nodes[0], 'one node');
  home = defined(node.home ?? undefined, 'its home');
  const transaction = await net.client('carrier').transaction(registerPlace(freshGln()));
  const { height, txId } = await transaction.commit();
  kept = { height, txId, blocks: await blocksTo(node.http, height) };
});

afterAll(() => net?.stop());

describe('a node that cannot start says one sentence and its own exit code', () => {
  it('the canary: a node whose folder is in order does start', async () => {
    await node.stop();
    await expectUnharmed();
  });

  it('11: the data folder belongs to another genesis', async () => {
    await node.stop();
    const timeMs = net.genesis.timeMs + 1;
    const foreign = devnetGenesis({ nodes: 1, chainId: net.genesis.chainId, timeMs });
    const genesisFile = join(net.dir, 'genesis.json');
    const ended = await startWith(home, genesisFile, () => JSON.stringify(foreign));
    refused(ended, 11, /GENESIS_MISMATCH/, /genesis/);
    await expectUnharmed();
  });

  it('12: another process has the data folder open; it is named', async () => {
    const pid = node.pid;
    refused(await start(home), 12, /STORE_LOCKED/, new RegExp(`pid ${pid}\\b`));
    expect(node).toMatchObject({ pid, state: 'running' });
    await expectUnharmed();
  });

  it('13: the HTTP, the p2p or the operations port is taken; it is named', async () => {
    await node.stop();
    for (const name of ['http', 'p2p', 'ops'] as const) {
      const port = Number(/:(\d+)$/.exec(node[name])?.[1]);
      const squatter = createServer().listen(port, '127.0.0.1');
      await once(squatter, 'listening');
      const ended = await start(home);
      squatter.close();
      await once(squatter, 'close');
      refused(ended, 13, /PORT_IN_USE/, new RegExp(`\\b${port}\\b`));
    }
    await expectUnharmed();
  });
});

describe('15: the disk is full', () => {
  it('at the start: refused, and nothing is lost', async () => {
    await node.stop();
    const data = join(home, 'data');
    await rename(data, `${data}.aside`);
    await writeFile(data, 'a file where a folder should be');
    const ended = await start(home);
    await rm(data);
    await rename(`${data}.aside`, data);
    refused(ended, 15, /STORE_FULL/, /data/);
    await expectUnharmed();
  });

  it('under load: it stops by itself, and no client was told what was not kept', async () => {
    await node.stop();
    using writers = startWriters(net, ['carrier', 'court', 'insurer']);
    await using full = await startTriflow(home, { fileBlocksMax: FILE_BLOCKS_MAX });
    const ended = await full.ended;
    expect(sentencesOf(ended), ended.stderr).toHaveLength(1);
    expect(ended.stderr).toMatch(/writing .* failed/);
    expect(ended.code).toBe(15);
    expect(writers.acknowledged.length).toBeGreaterThan(3);
    await node.start();
    const acknowledged = await writers.stop();
    const top = Math.max(...acknowledged.map(({ height }) => height));
    const placed = (await blocksTo(node.http, top)).flatMap(({ height, transactions }) => {
      return transactions.map(({ txId }) => `${txId} ${height}`);
    });
    expect(placed).toEqual([...new Set(placed)]);
    for (const { id, height } of acknowledged) expect(placed).toContain(`${id} ${height}`);
    await expectUnharmed();
  });
});

describe('a node that is asked to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: it says bye, keeps nobody waiting, exits 0',
    async (signal) => {
      await node.stop();
      await using running = await startTriflow(home);
      const { http } = running.told;
      const stream = await openEventReader(http, 'after=latest');
      const idle = await askNode(`${http}/v1/info`);
      const waiting = askNode(`${http}/v1/transactions/tx_${'0'.repeat(64)}?wait=60`);
      const answered = waiting.then(
        ({ status }) => status,
        () => 'closed',
      );
      expect(idle.status).toBe(200);
      const ended = await running.stop(signal);
      expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
      expect(sentencesOf(ended)).toEqual([]);
      expect(ended.stdout).toContain('"event":"stopped"');
      expect(await stream.ended).toBe('ended');
      expect(stream.frames.at(-1)?.kind).toBe('bye');
      expect([404, 503, 'closed']).toContain(await answered);
      await expectUnharmed();
    },
  );
});

const badValues: readonly (readonly [string, string, string, RegExp])[] = [
  ['a port that is no number', 'port = ', 'port = "seven" #', /http\.port/],
  ['a port out of range', 'port = ', 'port = 70000 #', /http\.port/],
  ['a level that is none', 'logLevel = ', 'logLevel = "loud" #', /node\.logLevel/],
  ['a store that is none', 'storage = ', 'storage = "paper" #', /node\.storage/],
  ['an unknown key', '[http]', '[http]\ncolour = "red"', /http.*colour/],
  ['an unknown section', '[http]', '[radio]\nport = 1\n[http]', /radio/],
  ['an open HTTP address', 'host = "127.0.0.1"', 'host = "0.0.0.0"', /http\.host/],
  ['another validator’s keys', 'label = "v1"', 'label = "v2"', /consensus key is not that of v1/],
  ['text that is no TOML', '[http]', '[http', /triflow\.toml/],
  ['no keys at all', '[demoKeys]\nlabel = "v1"', '', /keys/],
];

describe('10: a configuration value is wrong and is named', () => {
  /** Beside the running node's: a wrong value is found before the data folder is looked for. */
  let side: string;

  beforeAll(async () => {
    side = join(net.dir, 'nodes', 'side');
    await mkdir(side);
    await cp(join(home, 'triflow.toml'), join(side, 'triflow.toml'));
  });

  it.each(badValues)('%s', async (_, found, put, named) => {
    const ended = await startWith(side, join(side, 'triflow.toml'), (text) => {
      expect(text).toContain(found);
      return text.replace(found, put);
    });
    refused(ended, 10, /CONFIG_INVALID/, named);
  });

  it('a genesis that is none', async () => {
    const ended = await startWith(side, join(net.dir, 'genesis.json'), (text) => {
      return text.replace('"chainId"', '"chainName"');
    });
    refused(ended, 10, /GENESIS_INVALID/, /chainId|chainName/);
  });

  it('a home without a configuration', async () => {
    refused(await start(join(net.dir, 'nowhere')), 10, /CONFIG_INVALID/, /triflow init/);
  });

  it('and nothing was made in that home', async () => {
    expect(await readdir(side)).toEqual(['triflow.toml']);
  });
});

const readAtStart = ['meta', 'head', 'header', 'bucket', 'expiry'] as const;
const missedAtStart = ['meta', 'head', 'header', 'bucket'] as const;

describe('14: a damaged database is rebuilt from its blocks, once; then somebody must look', () => {
  beforeAll(() => node.stop());

  it.each(readAtStart)('a bit of a record of %s', (name) => expectRebuilt(name, 'change'));

  it.each(missedAtStart)('a record of %s is gone', (name) => expectRebuilt(name, 'remove'));

  it('while the damaged one lies aside, another is refused; it says what to do', async () => {
    await damageRecord(prefixes.meta, 'change');
    await expectUnharmed();
    await node.stop();
    await damageRecord(prefixes.meta, 'change');
    refused(await start(home), 14, /STORE_CORRUPT/, /aside-damaged/);
    await removeAside();
    await expectUnharmed();
    await node.stop();
    await removeAside();
  });

  it('any bit of the database’s files: rebuilt, refused, or nothing false is served', async () => {
    const data = join(home, 'data');
    const backup = join(net.dir, 'backup');
    await cp(data, backup, { recursive: true });
    const places = await placesToFlip(join(backup, 'db'));
    let noticed = 0;
    for (const [file, at] of places) {
      await restore(backup, data);
      const path = join(data, 'db', file);
      await writeFile(path, withBit(await readFile(path), at));
      if (await isNoticed(`${file}, byte ${at}`)) noticed += 1;
    }
    expect(places.length).toBeGreaterThan(3);
    expect(noticed).toBeGreaterThan(0);
    await restore(backup, data);
    await expectUnharmed();
  });
});

function start(dir: string): Promise<Finished> {
  return runTriflow(['start', '--home', dir, '--json']);
}

/** Starts once over a changed file, which is then as before. */
async function startWith(
  dir: string,
  file: string,
  change: (text: string) => string,
): Promise<Finished> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, change(text));
  try {
    return await start(dir);
  } finally {
    await writeFile(file, text);
  }
}

function refused(found: Finished, code: number, ...patterns: readonly RegExp[]): void {
  const sentences = sentencesOf(found);
  expect(sentences, found.stderr).toHaveLength(1);
  for (const pattern of patterns) expect(sentences[0]).toMatch(pattern);
  expect(found.code, found.stderr).toBe(code);
  expect(found.stdout).not.toContain('listening');
}

/** The node starts on its own folder, has lost nothing, and goes on. */
async function expectUnharmed(): Promise<void> {
  await node.start();
  expect(await headOf(node.http)).toBeGreaterThanOrEqual(kept.height);
  expect(await blocksTo(node.http, kept.height)).toEqual(kept.blocks);
  const outcome = await askNode(`${node.http}/v1/transactions/${kept.txId}`);
  expect(outcome.body).toMatchObject({ outcome: 'committed', height: kept.height });
  await net.probe();
}

/** Damages a record: the start rebuilds the database and puts the damaged one aside. */
async function expectRebuilt(
  name: (typeof readAtStart)[number],
  how: 'change' | 'remove',
): Promise<void> {
  await damageRecord(prefixes[name], how);
  await expectUnharmed();
  await node.stop();
  expect(await isAside()).toBe(true);
  await removeAside();
}

async function isAside(): Promise<boolean> {
  return (await readdir(join(home, 'data'))).includes('aside-damaged');
}

function removeAside(): Promise<void> {
  return rm(join(home, 'data', 'aside-damaged'), { recursive: true });
}

/** Changes a bit of the newest record under a prefix, or removes it. */
async function damageRecord(prefix: number, how: 'change' | 'remove'): Promise<void> {
  const store = await openLevelStore(join(home, 'data', 'db'));
  const range = { from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1) };
  let found: readonly [Uint8Array, Uint8Array] | undefined;
  for await (const entry of store.range({ ...range, reverse: true, limit: 1 })) found = entry;
  assert(found !== undefined, `damageRecord: nothing under ${prefix}`);
  const [key, value] = found;
  const wrong = { kind: 'put', key, value: withBit(value, value.length - 1) } as const;
  await store.write([how === 'change' ? wrong : { kind: 'delete', key }], { sync: true });
  await store.close();
}

/** Some bytes of the log and of the largest tables. */
async function placesToFlip(db: string): Promise<(readonly [file: string, at: number])[]> {
  const names = (await readdir(db)).filter((name) => /\.(ldb|log)$/.test(name));
  const sized = await Promise.all(
    names.map(async (name) => ({ name, size: (await stat(join(db, name))).size })),
  );
  const largest = sized.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
  const logs = largest.filter(({ name }) => name.endsWith('.log'));
  const tables = largest.filter(({ name }) => name.endsWith('.ldb'));
  const places = [...logs, ...tables].flatMap(({ name, size }) => {
    return [0.2, 0.5, 0.8].map((share) => [name, Math.floor(size * share)] as const);
  });
  return places.slice(0, FLIPS_MAX);
}

async function restore(backup: string, data: string): Promise<void> {
  await rm(data, { recursive: true });
  await cp(backup, data, { recursive: true });
}

function withBit(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}

/**
 * Starts over a damaged store: refused with 14, or it serves blocks that are the true ones. A key
 * that is out of order ends the engine by an assertion of its own (SIGABRT): that refuses too.
 */
async function isNoticed(where: string): Promise<boolean> {
  try {
    await node.start();
  } catch (error) {
    const details = defined(error instanceof Error ? error : undefined, where);
    const told = `${where}: ${details}`;
    if (/SIGABRT/.test(details.message)) return true;
    expect(error, told).toMatchObject({ code: 'STORE_CORRUPT', details: { exitCode: 14 } });
    return true;
  }
  for (const block of kept.blocks) {
    const { status, body } = await askNode(`${node.http}/v1/blocks/${block.height}?limit=500`);
    if (status === 200) expect(body, where).toMatchObject({ id: block.id });
    else expect(status, where).toBe(500);
  }
  await node.stop();
  return isAside();
}
