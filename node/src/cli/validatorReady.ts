import { isAbsolute, join, resolve } from 'node:path';
import { demoSeed, genesisHashOf, publicKeyFromSeed, signSync } from '@triflow/crypto';
import {
  CodedError,
  equalBytes,
  type Hash,
  hashFromHex,
  hexFromBytes,
  isValidatorId,
  readinessSignBytes,
  textFromHash,
} from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import type { Command } from 'commander';
import { loadConfig } from '../config.js';
import { connect, genesisFor, verb } from './connect.js';
import { unsealKeyFile } from './keyFile.js';
import { askPassword, firstLine } from './password.js';
import { type WriteOptions, write } from './writing.js';

const CONTRACT = 'governance';

interface ReadyOptions extends WriteOptions {
  readonly home: string;
  readonly nodePasswordFile?: string;
}

/** What a passed proposal gives a key for. */
interface Seat {
  readonly validator: string;
  readonly suite: string;
  readonly publicKey: Uint8Array;
}

/**
 * `triflow validator ready PROPOSAL`: the node's new key signs a newest block that this client has
 * verified, its party activates the change with it (R-S3). The key signs nothing else here.
 */
export function readyVerb(): Command {
  return verb('ready', 'show that a voted seat or key is held and in sync, and bring it into force')
    .argument('<proposal>')
    .option('--home <dir>', 'the home of the node that holds the key', '.')
    .option('--node-password-file <file>', 'the password of its consensus key')
    .action(ready);
}

async function ready(id: string, options: ReadyOptions): Promise<void> {
  const { client } = await connect(options, 'writes');
  const seat = await seatOf(client, id);
  const seed = await seedOf(seat, options);
  const { height, valueId: hex } = await client.head();
  const valueId = hex === undefined ? undefined : hashFromHex(hex);
  if (valueId === undefined) {
    throw new CodedError('VERIFICATION_FAILED', 'the newest block could not be verified');
  }
  const signature = signSync(seed, await bytesToSign(seat, height, valueId, options));
  const readiness = {
    height,
    valueId: textFromHash(valueId),
    signature: `hex:${hexFromBytes(signature)}`,
  };
  await write({ contract: CONTRACT, name: 'activate', params: { id, readiness } }, options);
}

async function seatOf(client: Client, id: string): Promise<Seat> {
  const { data } = await client.proposals.get(id);
  if (data === null) throw new CodedError('OBJECT_NOT_FOUND', `there is no proposal ${id}`);
  const { change, state } = data;
  if (change.kind !== 'add_validator' && change.kind !== 'rekey_validator') {
    const message = `${id} is ${change.kind}: it needs no readiness; triflow gov activate ${id}`;
    throw new CodedError('REQUEST_INVALID', message);
  }
  if (state !== 'PASSED') {
    throw new CodedError('REQUEST_INVALID', `${id} is ${state}: only what has passed is activated`);
  }
  return change.body;
}

/** The key of the home that the proposal names; no other key signs. */
async function seedOf({ validator, publicKey }: Seat, options: ReadyOptions): Promise<Uint8Array> {
  const home = resolve(options.home);
  for (const seed of await seedsOf(home, options)) {
    if (equalBytes(publicKeyFromSeed(seed), publicKey)) return seed;
  }
  const message = `no consensus key of ${home} is the one that was voted for ${validator}`;
  throw new CodedError('CONFIG_INVALID', message);
}

async function seedsOf(home: string, options: ReadyOptions): Promise<Uint8Array[]> {
  const { keys, demoKeys } = await loadConfig(home);
  const labels = [demoKeys?.label, demoKeys?.next].filter((label) => label !== undefined);
  if (keys === undefined) return labels.map(demoSeed);
  const files = [keys.nextConsensus, keys.consensus].filter((file) => file !== undefined);
  const passwordFile = options.nodePasswordFile ?? keys.passwordFile;
  const password = await (passwordFile === undefined ? askPassword() : firstLine(passwordFile));
  const seeds: Uint8Array[] = [];
  for (const file of files) {
    const path = isAbsolute(file) ? file : join(home, file);
    seeds.push((await unsealKeyFile(path, password)).seed);
  }
  return seeds;
}

async function bytesToSign(
  { validator, suite, publicKey }: Seat,
  height: number,
  valueId: Hash,
  options: ReadyOptions,
): Promise<Uint8Array> {
  if (!isValidatorId(validator)) {
    throw new CodedError('REQUEST_INVALID', `${validator} is no validator id`);
  }
  const genesis = await genesisFor(options);
  const chain = { chainId: genesis.chainId, genesisHash: genesisHashOf(genesis) };
  return readinessSignBytes(chain, { validatorId: validator, suite, publicKey, height, valueId });
}
