import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  demoSeed,
  isDemoPublicKey,
  openKeystore,
  type SeedSigner,
  signerFromSeed,
} from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';
import { CodedError, equalBytes, type Genesis, genesisValidatorSet } from '@triflow/protocol';
import type { NodeConfig } from './config.js';

export interface NodeKeys {
  /** The node's transport key. Never logged. */
  readonly nodeSeed: Uint8Array;
  /** The consensus key; null for an observer. */
  readonly signer: SeedSigner | null;
}

/** Opens the keys that a configuration names; demo keys only under a devnet's genesis. */
export async function loadNodeKeys(
  home: string,
  config: NodeConfig,
  genesis: Genesis,
  password: () => Promise<string>,
): Promise<NodeKeys> {
  if (config.demoKeys !== undefined) return demoKeys(config.demoKeys.label, genesis);
  const { keys } = config;
  if (keys === undefined) throw new CodedError('CONFIG_INVALID', 'keys is missing');
  const secret = await password();
  const nodeSeed = await openKeyFile(home, keys.node, 'node', secret);
  if (keys.consensus === undefined) return { nodeSeed, signer: null };
  const seed = await openKeyFile(home, keys.consensus, 'consensus', secret);
  return { nodeSeed, signer: signerFromSeed(seed) };
}

/**
 * Checks keys against the genesis: the validator's own, not published ones outside a devnet.
 * Throws CONFIG_INVALID.
 */
export function checkNodeKeys(
  genesis: Genesis,
  validator: string | undefined,
  keys: NodeKeys,
): void {
  if (!genesis.devnet && keys.signer !== null && isDemoPublicKey(keys.signer.publicKey)) {
    throw new CodedError('CONFIG_INVALID', 'a published demo key may only be used in a devnet');
  }
  if (validator === undefined) return;
  const entry = genesisValidatorSet(genesis).find((one) => one.id === validator);
  if (entry === undefined) return;
  if (keys.signer === null || !equalBytes(entry.publicKey, keys.signer.publicKey)) {
    throw new CodedError('CONFIG_INVALID', `the consensus key is not that of ${validator}`);
  }
  if (peerIdFromSeed(keys.nodeSeed) !== entry.peerId) {
    throw new CodedError('CONFIG_INVALID', `the node key is not that of ${validator}`);
  }
}

function demoKeys(label: string, genesis: Genesis): NodeKeys {
  if (!genesis.devnet) {
    throw new CodedError('CONFIG_INVALID', 'demoKeys are refused: the genesis is not a devnet');
  }
  return { nodeSeed: demoSeed(`node-${label}`), signer: signerFromSeed(demoSeed(label)) };
}

async function openKeyFile(
  home: string,
  file: string,
  kind: 'node' | 'consensus',
  password: string,
): Promise<Uint8Array> {
  const path = isAbsolute(file) ? file : join(home, file);
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CodedError('KEYSTORE_INVALID', `${path} cannot be read`, { cause });
  }
  const opened = openKeystore(document, password);
  if (!opened.ok) {
    const code =
      opened.fault.code === 'keystore_password' ? 'KEYSTORE_PASSWORD' : 'KEYSTORE_INVALID';
    throw new CodedError(code, `${path}: ${opened.fault.message}`);
  }
  if (opened.value.kind !== kind) {
    throw new CodedError(
      'KEYSTORE_INVALID',
      `${path} holds a ${opened.value.kind} key, not ${kind}`,
    );
  }
  return opened.value.seed;
}
