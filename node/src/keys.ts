import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  demoSeed,
  isDemoPublicKey,
  type OpenedKeystore,
  openKeystore,
  type SeedSigner,
  signerFromSeed,
} from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network/peer-id';
import {
  CodedError,
  equalBytes,
  type Genesis,
  genesisValidatorSet,
  isPartyId,
  type PartyId,
  type Signer,
} from '@triflow/protocol';
import type { NodeConfig } from './config.js';

/** The account key with which a node's party anchors its access log. */
export interface AnchorKey {
  readonly party: PartyId;
  readonly keyId: string;
  readonly signer: Signer;
}

export interface NodeKeys {
  /** The node's transport key. Never logged. */
  readonly nodeSeed: Uint8Array;
  /** Consensus keys: none for an observer, two while the key is being changed. */
  readonly signers: readonly SeedSigner[];
  readonly anchorKey?: AnchorKey;
}

/** Opens the keys that a configuration names; demo keys only under a devnet's genesis. */
export async function loadNodeKeys(
  home: string,
  config: NodeConfig,
  genesis: Genesis,
  password: () => Promise<string>,
): Promise<NodeKeys> {
  const { keys, demoKeys: demo, access } = config;
  const file = access.anchorKey;
  if (demo !== undefined) {
    const found = demoKeys(demo, genesis);
    if (file === undefined) return found;
    return { ...found, anchorKey: await openAnchorKey(home, file, await password()) };
  }
  if (keys === undefined) throw new CodedError('CONFIG_INVALID', 'keys is missing');
  const secret = await password();
  const { seed: nodeSeed } = await openKeyFile(home, keys.node, 'node', secret);
  const files = [keys.consensus, keys.nextConsensus].filter((file) => file !== undefined);
  const signers: SeedSigner[] = [];
  for (const one of files) {
    signers.push(signerFromSeed((await openKeyFile(home, one, 'consensus', secret)).seed));
  }
  if (file === undefined) return { nodeSeed, signers };
  return { nodeSeed, signers, anchorKey: await openAnchorKey(home, file, secret) };
}

/**
 * Checks keys against the genesis: the validator's own, not published ones outside a devnet.
 * Throws CONFIG_INVALID.
 */
export function checkNodeKeys(genesis: Genesis, config: NodeConfig, keys: NodeKeys): void {
  if (!genesis.devnet && keys.signers.some(({ publicKey }) => isDemoPublicKey(publicKey))) {
    throw new CodedError('CONFIG_INVALID', 'a published demo key may only be used in a devnet');
  }
  const { validator, rekeyed } = config.node;
  if (validator === undefined) return;
  const entry = genesisValidatorSet(genesis).find((one) => one.id === validator);
  if (entry === undefined) return;
  if (!rekeyed && signerOf(keys.signers, entry.publicKey) === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      `the consensus key is not that of ${validator} in the genesis;` +
        ' if its key was changed by vote since then, set node.rekeyed = true',
    );
  }
  if (peerIdFromSeed(keys.nodeSeed) !== entry.peerId) {
    throw new CodedError('CONFIG_INVALID', `the node key is not that of ${validator}`);
  }
}

/** The signer that holds a key, if it is one of ours. */
export function signerOf<S extends Signer>(
  signers: readonly S[],
  publicKey: Uint8Array,
): S | undefined {
  return signers.find((signer) => equalBytes(signer.publicKey, publicKey));
}

function demoKeys(
  { label, next }: NonNullable<NodeConfig['demoKeys']>,
  genesis: Genesis,
): NodeKeys {
  if (!genesis.devnet) {
    throw new CodedError('CONFIG_INVALID', 'demoKeys are refused: the genesis is not a devnet');
  }
  const labels = next === undefined ? [label] : [label, next];
  const signers = labels.map((one) => signerFromSeed(demoSeed(one)));
  return { nodeSeed: demoSeed(`node-${label}`), signers };
}

/** An account's key file says by its label whose it is: `<party>/<keyId>`. */
async function openAnchorKey(home: string, file: string, password: string): Promise<AnchorKey> {
  const { seed, label } = await openKeyFile(home, file, 'account', password);
  const slash = label.lastIndexOf('/');
  const party = label.slice(0, Math.max(0, slash));
  if (!isPartyId(party)) {
    throw new CodedError('KEYSTORE_INVALID', `${file}: its label must be <party>/<keyId>`);
  }
  return { party, keyId: label.slice(slash + 1), signer: signerFromSeed(seed) };
}

async function openKeyFile(
  home: string,
  file: string,
  kind: 'node' | 'consensus' | 'account',
  password: string,
): Promise<OpenedKeystore> {
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
  return opened.value;
}
