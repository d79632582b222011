import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Devnet, readBlock, readDevnetFile, startDevnet } from '@triflow/devnet';
import { isCodedError } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const library = createRequire(import.meta.url).resolve('@triflow/devnet');
const program = resolve(dirname(library), '..', 'bin', 'triflow-devnet.mjs');

/** What every running node says of a height. */
async function blocksAt(net: Devnet, height: number) {
  const running = net.nodes.filter(({ state }) => state === 'running');
  return Promise.all(running.map(({ http }) => readBlock(http, height)));
}

async function expectSameBlock(net: Devnet, height: number): Promise<void> {
  // A quorum has the block; the others may be a message behind.
  await net.waitForHeight({ height });
  const blocks = await blocksAt(net, height);
  expect(blocks.length).toBeGreaterThanOrEqual(3);
  expect(new Set(blocks.map((block) => block?.blockHash)).size).toBe(1);
  expect(new Set(blocks.map((block) => block?.stateRoot)).size).toBe(1);
  expect(blocks[0]?.stateRoot).toMatch(/^sha256:[0-9a-f]{64}$/);
}

describe('four validators in processes of their own', () => {
  let net: Devnet;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 4 });
  });

  afterAll(async () => {
    const pids = net.nodes.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    await net.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('a transaction is final and proved by a quorum', async () => {
    const { height, signers, of } = await net.probe();
    expect(of).toBe(4);
    expect(signers).toBeGreaterThanOrEqual(3);
    await net.waitForHeight({ height });
    await expectSameBlock(net, height);
  });

  it('one killed: the others go on, it comes back and agrees', async () => {
    const [, , victim] = net.nodes;
    const pid = victim?.pid ?? 0;
    await victim?.kill();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const without = await net.probe();
    await expectSameBlock(net, without.height);
    await victim?.start();
    expect(victim?.pid).not.toBe(pid);
    await net.waitForHeight({ plus: 3 });
    await expectSameBlock(net, without.height);
    await expectSameBlock(net, (await net.probe()).height);
  });

  it('two down stop it, it loses nothing and goes on with them', async () => {
    const [first, second] = net.nodes;
    const before = await net.waitForHeight({ plus: 0 });
    await Promise.all([first?.kill(), second?.kill()]);
    const lost = await net.probe({ timeoutMs: 3_000 }).catch((error: unknown) => error);
    expect(isCodedError(lost, 'OUTCOME_UNKNOWN')).toBe(true);
    await Promise.all([first?.start(), second?.start()]);
    const { height } = await net.probe();
    expect(height).toBeGreaterThan(before);
    await net.waitForHeight({ height });
    await expectSameBlock(net, height);
  });

  it('a split without a quorum on either side commits nothing until it is healed', async () => {
    await net.partition([
      [0, 1],
      [2, 3],
    ]);
    const lost = await net.probe({ timeoutMs: 3_000 }).catch((error: unknown) => error);
    expect(isCodedError(lost, 'OUTCOME_UNKNOWN')).toBe(true);
    await net.heal();
    const { height } = await net.probe();
    await net.waitForHeight({ height });
    await expectSameBlock(net, height);
  });

  it('one that stands still is waited for no longer than its turns', async () => {
    const [, second] = net.nodes;
    await second?.pause();
    await net.probe();
    await second?.resume();
    const { height } = await net.probe();
    await net.waitForHeight({ height });
    await expectSameBlock(net, height);
  });
});

describe('a devnet whose state is kept', () => {
  let dir = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'triflow-e2e-'));
  });

  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('goes on from where it stopped, on the same chain', async () => {
    const first = await startDevnet({ dir });
    const { height } = await first.probe();
    const { chainId } = first.genesis;
    await first.stop();
    expect(await readDevnetFile(join(dir, 'devnet.json'))).toMatchObject({ pid: null, chainId });
    await using second = await startDevnet({ dir });
    expect(second.genesis.chainId).toBe(chainId);
    expect((await second.probe()).height).toBeGreaterThan(height);
    const again = startDevnet({ dir });
    await expect(again).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  });

  it('leaves no orphan when its owner is killed, and is taken over', async () => {
    const owner = spawn(process.execPath, [
      program,
      'up',
      '--json',
      '--dir',
      dir,
      '--port-base',
      '0',
    ]);
    for await (const line of createInterface({ input: owner.stdout })) {
      if (line.includes('"event":"ready"')) break;
    }
    const description = await readDevnetFile(join(dir, 'devnet.json'));
    const pids = description?.nodes.flatMap(({ pid }) => (pid === null ? [] : [pid])) ?? [];
    expect(pids).toHaveLength(4);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await using next = await startDevnet({ dir });
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await next.probe();
  });

  it('run gives a command the description and ends with its code', async () => {
    const script = 'process.stdout.write(process.env.TRIFLOW_DEVNET ?? ""); process.exitCode = 7';
    const words = ['run', '--dir', dir, '--port-base', '0', '--', process.execPath, '-e', script];
    const done = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
    expect(done.status).toBe(7);
    expect(done.stdout).toBe(join(dir, 'devnet.json'));
    const text = await readFile(join(dir, 'devnet.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ pid: null });
  });
});
