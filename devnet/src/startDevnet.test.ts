import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callControl } from './control.js';
import type { Devnet, DevnetStep } from './devnet.js';
import { readDevnetFile } from './devnetFile.js';
import { homeIn } from './home.js';
import { readBlock } from './nodeReads.js';
import { startDevnet } from './startDevnet.js';

const steps: DevnetStep['step'][] = [];
let net: Devnet;

beforeAll(async () => {
  const parameters = { blockIntervalMs: 20, heartbeatMs: 200 };
  const onStep = ({ step }: DevnetStep): void => void steps.push(step);
  net = await startDevnet({ transport: 'inproc', parameters, onStep });
}, 60_000);

afterAll(async () => {
  await net.stop();
});

async function roots(height: number): Promise<(string | undefined)[]> {
  const blocks = await Promise.all(net.urls.map((url) => readBlock(url, height)));
  return blocks.map((block) => block?.stateRoot);
}

describe('a devnet in one process', () => {
  it('has committed a transaction when it is ready', async () => {
    expect(steps).toEqual(['genesis', 'nodes', 'ready']);
    const { ready } = net.describe();
    expect(ready?.height).toBeGreaterThanOrEqual(1);
    const block = await readBlock(net.urls[0] ?? '', ready?.height ?? 0);
    expect(block?.signers).toBeGreaterThanOrEqual(3);
  });

  it('describes itself in devnet.json', async () => {
    const description = await readDevnetFile(net.devnetFile);
    expect(description).toEqual(net.describe());
    expect(description).toMatchObject({
      version: 1,
      chainId: net.genesis.chainId,
      pid: process.pid,
      storage: 'memory',
      scenario: null,
    });
    const party = description?.parties.find(({ alias }) => alias === 'bank-yangtze');
    expect(party).toMatchObject({ roles: ['LENDER', 'BANK'], keystore: 'demo:bank-yangtze' });
    expect(description?.nodes[3]).toMatchObject({ index: 3, nodeId: 'v4', state: 'running' });
  });

  it('gives a demo party a client whose reads are proved', async () => {
    const bank = net.client('bank-yangtze');
    const head = await bank.head();
    expect(head.verified?.signers).toBeGreaterThanOrEqual(3);
    expect(() => net.client('nobody')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });

  it('goes on without a node that was killed, which comes back to the same state', async () => {
    const [, , third] = net.nodes;
    await third?.kill();
    expect(third?.state).toBe('killed');
    const without = await net.probe();
    expect(without.signers).toBe(3);
    await third?.start();
    const height = await net.waitForHeight({ plus: 2 });
    const found = await roots(height);
    expect(found[0]).toMatch(/^sha256:/);
    expect(new Set(found).size).toBe(1);
  });

  it('commits nothing while it is split in halves, and goes on healed', async () => {
    await net.partition([
      [0, 1],
      [2, 3],
    ]);
    expect(net.splits()).toEqual([
      [0, 1],
      [2, 3],
    ]);
    await expect(net.probe({ timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      retry: 'same',
    });
    await net.heal();
    await net.probe();
    await net.waitForHeight({ plus: 2 });
  });

  it('two that stand still stop it, and it goes on with them', async () => {
    const [first, second] = net.nodes;
    await first?.pause();
    await second?.pause();
    expect(net.nodes.map(({ state }) => state)).toEqual(['paused', 'paused', 'running', 'running']);
    await expect(net.probe({ timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    await expect(first?.start()).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await first?.resume();
    await second?.resume();
    await net.waitForHeight({ plus: 2 });
  });

  it('takes requests from other terminals by its lock file only', async () => {
    const home = homeIn(net.dir);
    await callControl(home, { verb: 'stop', node: 3 });
    expect(net.nodes[3]?.state).toBe('stopped');
    await callControl(home, { verb: 'start', node: 3 });
    await callControl(home, { verb: 'partition', groups: [[0]] });
    expect(await callControl(home, { verb: 'splits' })).toEqual([[0]]);
    await callControl(home, { verb: 'heal' });
    await expect(callControl(home, { verb: 'kill', node: 9 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('a simulated device is put on goods, goes on where it was, and is told what was taken', async () => {
    const run = {
      gateway: 'warehouse',
      party: 'device-1',
      model: 'tank',
      device: 'dv_simulated',
      seed: 1,
      startMs: Date.now() - 60_000,
      stepMs: 1_000,
      steps: 5,
    } as const;
    expect(await net.simulate(run)).toEqual({
      messages: 5,
      taken: 0,
      refused: { device_unknown: 5 },
    });
    const asset = 'lt_simulated';
    const faults = [{ kind: 'forged', fromStep: 1, steps: 2 }] as const;
    expect(await net.simulate({ ...run, device: 'dv_sim-2', asset, faults })).toEqual({
      messages: 5,
      taken: 3,
      refused: { forged: 2 },
    });
    const owner = net.client('warehouse');
    const lastSeq = async () => (await owner.devices.get('dv_sim-2')).data?.lastSeq;
    while ((await lastSeq()) !== 3) await net.waitForHeight({ plus: 1 });
    const again = { ...run, device: 'dv_sim-2', asset, startMs: Date.now() };
    expect(await net.simulate(again)).toEqual({ messages: 5, taken: 5, refused: {} });
    while ((await lastSeq()) !== 8) await net.waitForHeight({ plus: 1 });
  });

  it('says which scenario is played', async () => {
    await net.noteScenario('fuel-oil');
    expect((await readDevnetFile(net.devnetFile))?.scenario).toBe('fuel-oil');
  });
});

describe('a devnet that is stopped', () => {
  it('leaves nothing behind in a temporary directory, and nobody to ask', async () => {
    const other = await startDevnet({ nodes: 1, transport: 'inproc' });
    const home = homeIn(other.dir);
    await callControl(home, { verb: 'down' });
    await other.stopped;
    await expect(access(other.dir)).rejects.toThrow();
    await expect(callControl(home, { verb: 'heal' })).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });

  it('a wrong option starts nothing and frees the directory', async () => {
    const wrong = startDevnet({ nodes: 99, transport: 'inproc' });
    await expect(wrong).rejects.toMatchObject({ code: 'GENESIS_INVALID' });
  });
});
