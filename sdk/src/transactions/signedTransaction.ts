import { transactionId } from '@triflow/crypto';
import {
  type Command,
  decodeTransaction,
  type Hash,
  limits,
  signedTransactionBytes,
  textFromTxId,
  transactionSignBytes,
} from '@triflow/protocol';
import type { ClientCore } from '../client/clientCore.js';
import { type CallOptions, type Deadline, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { newestHead } from './newestHead.js';

/** About 12 s at the default block interval. */
const VALID_FOR_BLOCKS = 60;

/** Signed bytes and what the client must know of them. */
export interface SignedTransaction {
  readonly txId: Hash;
  readonly bytes: Uint8Array;
  readonly validUntilHeight: number;
}

export interface BuildOptions extends CallOptions {
  /** How many blocks above the head it may still enter; at most the chain's window. */
  readonly validForBlocks?: number;
}

/**
 * Builds and signs a transaction for the account of the client. `REQUEST_INVALID` when it has no
 * account or the commands do not fit, `TRANSACTION_TOO_LARGE`.
 */
export async function signTransaction(
  core: ClientCore,
  commands: readonly Command[],
  options: BuildOptions = {},
): Promise<SignedTransaction> {
  const timeoutMs = options.timeoutMs ?? core.timeoutMs;
  return underDeadline(core.environment, { timeoutMs, signal: options.signal }, (deadline) => {
    return sign(core, commands, options, deadline);
  });
}

/** Reads signed bytes that were kept. `TRANSACTION_MALFORMED`, `TRANSACTION_WRONG_CHAIN`. */
export function transactionFromBytes(core: ClientCore, bytes: Uint8Array): SignedTransaction {
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) throw new TriflowError('TRANSACTION_MALFORMED', decoded.fault.message);
  const { chainId, genesisHash, validUntilHeight, signBytes } = decoded.value;
  const expected = core.chain.expected();
  const ours =
    chainId === (expected.chainId ?? chainId) &&
    genesisHash === (expected.genesisHash ?? genesisHash);
  if (!ours) throw new TriflowError('TRANSACTION_WRONG_CHAIN', `these bytes are for ${chainId}`);
  return { txId: transactionId(signBytes), bytes, validUntilHeight };
}

async function sign(
  core: ClientCore,
  commands: readonly Command[],
  options: BuildOptions,
  deadline: Deadline,
): Promise<SignedTransaction> {
  const { account } = core;
  if (account === undefined) {
    throw new TriflowError('REQUEST_INVALID', 'this client has no account to sign with');
  }
  if (commands.length < 1 || commands.length > limits.commandsPerTransactionMax) {
    const message = `1 to ${limits.commandsPerTransactionMax} commands, not ${commands.length}`;
    throw new TriflowError('REQUEST_INVALID', message);
  }
  const anchor = await core.chain.anchor(deadline);
  const window = validFor(options.validForBlocks, anchor.transactionWindow);
  const validUntilHeight = (await newestHead(core, deadline)) + window;
  const signBytes = transactionSignBytes({
    chainId: anchor.chainId,
    genesisHash: anchor.genesisHash,
    sender: account.party,
    keyId: account.keyId,
    nonce: core.environment.nonce(),
    validUntilHeight,
    commands,
  });
  const txId = transactionId(signBytes);
  const request = { txId: textFromTxId(txId), validUntilHeight, commands };
  const signature = await account.sign(signBytes, request);
  const bytes = signedTransactionBytes(signBytes, signature);
  const readable = decodeTransaction(bytes);
  if (readable.ok) return { txId, bytes, validUntilHeight };
  const tooLarge = readable.fault.code === 'transaction_too_large';
  const code = tooLarge ? 'TRANSACTION_TOO_LARGE' : 'REQUEST_INVALID';
  throw new TriflowError(code, readable.fault.message);
}

function validFor(asked: number | undefined, window: number): number {
  if (asked === undefined) return Math.min(VALID_FOR_BLOCKS, window);
  if (Number.isInteger(asked) && asked >= 1 && asked <= window) return asked;
  throw new TriflowError('REQUEST_INVALID', `validForBlocks: 1 to ${window}, not ${asked}`);
}
