import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import {
  outcomeSchema,
  simulationSchema,
  TRANSACTION_MEDIA_TYPE,
  transactionProofSchema,
  transactionRoutes,
} from '@triflow/api/routes';
import { genesisHashOf, transactionId } from '@triflow/crypto';
import {
  bytesFromHexText,
  CodedError,
  decodeTransaction,
  hexFromBytes,
  isPartyId,
  signedTransactionBytes,
  type Transaction,
  textFromTxId,
  transactionSignBytes,
} from '@triflow/protocol';
import { checkCommand } from '@triflow/sdk';
import { Command } from 'commander';
import { accountFor, type ClientOptions, connect, genesisFor, verb } from './connect.js';
import { heightOf } from './objects.js';
import { print } from './output.js';
import { commandSchema, readJson, readParams } from './parameters.js';
import { buildOptions, inputOf, printCommitted, type WriteOptions } from './writing.js';

const UNSIGNED_FORMAT = 'triflow/unsigned-tx/1';
const NONCE_BYTES = 16;
const SIGNATURE_BYTES = 64;
/** About 12 s at the default block interval. */
const VALID_FOR_BLOCKS = 60;
const TX_ID = /^tx_[0-9a-f]{64}$/;

interface SignWords extends WriteOptions {
  readonly out: string;
}

interface BuildWords extends SignWords {
  readonly sender: string;
  readonly keyId: string;
  readonly validUntilHeight?: string;
}

/** `triflow tx`: transactions by id; and built here, signed elsewhere, sent later. */
export function txCommand(): Command {
  const tx = new Command('tx').description('transactions: by id, or built here and signed there');
  tx.addCommand(verb('show', 'what became of it').argument('<id>').action(showTx));
  tx.addCommand(verb('wait', 'wait for its outcome').argument('<id>').action(waitTx));
  tx.addCommand(
    verb('decode', 'what bytes say, signed or not').argument('<file>').action(decodeTx),
  );
  tx.addCommand(
    verb('build', 'write an unsigned transaction to a file; with a last height, no node is asked')
      .argument('<contract>')
      .argument('<command>')
      .requiredOption('--sender <party>', 'whose transaction it is')
      .requiredOption('--key-id <id>', 'which of the party’s keys will sign')
      .requiredOption('--out <file>', 'where the unsigned transaction goes')
      .option('--params <json>', 'the parameters as JSON, or @file')
      .option('--valid-until-height <h>', 'the last height; needs no node')
      .option('--valid-for-blocks <n>', 'how many blocks it may wait')
      .action(buildTx),
  );
  tx.addCommand(
    verb('sign', 'sign an unsigned file, or a command, and keep the bytes; nothing is sent')
      .argument('<fileOrContract>')
      .argument('[command]')
      .requiredOption('--out <file>', 'where the signed bytes go, as hexadecimal')
      .option('--params <json>', 'the parameters as JSON, or @file')
      .option('--valid-for-blocks <n>', 'how many blocks it may wait')
      .action(signTx),
  );
  tx.addCommand(
    verb('send', 'send signed bytes; the same bytes are the same request')
      .argument('<file>')
      .action(sendTx),
  );
  return tx.addCommand(
    verb('replay', 'run it again over the head, keeping nothing: what it would do now')
      .argument('<idOrFile>')
      .action(replayTx),
  );
}

async function showTx(id: string, options: ClientOptions): Promise<void> {
  const { ask } = await connect(options);
  const call = { route: transactionRoutes.getOutcome, params: { id } };
  print(options, await ask(call, outcomeSchema));
}

