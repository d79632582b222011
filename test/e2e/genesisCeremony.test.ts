import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { headOf } from './askNode.js';
import { runHere } from './inProcess.js';
import { freshGln } from './places.js';
import { type Finished, type StartedNode, startTriflow } from './triflow.js';
import { untilTrue } from './untilTrue.js';

const PARTIES = [
  { id: 'uscc:91420100TRFW00049U', name: '扬子银行', roles: 'LENDER,BANK,GOVERNOR' },
  { id: 'uscc:91310000TRFW00013K', name: '浦江仓储', roles: 'WAREHOUSE' },
  { id: 'uscc:9144030071526726XG', name: 'Carrier', roles: 'CARRIER' },
  { id: 'uscc:11100000TRFW001296', name: 'Regulator', roles: 'REGULATOR' },
] as const;

const hashSchema = z.object({ genesisHash: z.string(), words: z.string() });

let dir: string;
let password: string;
const nodes: StartedNode[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-ceremony-'));
  password = at('password');
  await writeFile(password, 'correct horse battery\n', { mode: 0o600 });
  for (const [index, { id }] of PARTIES.entries()) {
    const seat = ['--validator', `v${index + 1}`, '--port-base', String(portBase(index))];
    await done('init', '--home', at(`node${index}`), ...seat, '--password-file', password);
    const key = ['--out', at(`key${index}.json`), '--password-file', password];
    await done('key', 'new', 'account', ...key, '--label', `${id}/k1`);
  }
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await rm(dir, { recursive: true, force: true });
});

