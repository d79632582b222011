import { type CborMap, type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, hashFromBytes, isPartyId, type PartyId } from './ids.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';

export const TRANSACTION_DOMAIN = 'triflow/tx/1';
export const SIGNATURE_BYTES = 64;
export const NONCE_BYTES = 16;

const SIGNATURE_HEAD_BYTES = 2;
const SIGNED_ARRAY_HEAD = 0x89;
const BODY_ARRAY_HEAD = 0x88;
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const COMMAND_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const KEY_ID = /^[a-z0-9-]{1,32}$/;

export interface Command {
  readonly contract: string;
  readonly name: string;
  readonly params: CborMap;
}

export interface TransactionBody {
  readonly chainId: string;
  readonly genesisHash: Hash;
  readonly sender: PartyId;
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly validUntilHeight: number;
  readonly commands: readonly Command[];
}

/** A decoded transaction with the bytes it came from. `signBytes` hash to its id. */
export interface Transaction extends TransactionBody {
  readonly signature: Uint8Array;
  /** All signed bytes, signature included: what a block's tree commits to. */
  readonly bytes: Uint8Array;
  /** CBOR(["triflow/tx/1", ...body]): what is signed, and what the txId is the hash of. */
  readonly signBytes: Uint8Array;
}

/** The bytes that a sender signs and whose hash is the txId. */
export function transactionSignBytes(body: TransactionBody): Uint8Array {
  return encodeCanonical([
    TRANSACTION_DOMAIN,
    body.chainId,
    bytesFromHash(body.genesisHash),
    body.sender,
    body.keyId,
    body.nonce,
    body.validUntilHeight,
    body.commands.map((command) => [command.contract, command.name, command.params]),
  ]);
}

/** Puts body and signature together: the same array with the signature as its last element. */
export function signedTransactionBytes(signBytes: Uint8Array, signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(signBytes.length + SIGNATURE_HEAD_BYTES + signature.length);
  bytes.set(signBytes);
  bytes[0] = SIGNED_ARRAY_HEAD;
  bytes[signBytes.length] = 0x58;
  bytes[signBytes.length + 1] = signature.length;
  bytes.set(signature, signBytes.length + SIGNATURE_HEAD_BYTES);
  return bytes;
}

/**
 * Reads signed bytes and checks their form: sizes, names and ranges, not the signature.
 * Faults: `transaction_too_large`, `encoding_not_canonical`, `transaction_malformed`.
 */
export function decodeTransaction(bytes: Uint8Array): Result<Transaction> {
  if (bytes.length > limits.transactionBytesMax) {
    return failure(
      'transaction_too_large',
      `${bytes.length} bytes, at most ${limits.transactionBytesMax}`,
    );
  }
  const decoded = decodeCanonical(bytes, limits.transactionItemsMax);
  if (!decoded.ok) return decoded;
  const fields = decoded.value;
  if (!Array.isArray(fields) || fields.length !== 9 || fields[0] !== TRANSACTION_DOMAIN) {
    return malformed('not a signed transaction');
  }
  const body = bodyFromFields(fields);
  if (!body.ok) return body;
  const signature = fields[8];
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES) {
    return malformed('signature is not 64 bytes', '/signature');
  }
  const signBytes = bytes.slice(0, bytes.length - SIGNATURE_HEAD_BYTES - SIGNATURE_BYTES);
  signBytes[0] = BODY_ARRAY_HEAD;
  return success({ ...body.value, signature, bytes, signBytes });
}

function bodyFromFields(fields: readonly CborValue[]): Result<TransactionBody> {
  const [, chainId, genesis, sender, keyId, nonce, validUntilHeight, commands] = fields;
  if (typeof chainId !== 'string' || chainId.length > limits.idTextMax) {
    return malformed('chainId is not text', '/chainId');
  }
  const genesisHash = genesis instanceof Uint8Array ? hashFromBytes(genesis) : undefined;
  if (genesisHash === undefined) return malformed('not 32 bytes', '/genesisHash');
  if (typeof sender !== 'string' || !isPartyId(sender)) return malformed('no party id', '/sender');
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) return malformed('no key id', '/keyId');
  if (!(nonce instanceof Uint8Array) || nonce.length !== NONCE_BYTES) {
    return malformed('not 16 bytes', '/nonce');
  }
  if (typeof validUntilHeight !== 'number' || validUntilHeight < 1) {
    return malformed('not a height', '/validUntilHeight');
  }
  const read = commandsFromField(commands);
  if (!read.ok) return read;
  const value = { chainId, genesisHash, sender, keyId, nonce, validUntilHeight };
  return success({ ...value, commands: read.value });
}

function commandsFromField(field: CborValue | undefined): Result<Command[]> {
  if (!Array.isArray(field)) return malformed('not a list', '/commands');
  if (field.length < 1 || field.length > limits.commandsPerTransactionMax) {
    return malformed(`1 to ${limits.commandsPerTransactionMax} commands`, '/commands');
  }
  const commands: Command[] = [];
  for (const [index, item] of field.entries()) {
    const path = `/commands/${index}`;
    if (!Array.isArray(item) || item.length !== 3) return malformed('not a command', path);
    const [contract, name, params] = item as readonly CborValue[];
    if (typeof contract !== 'string' || !NAME.test(contract)) {
      return malformed('no contract name', `${path}/contract`);
    }
    if (typeof name !== 'string' || !COMMAND_NAME.test(name)) {
      return malformed('no command name', `${path}/name`);
    }
    if (!isCborMap(params)) return malformed('parameters are not a map', `${path}/params`);
    commands.push({ contract, name, params });
  }
  return success(commands);
}

/** Whether a canonical value is a map. */
export function isCborMap(value: CborValue | undefined): value is CborMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function malformed(message: string, path?: string): ReturnType<typeof failure> {
  return failure('transaction_malformed', message, path);
}