async function waitTx(id: string, options: ClientOptions): Promise<void> {
  const { ask, timeoutMs } = await connect(options);
  const wait = Math.max(1, Math.min(60, Math.floor(timeoutMs / 2_000)));
  const call = { route: transactionRoutes.getOutcome, params: { id }, query: { wait } };
  const outcome = await ask(call, outcomeSchema);
  if (outcome.outcome === 'pending') {
    throw new CodedError('OUTCOME_UNKNOWN', `no outcome of ${id} within the time given`);
  }
  if (outcome.outcome === 'rejected' || outcome.outcome === 'expired') {
    throw new CodedError(outcome.error?.code ?? 'TRANSACTION_EXPIRED', `${id} ${outcome.outcome}`, {
      details: { outcome: outcome.outcome },
    });
  }
  print(options, outcome);
}

async function decodeTx(file: string, options: ClientOptions): Promise<void> {
  const { signBytes, isSigned, transaction } = await readTx(file);
  const txId = textFromTxId(transactionId(signBytes));
  print(options, { txId, signed: isSigned, ...factsOf(transaction) });
}

/** The bytes to sign, for a machine that has the key and no network. */
async function buildTx(contract: string, command: string, options: BuildWords): Promise<void> {
  const { sender, keyId, out } = options;
  if (!isPartyId(sender)) throw new CodedError('REQUEST_INVALID', `${sender} is no party id`);
  const name = command.replaceAll('-', '_');
  const params = await readParams(commandSchema(contract, name), options.params);
  const genesis = await genesisFor(options);
  const validUntilHeight = await lastHeight(options);
  const signBytes = transactionSignBytes({
    chainId: genesis.chainId,
    genesisHash: genesisHashOf(genesis),
    sender,
    keyId,
    nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
    validUntilHeight,
    commands: [checkCommand({ contract, name, params }, '')],
  });
  transactionOf(signBytes);
  const txId = textFromTxId(transactionId(signBytes));
  const document = { format: UNSIGNED_FORMAT, txId, signBytes: hexFromBytes(signBytes) };
  await writeNew(out, `${JSON.stringify(document, null, 2)}\n`);
  print(options, { txId, validUntilHeight, out }, [
    `${txId} is built, unsigned, in ${out}; it may enter a block up to height ${validUntilHeight}`,
    `next: triflow tx sign ${out} --key FILE --out signed.hex, where the key is`,
  ]);
}

/** What an unsigned file says is shown before its bytes are signed; no node is asked. */
async function signTx(word: string, name: string | undefined, options: SignWords): Promise<void> {
  if (name !== undefined) return signCommand(word, name, options);
  const { signBytes, transaction } = await readTx(word);
  const account = await accountFor(options);
  if (account.party !== transaction.sender || account.keyId !== transaction.keyId) {
    const wanted = `${transaction.sender} with ${transaction.keyId}`;
    const message = `this transaction is for ${wanted}, the key is ${account.party}/${account.keyId}`;
    throw new CodedError('REQUEST_INVALID', message);
  }
  const { validUntilHeight, commands } = transaction;
  const txId = textFromTxId(transactionId(signBytes));
  const signature = await account.sign(signBytes, { txId, validUntilHeight, commands });
  await writeNew(options.out, `${hexFromBytes(signedTransactionBytes(signBytes, signature))}\n`);
  print(options, { txId, out: options.out, ...factsOf(transaction) });
}

async function signCommand(contract: string, name: string, options: SignWords): Promise<void> {
  const { client } = await connect(options, 'writes');
  const params = await readJson(options.params ?? '{}');
  const input = await inputOf(client, { contract, name, params }, options);
  const { id, bytes, validUntilHeight } = await client.transaction(input, buildOptions(options));
  await writeNew(options.out, `${hexFromBytes(bytes)}\n`);
  print(options, { txId: id, validUntilHeight, out: options.out });
}

async function sendTx(file: string, options: ClientOptions): Promise<void> {
  const { bytes, isSigned } = await readTx(file);
  if (!isSigned) {
    throw new CodedError('REQUEST_INVALID', `${file} is not signed yet: triflow tx sign ${file}`);
  }
  const { client } = await connect(options);
  printCommitted(options, await client.resume(bytes).commit());
}

