import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, demoParty, devnetGenesis, startDevnet } from '@triflow/devnet';
import { bytesFromHexText, defined } from '@triflow/protocol';
import { createClient, http } from '@triflow/sdk';
import { openKeystoreFile, saveEvidence } from '@triflow/sdk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode, blocksTo, headOf } from './askNode.js';
import { freshGln, registerPlace } from './places.js';
import { type Finished, runTriflow, sentencesOf, startTriflow } from './triflow.js';
import { untilTrue } from './untilTrue.js';

const PASSWORD = 'correct horse battery';
const CLINIC = 'uscc:9144030071526726XG';
const VALIDATORS = 2;

const initSchema = z.object({
  home: z.string(),
  peerId: z.string().regex(/^12D3KooW/),
  nodeKey: z.string().regex(/^[0-9a-f]{64}$/),
  consensusKey: z.string().optional(),
});
const keySchema = z.object({
  kind: z.string(),
  file: z.string().optional(),
  label: z.string().optional(),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
});

let dir: string;
let passwordFile: string;
let genesisFile: string;
let net: Devnet;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-e2e-'));
  passwordFile = join(dir, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
});

afterAll(async () => {
  await net?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('triflow by itself', () => {
  it('says what it can do, and its version', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['init', 'start', 'status', 'key', 'verify']) {
      expect(help.stdout).toContain(name);
    }
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['a command that is none', ['dance']],
    ['an option that is none', ['status', '--loud']],
    ['a file missing', ['verify']],
    ['an option missing', ['key', 'new', 'account']],
    ['nothing', []],
  ])('usage error, exit 2: %s', async (_, words) => {
    const told = await run(...words);
    expect(told, told.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).not.toBe('');
    expect(told.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('triflow key', () => {
  it('makes an encrypted file that nobody else may read, and shows its public part', async () => {
    const file = join(dir, 'account.json');
    const words = ['key', 'new', 'account', '--out', file, '--password-file', passwordFile];
    const made = await run(...words, '--label', `${CLINIC}/k1`, '--json');
    expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
    const facts = keySchema.parse(JSON.parse(made.stdout));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const shown = await run('key', 'show', file, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ kind: 'account', publicKey: facts.publicKey });
    expect((await run('key', 'show', file)).stdout).toContain(facts.publicKey);
    expect(made.stdout + shown.stdout).not.toContain(PASSWORD);
    const text = await readFile(file, 'utf8');
    expect(Object.keys(JSON.parse(text))).not.toContain('seed');

    refused(await run(...words), 10, /KEYSTORE_INVALID/, /there already/);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('takes the password from TRIFLOW_PASSWORD, and says so when there is none', async () => {
    const file = join(dir, 'second.json');
    const words = ['key', 'new', 'node', '--out', file];
    refused(await run(...words), 10, /KEYSTORE_PASSWORD/, /TRIFLOW_PASSWORD/);
    const made = await runTriflow(words, { env: { TRIFLOW_PASSWORD: PASSWORD } });
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/peerId\s+12D3KooW/);
  });

  it('refuses kinds that are none and files that are no keys', async () => {
    refused(await run('key', 'new', 'front-door', '--out', join(dir, 'x')), 10, /front-door/);
    refused(await run('key', 'show', passwordFile), 10, /KEYSTORE_INVALID/);
    refused(await run('key', 'show', join(dir, 'nowhere')), 10, /KEYSTORE_INVALID/);
  });
});

describe('triflow init', () => {
  it('prepares an observer’s home: keys encrypted, a configuration that is readable', async () => {
    const home = join(dir, 'alone');
    const made = await run('init', '--home', home, '--password-file', passwordFile, '--json');
    expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(initSchema.parse(JSON.parse(made.stdout))).toMatchObject({ home });
    expect((await readdir(home)).sort()).toEqual(['data', 'keys', 'triflow.toml']);
    expect((await stat(join(home, 'keys'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, 'keys/node.json'))).mode & 0o777).toBe(0o600);

    const again = await run('init', '--home', home, '--password-file', passwordFile);
    refused(again, 10, /nothing was changed/);
    refused(await run('start', '--home', home), 10, /GENESIS_INVALID/, /genesis\.json/);
  });

  it('in words it says what to do next', async () => {
    const home = join(dir, 'words');
    const made = await run('init', '--home', home, '--password-file', passwordFile);
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/peer id\s+12D3KooW/);
    expect(made.stdout).toContain('triflow start --home');
  });

  it('refuses short passwords, ports that are none and a genesis that is none', async () => {
    const short = join(dir, 'short');
    await writeFile(short, 'tiny\n');
    const at = (name: string) => ['init', '--home', join(dir, name), '--password-file'];
    refused(await run(...at('a'), short), 10, /KEYSTORE_PASSWORD/, /8 characters/);
    refused(await run(...at('b'), passwordFile, '--port-base', 'many'), 10, /--port-base/);
    refused(await run(...at('c'), passwordFile, '--genesis', short), 10, /GENESIS_INVALID/);
    for (const name of ['a', 'b', 'c']) {
      await expect(stat(join(dir, name))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
});

describe('a consortium that a new node comes to', () => {
  let named: { readonly home: string; readonly peerId: string };
  let unnamed: { readonly home: string; readonly peerId: string };

  /** Two homes are prepared; the genesis names the first as an observer. */
  beforeAll(async () => {
    named = await init('named', 0);
    unnamed = await init('unnamed', 10);
    const chainId = 'triflow-e2e-1';
    const party = defined(demoParty('regulator'), 'regulator').id;
    const genesis = {
      ...devnetGenesis({ nodes: VALIDATORS, chainId, timeMs: Date.now() }),
      observers: [{ party, peerId: named.peerId }],
    };
    await mkdir(join(dir, 'net'));
    genesisFile = join(dir, 'net', 'genesis.json');
    await writeFile(genesisFile, JSON.stringify(genesis));
    net = await startDevnet({ dir: join(dir, 'net') });
    for (const { home } of [named, unnamed]) await joinConsortium(home);
  });

  it('status of a node in words and as JSON', async () => {
    const [first] = net.nodes;
    const where = ['--node', first?.http ?? '', '--ops', first?.ops ?? ''];
    const words = await run('status', ...where);
    expect(words, words.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(words.stdout).toMatch(/^validator v1 of triflow-e2e-1$/m);
    expect(words.stdout).toMatch(/^height \d+ +ready$/m);
    for (const check of ['sync', 'peers', 'storage', 'consensus', 'clock']) {
      expect(words.stdout).toMatch(new RegExp(`ok +${check}`));
    }
    const json = await run('status', ...where, '--json');
    const parsed: unknown = JSON.parse(json.stdout);
    expect(parsed).toMatchObject({
      info: { chainId: 'triflow-e2e-1', nodeId: 'v1', role: 'validator' },
      ready: { ready: true, checks: { consensus: { ok: true, value: 'voting' } } },
    });
  });

  it('status of a node that is down: exit 6, one sentence', async () => {
    const where = ['--node', 'http://127.0.0.1:9', '--ops', 'http://127.0.0.1:9'];
    refused(await run('status', ...where), 6, /TRANSPORT_FAILED/, /127\.0\.0\.1:9/);
    refused(await run('status', ...where, '--json'), 6, /TRANSPORT_FAILED/);
  });

  it('an observer that the genesis names follows, and serves proved reads', async () => {
    await using observer = await startTriflow(named.home);
    const { height } = await net.probe();
    await untilTrue('it follows', async () => ((await headOf(observer.told.http)) ?? 0) >= height);
    const ours = await blocksTo(observer.told.http, height);
    const theirs = await blocksTo(net.urls[0] ?? '', height);
    expect(ours.map(({ id, header }) => [id, header])).toEqual(
      theirs.map(({ id, header }) => [id, header]),
    );
    const told = await run('status', '--node', observer.told.http, '--ops', observer.told.ops);
    expect(told.stdout).toMatch(/^observer /m);
    const transport = http(observer.told.http);
    const reader = createClient({ transport, trust: { genesis: net.genesis } });
    const found = await reader.parties.get(defined(demoParty('court'), 'court').id);
    expect(found.verified).toMatchObject({ of: VALIDATORS, kind: 'inclusion' });
    expect((await observer.stop()).code).toBe(0);
  });

  it('a key made by the program signs, once the council has registered it', async () => {
    const shown = await run('key', 'show', join(dir, 'account.json'), '--json');
    const { publicKey } = keySchema.parse(JSON.parse(shown.stdout));
    const key = { keyId: 'k1', suite: 'ed25519', publicKey: bytesFromHexText(publicKey) };
    const party = { id: CLINIC, name: 'Clinic', roles: ['CARRIER'], sizeClass: 'small', key };
    const command = { contract: 'party-registry', name: 'register_party', params: party };
    await (await net.client('governor').transaction(command)).commit();
    const account = await openKeystoreFile(join(dir, 'account.json'), { passwordFile });
    expect(account.party).toBe(CLINIC);
    const transport = http(net.urls);
    const client = createClient({ transport, trust: { genesis: net.genesis }, account });
    const gln = freshGln();
    const done = await (await client.transaction(registerPlace(gln))).commit();
    expect(done).toMatchObject({ outcome: 'committed', verified: { of: VALIDATORS } });
    const file = join(dir, 'place.evidence.json');
    await saveEvidence(client, `trace/location/${gln}`, file);
    const verified = await run('verify', file, '--trust', genesisFile);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toContain(gln);
  });

  it('an observer that nobody has named is refused politely, and harms nothing', async () => {
    await using stranger = await startTriflow(unnamed.home);
    const { told } = stranger;
    const { height } = await net.probe();
    await net.waitForHeight({ height: height + 2 });
    expect(await headOf(told.http)).toBe(0);
    const ready = await askNode(`${told.ops}/readyz`);
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      ready: false,
      checks: { peers: { ok: false, value: 0, reason: expect.stringMatching(/v1, v2/) } },
    });
    const status = await run('status', '--node', told.http, '--ops', told.ops);
    expect(status.stdout).toMatch(/not ready/);
    expect(status.stdout).toMatch(/FAIL +peers/);
    const ended = await stranger.stop();
    expect(ended.code).toBe(0);
    expect(sentencesOf(ended)).toEqual([]);
    for (const { ops } of net.nodes) {
      expect((await askNode(`${ops}/readyz`)).body).toMatchObject({ ready: true });
    }
  });

  it('a wrong password, or keys that are not the validator’s: exit 10, one sentence', async () => {
    const wrong = join(dir, 'wrong');
    await writeFile(wrong, 'another password\n');
    const config = join(named.home, 'triflow.toml');
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(passwordFile, wrong));
    refused(await run('start', '--home', named.home), 10, /KEYSTORE_PASSWORD/);
    await writeFile(config, text);
    const home = join(dir, 'usurper');
    const words = ['--genesis', genesisFile, '--validator', 'v1', '--password-file', passwordFile];
    expect((await run('init', '--home', home, ...words)).code).toBe(0);
    refused(await run('start', '--home', home), 10, /CONFIG_INVALID/, /not that of v1/);
  });

  async function init(name: string, offset: number) {
    const home = join(dir, name);
    const base = String(freeBase() + offset);
    const words = ['--home', home, '--port-base', base, '--password-file', passwordFile];
    const made = await run('init', ...words, '--json');
    return initSchema.parse(JSON.parse(made.stdout));
  }

  /** As the operator does by hand: the genesis into the home, the validators' addresses. */
  async function joinConsortium(home: string): Promise<void> {
    await writeFile(join(home, 'genesis.json'), await readFile(genesisFile));
    const config = join(home, 'triflow.toml');
    const peers = net.nodes.map(({ nodeId, p2p }) => `${nodeId} = "${p2p}"`).join('\n');
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace('[p2p.peers]\n', `[p2p.peers]\n${peers}\n`));
  }
});

function run(...words: readonly string[]): Promise<Finished> {
  return runTriflow(words);
}

function refused(told: Finished, code: number, ...patterns: readonly RegExp[]): void {
  const sentences = sentencesOf(told);
  expect(sentences, told.stderr).toHaveLength(1);
  for (const pattern of patterns) expect(sentences[0]).toMatch(pattern);
  expect(told, told.stderr).toMatchObject({ code, stdout: '' });
}

/** Below the ports lent to outgoing connections, and away from those a devnet chooses. */
function freeBase(): number {
  return 5_000 + (process.pid % 4_000);
}
