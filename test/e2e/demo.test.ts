import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenarioNames } from '@triflow/seeds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runTriflow } from './triflow.js';

const demo = fileURLToPath(new URL('../../devnet/demo.mjs', import.meta.url));

const summarySchema = z.object({
  validators: z.number(),
  finalHeight: z.number(),
  blockHash: z.string(),
  stateRoot: z.string(),
  nodes: z.array(z.object({ id: z.string(), blockHash: z.string(), stateRoot: z.string() })),
  killed: z.object({
    node: z.string(),
    heightWhenKilled: z.number(),
    heightAfterCatchUp: z.number(),
  }),
  transactions: z.object({ committed: z.number(), rejected: z.number() }),
  scenarios: z.record(
    z.string(),
    z.object({
      transactions: z.object({
        committed: z.number(),
        rejected: z.record(z.string(), z.number()),
      }),
      readsVerified: z.number(),
      evidenceFile: z.string(),
    }),
  ),
});

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-demo-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function runDemo(args: readonly string[]): Promise<{ code: unknown; stdout: string }> {
  const child = spawn(process.execPath, [demo, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout };
}

describe('the demo', () => {
  it('played once, all of it: a validator dies and all four agree at the end', async () => {
    const file = join(dir, 'summary.json');
    const kept = ['--dir', join(dir, 'once'), '--port-base', '0'];
    const all = ['--once', '--scenario', 'all', '--json', file];
    const { code, stdout } = await runDemo([...all, ...kept]);
    expect(stdout).toContain('4 nodes agree at height');
    expect(code).toBe(0);
    const summary = summarySchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(new Set(summary.nodes.map(({ blockHash }) => blockHash))).toEqual(
      new Set([summary.blockHash]),
    );
    expect(new Set(summary.nodes.map(({ stateRoot }) => stateRoot))).toEqual(
      new Set([summary.stateRoot]),
    );
    expect(summary.nodes.map(({ id }) => id)).toEqual(['v1', 'v2', 'v3', 'v4']);
    const { heightWhenKilled, heightAfterCatchUp } = summary.killed;
    expect(heightAfterCatchUp).toBeGreaterThan(heightWhenKilled);
    const told = Object.entries(summary.scenarios);
    expect(told.map(([name]) => name).sort()).toEqual([...scenarioNames].sort());
    for (const [name, { readsVerified }] of told) expect([name, readsVerified > 0]).toContain(true);
    const refused = summary.scenarios['double-pledge']?.transactions.rejected;
    expect(refused).toMatchObject({ asset_already_encumbered: 1 });
    const committed = told.map(([, one]) => one.transactions.committed);
    expect(summary.transactions.committed).toBe(committed.reduce((sum, count) => sum + count, 0));
  });

  it('stops when it is ready if that is all one wants', async () => {
    const args = ['--exit-after-ready', '--dir', join(dir, 'kept'), '--port-base', '0'];
    const { code, stdout } = await runDemo(args);
    expect(code).toBe(0);
    expect(stdout).toContain('first block final');
    expect(stdout).toContain('PUBLIC demo keys: never use outside a devnet');
  });

  it('its evidence checks with no node at all, and only against its own chain', async () => {
    const text = await readFile(join(dir, 'summary.json'), 'utf8');
    const { scenarios } = summarySchema.parse(JSON.parse(text));
    const evidenceFile = scenarios['fuel-oil']?.evidenceFile ?? '';
    const check = (run: string) => {
      return runTriflow(['verify', evidenceFile, '--trust', join(dir, run, 'genesis.json')]);
    };
    expect((await check('once')).code).toBe(0);
    expect((await check('kept')).code).toBe(7);
  });
});
