import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, type DevnetNode, demoParty, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { headOf } from './askNode.js';
import { freshGln, registerPlace } from './places.js';
import { untilTrue } from './untilTrue.js';

/** RFC 8032, 7.1, test 1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

const BLOCKS = 4;

/** What the verbs are tried on: a running network, and a home of it that is stopped. */
export interface VerbWorld extends AsyncDisposable {
  readonly net: Devnet;
  readonly dir: string;
  readonly genesis: string;
  /** Home of a running validator. */
  readonly home: string;
  /** Home of a validator as a stop left it: a copy, whose ports are free. */
  readonly stopped: string;
  readonly password: string;
  readonly otherPassword: string;
  /** A path in the folder of this world. */
  readonly path: (name: string) => string;
  /** The party id of a demo party. */
  readonly party: (alias: string) => string;
}

/** Starts four validators and copies the home of the last while it is stopped. */
export async function openVerbWorld(): Promise<VerbWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'triflow-verbs-'));
  const path = (name: string): string => join(dir, name);
  await writeFile(path('password'), 'correct horse battery\n', { mode: 0o600 });
  await writeFile(path('other'), 'wrong horse battery\n', { mode: 0o600 });
  await writeFile(path('seed'), `${SEED}\n`, { mode: 0o600 });
  const net = await startDevnet({ nodes: 4 });
  const last = defined(net.nodes[3], 'the last node');
  await commitBlocks(net, last);
  await last.stop();
  await copyHome(last, net.dir, path('net'));
  await last.start();
  return {
    net,
    dir,
    genesis: join(net.dir, 'genesis.json'),
    home: defined(net.nodes[0]?.home ?? undefined, 'its home'),
    stopped: path('net/nodes/v4'),
    password: path('password'),
    otherPassword: path('other'),
    path,
    party: (alias) => defined(demoParty(alias), alias).id,
    [Symbol.asyncDispose]: async () => {
      await net.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Something to damage: more blocks than the first, whose records every chain has. */
async function commitBlocks(net: Devnet, node: DevnetNode): Promise<void> {
  for (let block = 0; block < BLOCKS; block += 1) {
    await (await net.client('carrier').transaction(registerPlace(freshGln()))).commit();
  }
  await untilTrue('the last node has them', async () => ((await headOf(node.http)) ?? 0) >= BLOCKS);
}

/** A stopped node's home, beside its genesis as in the devnet; it asks for free ports. */
async function copyHome({ home }: DevnetNode, from: string, to: string): Promise<void> {
  await mkdir(join(to, 'nodes'), { recursive: true });
  await cp(join(from, 'genesis.json'), join(to, 'genesis.json'));
  const copy = join(to, 'nodes', 'v4');
  await cp(defined(home ?? undefined, 'its home'), copy, { recursive: true });
  const config = join(copy, 'triflow.toml');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace(/^port = \d+$/gm, 'port = 0'));
}