/** The node's own word: a dry run is nobody's signed block. */
async function replayTx(word: string, options: ClientOptions): Promise<void> {
  const { ask } = await connect(options);
  const bytes = TX_ID.test(word) ? await bytesInBlock(word, options) : (await readTx(word)).bytes;
  const answer = await ask(
    {
      route: transactionRoutes.simulateTransaction,
      body: bytes,
      contentType: TRANSACTION_MEDIA_TYPE,
    },
    simulationSchema,
  );
  const { height, status, writes, events, error } = answer;
  print(options, answer, [
    `over height ${height} it would end as ${status.code}`,
    ...(error === undefined ? [] : [`  ${error.title}`]),
    ...writes.map(({ key, value }) => `${value === null ? 'remove' : 'write'}  ${key}`),
    ...events.map(({ type }) => `event  ${type}`),
  ]);
}

async function bytesInBlock(id: string, options: ClientOptions): Promise<Uint8Array> {
  const { ask } = await connect(options);
  const call = { route: transactionRoutes.getTransactionProof, params: { id } };
  const { transaction } = await ask(call, transactionProofSchema);
  return new Uint8Array(Buffer.from(transaction.bytes, 'base64url'));
}

async function lastHeight(options: BuildWords): Promise<number> {
  const stated = options.validUntilHeight;
  if (stated !== undefined) return heightOf(stated);
  const { client } = await connect(options);
  const { height } = await client.head();
  return height + (buildOptions(options).validForBlocks ?? VALID_FOR_BLOCKS);
}

interface ReadTx {
  readonly bytes: Uint8Array;
  readonly signBytes: Uint8Array;
  readonly isSigned: boolean;
  readonly transaction: Transaction;
}

/** A file of signed bytes in hexadecimal, or one that `tx build` wrote. */
async function readTx(file: string): Promise<ReadTx> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (text === '') throw new CodedError('REQUEST_INVALID', `${file} is empty or cannot be read`);
  if (text.startsWith('{')) {
    const signBytes = unsignedBytes(file, text);
    const transaction = transactionOf(signBytes);
    return { bytes: transaction.bytes, signBytes, isSigned: false, transaction };
  }
  const bytes = bytesFromHexText(text);
  if (bytes === undefined || bytes.length === 0) {
    throw new CodedError('REQUEST_INVALID', `${file} holds no transaction in hexadecimal`);
  }
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) throw new CodedError('REQUEST_INVALID', `${file}: ${decoded.fault.message}`);
  const { signBytes } = decoded.value;
  return { bytes, signBytes, isSigned: true, transaction: decoded.value };
}

function unsignedBytes(file: string, text: string): Uint8Array {
  let document: { readonly format?: unknown; readonly signBytes?: unknown };
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', `${file} is no JSON`, { cause });
  }
  const { format, signBytes } = document;
  const bytes = typeof signBytes === 'string' ? bytesFromHexText(signBytes) : undefined;
  if (format === UNSIGNED_FORMAT && bytes !== undefined) return bytes;
  throw new CodedError('REQUEST_INVALID', `${file} is no transaction of triflow tx build`);
}

/** The fields of bytes to sign: as the node will read them once they carry a signature. */
function transactionOf(signBytes: Uint8Array): Transaction {
  const decoded = decodeTransaction(
    signedTransactionBytes(signBytes, new Uint8Array(SIGNATURE_BYTES)),
  );
  if (decoded.ok) return decoded.value;
  throw new CodedError('REQUEST_INVALID', `the transaction is malformed: ${decoded.fault.message}`);
}

function factsOf(transaction: Transaction) {
  const { chainId, genesisHash, sender, keyId, validUntilHeight, commands } = transaction;
  return { chainId, genesisHash, sender, keyId, validUntilHeight, commands };
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const message = `${path} cannot be written, or is there already; nothing was changed`;
    throw new CodedError('REQUEST_INVALID', message, { cause });
  }
}
