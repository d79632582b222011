import { genesisHashOf, validatorSetHash, verifyGenesisKeys } from '@triflow/crypto';
import {
  type ChainBinding,
  type Fault,
  failure,
  type Genesis,
  genesisValidatorSet,
  type Hash,
  hashFromHex,
  hashFromText,
  parseGenesis,
  type Result,
  sortValidators,
  success,
  type ValidatorEntry,
  type ValidatorSet,
} from '@triflow/protocol';

/** A validator set known to be in force from a height on. */
export interface KnownSet {
  readonly fromHeight: number;
  readonly set: ValidatorSet;
  readonly hash: Hash;
}

/** Where trust begins: the chain, the shape of its state tree, and one validator set. */
export interface TrustAnchor extends ChainBinding {
  readonly stateTreeDepth: number;
  readonly transactionWindow: number;
  readonly start: KnownSet;
}

/** A set learnt at some height from a source that the caller trusts, in place of genesis. */
export interface PinnedTrust {
  readonly chainId: string;
  readonly genesisHash: string;
  readonly stateTreeDepth: number;
  readonly transactionWindow?: number;
  readonly height: number;
  readonly validators: readonly ValidatorEntry[];
}

/** What a caller trusts: a genesis document, its hash, or a validator set at a height. */
export type Trust =
  | { readonly genesis: unknown }
  | { readonly genesisHash: string; readonly chainId?: string }
  | PinnedTrust;

const DEFAULT_WINDOW = 512;

/** The anchor of a genesis document, checked in full, keys included. Fault: `genesis_invalid`. */
export function anchorFromGenesis(document: unknown, expectedHash?: Hash): Result<TrustAnchor> {
  const parsed = parseGenesis(document);
  if (!parsed.ok) return parsed;
  const genesis = parsed.value;
  const genesisHash = genesisHashOf(genesis);
  if (expectedHash !== undefined && genesisHash !== expectedHash) {
    return failure('genesis_mismatch', `the document's hash is ${genesisHash}`);
  }
  const keys = verifyGenesisKeys(genesis);
  return keys.ok ? success(anchorOf(genesis, genesisHash)) : keys;
}

/** The anchor of a validator set that the caller vouches for. Fault: `trust_invalid`. */
export function anchorFromPin(pin: PinnedTrust): Result<TrustAnchor> {
  const genesisHash = readGenesisHash(pin.genesisHash);
  if (genesisHash === undefined) return invalid('genesisHash is not a digest');
  if (!Number.isSafeInteger(pin.height) || pin.height < 1) return invalid('no such height');
  if (pin.validators.length === 0) return invalid('no validators');
  const set = sortValidators(pin.validators);
  const { chainId, stateTreeDepth, height } = pin;
  const transactionWindow = pin.transactionWindow ?? DEFAULT_WINDOW;
  const start = { fromHeight: height, set, hash: validatorSetHash(set) };
  return success({ chainId, genesisHash, stateTreeDepth, transactionWindow, start });
}

/** Reads a genesis hash, bare hexadecimal or with `sha256:`. */
export function readGenesisHash(text: string): Hash | undefined {
  return hashFromText(text) ?? hashFromHex(text);
}

function anchorOf(genesis: Genesis, genesisHash: Hash): TrustAnchor {
  const set = genesisValidatorSet(genesis);
  const { stateTreeDepth, transactionWindow } = genesis.parameters;
  const start = { fromHeight: 1, set, hash: validatorSetHash(set) };
  return { chainId: genesis.chainId, genesisHash, stateTreeDepth, transactionWindow, start };
}

function invalid(message: string): { readonly ok: false; readonly fault: Fault } {
  return failure('trust_invalid', message);
}