describe('four parties begin a chain together', () => {
  it('each joins the one draft; the same parts in any order give the same hash', async () => {
    await done('genesis', 'init', 'cn-ceremony-1', '--out', at('draft.json'));
    for (const index of PARTIES.keys()) await joinDraft(index);
    const parts = PARTIES.map((_, index) => at(`part${index}.json`));
    const made = await collect('proposed.json', parts);
    const again = await collect('again.json', [...parts].reverse());
    expect(made).toEqual(again);
    expect(made.words.split(' ').length).toBeGreaterThan(8);
    expect(hashSchema.parse(await done('genesis', 'check', at('proposed.json')))).toEqual(made);
    for (const index of PARTIES.keys()) {
      const text = await readFile(at(`part${index}.json`), 'utf8');
      expect(text).not.toMatch(/seed|ciphertext|password/i);
    }
  });

  it('fewer than four seats, or nobody who governs, are refused before anybody signs', async () => {
    const parts = [1, 2, 3].map((index) => at(`part${index}.json`));
    await collect('three.json', parts);
    const told = await runHere(['genesis', 'check', at('three.json')]);
    expect(told.code).toBe(10);
    expect(told.stdout).toMatch(/3 validators tolerate no fault/);
    expect(told.stdout).toMatch(/no party is GOVERNOR/);
    const signed = await runHere(['genesis', 'sign', at('three.json'), ...signing(1)]);
    expect(signed).toMatchObject({ code: 10, stdout: '' });
  });

  it('a part that was changed on its way is refused by its owner and by everybody', async () => {
    const text = await readFile(at('proposed.json'), 'utf8');
    const changed = text.replaceAll('"WAREHOUSE"', '"REGULATOR"');
    expect(changed).not.toBe(text);
    await writeFile(at('changed.json'), changed);
    refused(await runHere(['genesis', 'check', at('changed.json')]), /not signed by its key/);
    refused(
      await runHere(['genesis', 'sign', at('changed.json'), ...signing(0)]),
      /GENESIS_INVALID/,
    );
    // Another party's part for one's own.
    const other = ['--mine', at('part2.json'), '--key', at('key1.json')];
    const rest = ['--password-file', password, '--out', at('x.json')];
    const told = await runHere(['genesis', 'sign', at('proposed.json'), ...other, ...rest]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
  });

  it('finalize wants the signature of every party, over this very hash', async () => {
    for (const index of PARTIES.keys()) {
      await done('genesis', 'sign', at('proposed.json'), ...signing(index));
    }
    const all = PARTIES.map((_, index) => at(`signature${index}.json`));
    const finalize = (files: readonly string[]) => {
      return runHere([
        'genesis',
        'finalize',
        at('proposed.json'),
        ...files,
        '--out',
        at('genesis.json'),
        '--json',
      ]);
    };
    refused(await finalize(all.slice(1)), /not signed over this hash by 扬子银行/);
    refused(await finalize([...all.slice(1), all[1] ?? '']), /扬子银行/);
    const forged = await readFile(all[0] ?? '', 'utf8');
    await writeFile(at('forged.json'), forged.replace(/"signature": "(..)/, '"signature": "00'));
    refused(await finalize([...all.slice(1), at('forged.json')]), /扬子银行/);
    const told = await finalize(all);
    expect(told, told.stderr).toMatchObject({ code: 0 });
    const { peers } = z
      .object({ peers: z.record(z.string(), z.string()) })
      .parse(JSON.parse(told.stdout));
    expect(Object.keys(peers)).toEqual(['v1', 'v2', 'v3', 'v4']);
    const shown = hashSchema.parse(await done('genesis', 'hash', at('genesis.json')));
    expect(shown).toEqual(hashSchema.parse(await done('genesis', 'hash', at('proposed.json'))));
    await distribute(peers);
  });

  it('four nodes start from it, and a party’s transaction is final', async () => {
    for (const index of PARTIES.keys()) {
      const doctor = await runHere(['doctor', '--home', at(`node${index}`)]);
      expect(doctor.stdout, doctor.stdout).not.toMatch(/^ERROR/m);
    }
    for (const index of PARTIES.keys()) nodes.push(await startTriflow(at(`node${index}`)));
    const urls = nodes.map(({ told }) => told.http);
    const word = JSON.stringify({ gln: freshGln() });
    const sender = ['--key', at('key2.json'), '--password-file', password];
    const where = ['--node', urls.join(','), '--trust', at('genesis.json'), '--timeout', '60s'];
    const call = ['call', 'trace', 'register_location', '--params', word, ...sender, ...where];
    const told = await runHere([...call, '--json']);
    expect(told, told.stderr).toMatchObject({ code: 0 });
    const { height, verified } = committedSchema.parse(JSON.parse(told.stdout));
    expect(verified.signers).toBeGreaterThanOrEqual(3);
    for (const url of urls) {
      await untilTrue('all follow', async () => ((await headOf(url)) ?? 0) >= height);
    }
  });

  it('a lost key, or another’s: the doctor names it and the safe next step', async () => {
    await nodes.pop()?.stop();
    const home = at('node3');
    const key = join(home, 'keys/consensus.json');
    await rename(key, `${key}.away`);
    const lost = await runHere(['doctor', '--home', home]);
    expect(lost.code, lost.stdout).toBe(10);
    expect(lost.stdout).toMatch(/ERROR +keys .*consensus\.json.*\(KEYSTORE_INVALID\)/);
    expect(lost.stdout).toMatch(/if that copy runs nowhere else; else a new key by vote/);
    await copyFile(at('node2/keys/consensus.json'), key);
    const others = await runHere(['doctor', '--home', home]);
    expect(others.code, others.stdout).toBe(10);
    expect(others.stdout).toMatch(/ERROR +keys .*not that of v4 in the genesis/);
    const fixed = await runHere(['doctor', '--home', home, '--fix', '--yes']);
    expect(fixed.stderr).toMatch(/nothing that --fix could mend/);
    await rename(`${key}.away`, key);
    expect((await runHere(['doctor', '--home', home])).stdout).not.toMatch(/^ERROR/m);
  });
});

const committedSchema = z.object({
  outcome: z.literal('committed'),
  height: z.number(),
  verified: z.object({ signers: z.number(), of: z.literal(4) }),
});

function at(name: string): string {
  return join(dir, name);
}

async function joinDraft(index: number): Promise<void> {
  const { name, roles } = defined(PARTIES[index], 'a party');
  const seat = ['--home', at(`node${index}`), '--address', `127.0.0.1:${portBase(index) + 1}`];
  const who = ['--key', at(`key${index}.json`), '--password-file', password, '--name', name];
  const out = ['--roles', roles, '--out', at(`part${index}.json`)];
  await done('genesis', 'join', at('draft.json'), ...who, ...seat, ...out);
}

async function collect(name: string, parts: readonly string[]) {
  return hashSchema.parse(
    await done('genesis', 'collect', at('draft.json'), ...parts, '--out', at(name)),
  );
}

function signing(index: number): string[] {
  return [
    ...['--mine', at(`part${index}.json`), '--key', at(`key${index}.json`)],
    ...['--password-file', password, '--out', at(`signature${index}.json`)],
  ];
}

/** As each operator does by hand: the genesis and the others' addresses into the home. */
async function distribute(peers: Readonly<Record<string, string>>): Promise<void> {
  for (const index of PARTIES.keys()) {
    await copyFile(at('genesis.json'), at(`node${index}/genesis.json`));
    const config = at(`node${index}/triflow.toml`);
    const lines = Object.entries(peers).filter(([id]) => id !== `v${index + 1}`);
    const text = await readFile(config, 'utf8');
    const named = lines.map(([id, address]) => `${id} = "${address}"\n`).join('');
    await writeFile(config, text.replace('[p2p.peers]\n', `[p2p.peers]\n${named}`));
  }
}

async function done(...words: readonly string[]): Promise<unknown> {
  const told = await runHere([...words, '--json']);
  expect(told, told.stderr).toMatchObject({ code: 0 });
  return JSON.parse(told.stdout);
}

function refused(told: Finished, says: RegExp): void {
  expect(told.code, told.stderr).toBe(10);
  expect(told.stdout + told.stderr).toMatch(says);
  expect(told.stderr).toMatch(/\(GENESIS_INVALID\)/);
}

/** Below the ports lent to outgoing connections, ten a node. */
function portBase(index: number): number {
  return 9_100 + (process.pid % 900) * 20 + index * 5;
}
