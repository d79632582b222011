import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as root from './index.js';
import * as node from './node.js';
import * as testing from './testing.js';
import * as verify from './verify.js';

const entries: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '@triflow/sdk': root,
  '@triflow/sdk/node': node,
  '@triflow/sdk/testing': testing,
  '@triflow/sdk/verify': verify,
};
const IMPORT = /^import \{ ([^}]+) \} from '([^']+)';$/gm;
/** How a loop over events that never ends is left. */
const ENOUGH = new RangeError('enough events');

type Bindings = Readonly<Record<string, unknown>>;

let samples: readonly string[];
let folder: string;

beforeAll(async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  samples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  folder = await mkdtemp(join(tmpdir(), 'triflow-readme-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a sample's own lines. What it imports is there under that name; nodes are in memory. */
async function run(code: string, world: testing.World, given: Bindings = {}): Promise<void> {
  const bindings: Record<string, unknown> = {};
  for (const [, names = '', entry = ''] of code.matchAll(IMPORT)) {
    for (const name of names.split(', ')) {
      expect(entries[entry]?.[name], `${entry} has ${name}`).toBeDefined();
      bindings[name] = entries[entry]?.[name];
    }
  }
  const all = { ...bindings, ...given };
  const body = `return (async () => {${code.replace(IMPORT, '')}})()`;
  const work: unknown = new Function(...Object.keys(all), body)(...Object.values(all));
  await world.clock.run(Promise.resolve(work));
}

function sampleWith(word: string): string {
  const found = samples.filter((code) => code.includes(word));
  expect(found, word).toHaveLength(1);
  return found[0] ?? '';
}

function worldWithReceipt(): testing.World {
  const world = testing.createWorld();
  world.chain.commit({ puts: { 'warehouse-receipt/receipt/wr_0007': testing.fakeReceipt } });
  return world;
}

describe('the samples of the README', () => {
  it('a client reads, writes and follows as written', async () => {
    const world = worldWithReceipt();
    const issued = { contract: 'pledge-facility', type: 'margin_call.issued', subject: 'pl_0004' };
    world.chain.commit({ events: [1, 2].map((step) => ({ ...issued, data: { step } })) });
    const logged: unknown[][] = [];
    const kept: unknown[] = [];
    const told: unknown[] = [];
    const checkpoint = root.memoryCheckpoints();
    const work = run(sampleWith('// Write: bounded'), world, {
      createClient: () => world.client,
      openKeystoreFile: async () => undefined,
      fileCheckpoints: () => checkpoint,
      saveEvidence: (client: root.Client, keys: readonly string[], name: string) => {
        return node.saveEvidence(client, keys, join(folder, name));
      },
      outbox: { save: async (...facts: unknown[]) => kept.push(...facts) },
      log: (...facts: unknown[]) => logged.push(facts),
      alertRisk: () => undefined,
      desk: {
        notify: async (data: unknown) => {
          if (told.length === 1) throw ENOUGH;
          told.push(data);
        },
      },
    });
    await expect(work).rejects.toBe(ENOUGH);
    expect(logged).toEqual([[4, 3]]);
    expect(kept[0]).toMatch(/^tx_/);
    expect(told).toEqual([{ step: 1 }]);
    expect(await checkpoint.load()).toBe('3.0.0');
    const file = await readFile(join(folder, 'wr_0007.evidence.json'));
    const { genesis } = world.chain;
    expect(verify.verifyEvidence(file, { genesis }).sentences).toContain('No lien stood on lt_1.');
  });

  it('several nodes are compared', async () => {
    const world = worldWithReceipt();
    const createClient = () => world.connect();
    await run(sampleWith('crossCheck(Object'), world, { createClient });
  });

  it('a program is tested in memory', async () => {
    await run(sampleWith('@triflow/sdk/testing'), testing.createWorld());
  });

  it('several commands stand in one transaction', async () => {
    const world = worldWithReceipt();
    await run(sampleWith('bank.transaction(['), world, { bank: world.client });
  });

  it('an evidence file is checked offline', async () => {
    const world = worldWithReceipt();
    const { bytes } = await world.clock.run(world.client.evidence.create('wr_0007'));
    const { genesis } = world.chain;
    const verifyEvidence = (file: Uint8Array) => verify.verifyEvidence(file, { genesis });
    await run(sampleWith('verifyEvidence(bytes'), world, { bytes, verifyEvidence });
  });

  it('are all run here', () => {
    expect(samples).toHaveLength(5);
  });
});
