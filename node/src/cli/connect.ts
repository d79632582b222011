import { dirname, join } from 'node:path';
import { genesisHashOf } from '@triflow/crypto';
import { CodedError, type Genesis } from '@triflow/protocol';
import {
  type Account,
  askRoute,
  type Client,
  coreOfClient,
  createClient,
  http,
  type NodeCall,
  type Trust,
} from '@triflow/sdk';
import { type OpenedDevnet, openDevnet } from '@triflow/sdk/devnet';
import { openKeystoreFile } from '@triflow/sdk/node';
import { Command } from 'commander';
import type { z } from 'zod';
import { loadGenesis } from '../config.js';
import type { OutputOptions } from './output.js';
import { askPassword, firstLine } from './password.js';
import { durationMs, type Flags, findSettings, nodeUrl, type Settings } from './settings.js';

/** Whose eyes a devnet is read with when nobody is named. */
const READER = 'regulator';

/** What every verb that asks a node understands. */
export type ClientOptions = OutputOptions & Flags;

/** A chain as a verb sees it. */
export interface Connection {
  readonly client: Client;
  readonly account: Account | undefined;
  readonly urls: readonly string[];
  readonly timeoutMs: number;
  /** Asks a route of the API: the node's own word. */
  readonly ask: <T>(call: NodeCall, schema: z.ZodType<T>) => Promise<T>;
}

/** A verb with the options that all have. */
export function verb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'answer as JSON')
    .option('--quiet', 'say nothing but errors')
    .option('--node <url>', 'a node’s HTTP address; several joined by commas')
    .option('--profile <name>', 'a profile of triflow.toml')
    .option('--timeout <duration>', 'how long to wait, such as 15s')
    .option('--as <alias>', 'act as a demo party of a devnet')
    .option('--key <file>', 'act with this account key file')
    .option('--password-file <file>', 'the key file’s password')
    .option('--trust <genesis>', 'the genesis document that you trust')
    .option('--genesis-hash <hash>', 'the genesis hash that you trust')
    .option('--devnet <file>', 'the devnet.json of a devnet');
}

/**
 * Opens a client by flags, environment, `triflow.toml` and a devnet found here. A verb that writes
 * names who acts; one that only reads on a devnet reads as its demo regulator.
 */
export async function connect(
  options: ClientOptions,
  does: 'reads' | 'writes' = 'reads',
): Promise<Connection> {
  const settings = findSettings(options);
  const timeoutMs = durationMs(settings.timeout.value ?? '');
  const devnet = await devnetOf(settings);
  const stated = settings.node.value?.split(',').map((url) => url.trim().replace(/\/$/, ''));
  const urls = stated ?? devnet?.urls ?? [nodeUrl(settings)];
  for (const url of urls) requireUrl(url);
  const trust = await trustOf(settings, devnet?.genesisHash);
  const account = await accountOf(settings, devnet, does);
  const client = createClient({
    transport: http([...urls]),
    trust,
    timeoutMs,
    ...(account === undefined ? {} : { account }),
  });
  const core = coreOfClient(client);
  const ask = <T>(call: NodeCall, schema: z.ZodType<T>): Promise<T> => askRoute(core, call, schema);
  return { client, account, urls, timeoutMs, ask };
}

/** Who signs, without asking any node: `--key FILE`, or `--as ALIAS` on a devnet. */
export async function accountFor(options: ClientOptions): Promise<Account> {
  const settings = findSettings(options);
  const account = await accountOf(settings, await devnetOf(settings), 'writes');
  if (account !== undefined) return account;
  throw new CodedError('REQUEST_INVALID', 'nobody to sign: give --key FILE, or --as ALIAS');
}

/** The genesis document that is trusted: `--trust FILE`, or the one beside `devnet.json`. */
export async function genesisFor(options: ClientOptions): Promise<Genesis> {
  const { trust, devnet, genesisHash } = findSettings(options);
  if (trust.value === undefined && devnet.value === undefined) {
    throw new CodedError('REQUEST_INVALID', 'which chain? give --trust genesis.json');
  }
  const file = trust.value ?? join(dirname(devnet.value ?? ''), 'genesis.json');
  const genesis = await loadGenesis(file);
  const wanted = genesisHash.value;
  if (wanted === undefined || wanted === genesisHashOf(genesis)) return genesis;
  throw new CodedError('CHAIN_MISMATCH', `${file} has not the genesis hash ${wanted}`);
}

/** A devnet found by itself is left aside when the caller names another chain's trust or node. */
async function devnetOf(settings: Settings): Promise<OpenedDevnet | undefined> {
  const { devnet, trust, genesisHash } = settings;
  if (devnet.value === undefined) return undefined;
  const isFound = devnet.origin.startsWith('found');
  if (isFound && (trust.value ?? genesisHash.value) !== undefined) return undefined;
  return openDevnet(devnet.value);
}

async function trustOf(settings: Settings, devnetHash: string | undefined): Promise<Trust> {
  const { trust, genesisHash } = settings;
  if (trust.value !== undefined) return { genesis: await loadGenesis(trust.value) };
  const hash = genesisHash.value ?? devnetHash;
  if (hash !== undefined) return { genesisHash: hash };
  throw new CodedError(
    'REQUEST_INVALID',
    'nothing says which chain to trust: give --trust genesis.json or --genesis-hash',
  );
}

async function accountOf(
  settings: Settings,
  devnet: OpenedDevnet | undefined,
  does: 'reads' | 'writes',
): Promise<Account | undefined> {
  const { key, as, passwordFile } = settings;
  if (key.value !== undefined) {
    const file = passwordFile.value;
    const secret = file === undefined ? await askPassword() : await firstLine(file);
    return openKeystoreFile(key.value, { password: secret });
  }
  if (as.value !== undefined && devnet === undefined) {
    throw new CodedError('REQUEST_INVALID', '--as is for a devnet, and none is found here');
  }
  const party = devnet?.parties.get(as.value ?? READER);
  if (as.value !== undefined && party === undefined) {
    const known = [...(devnet?.parties.keys() ?? [])].join(', ');
    throw new CodedError('REQUEST_INVALID', `there is no demo party ${as.value}: ${known}`);
  }
  if (does === 'writes' && as.value === undefined) {
    throw new CodedError('REQUEST_INVALID', 'nobody to sign: give --key FILE, or --as ALIAS');
  }
  return party === undefined ? undefined : coreOfClient(party.client).account;
}

function requireUrl(url: string): void {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return;
  throw new CodedError('REQUEST_INVALID', `--node ${url} is no http address`);
}
