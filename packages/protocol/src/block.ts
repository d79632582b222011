import { type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, hashFromBytes, isValidatorId, type ValidatorId } from './ids.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';

export const HEADER_DOMAIN = 'triflow/header/1';
export const HEADER_VERSION = 1;

/** What 2f+1 validators sign by its hash. No round in it: a re-proposed block keeps its id. */
export interface BlockHeader {
  readonly version: number;
  readonly chainId: string;
  readonly height: number;
  readonly timeMs: number;
  readonly parentHash: Hash;
  readonly builder: ValidatorId;
  readonly txCount: number;
  readonly txRoot: Hash;
  readonly resultRoot: Hash;
  readonly stateRoot: Hash;
  readonly validatorsHash: Hash;
  readonly nextValidatorsHash: Hash;
  readonly evidenceRoot: Hash;
}

/** Signed transactions and evidence as their canonical bytes, in order. */
export interface BlockBody {
  readonly transactions: readonly Uint8Array[];
  readonly evidence: readonly Uint8Array[];
}

export interface Block {
  readonly header: BlockHeader;
  readonly body: BlockBody;
}

/** CBOR(["triflow/header/1", ...header]): the bytes whose hash is the valueId. */
export function headerBytes(header: BlockHeader): Uint8Array {
  return encodeCanonical([HEADER_DOMAIN, ...headerFields(header)]);
}

/** Canonical bytes of a whole block: `[header fields, transactions, evidence]`. */
export function encodeBlock(block: Block): Uint8Array {
  return encodeCanonical([
    headerFields(block.header),
    [...block.body.transactions],
    [...block.body.evidence],
  ]);
}

/** Reads a block's bytes and checks their form (V1's first half). */
export function decodeBlock(bytes: Uint8Array): Result<Block> {
  if (bytes.length > limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax) {
    return failure('block_too_large', `${bytes.length} bytes`);
  }
  const decoded = decodeCanonical(bytes, limits.blockItemsMax);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value.length !== 3) return malformed('not a block');
  const [fields, transactions, evidence] = decoded.value as readonly CborValue[];
  const header = headerFromFields(fields);
  if (!header.ok) return header;
  if (!isBytesList(transactions, limits.blockTransactionsMax)) return malformed('transactions');
  if (!isBytesList(evidence, limits.evidencePerBlockMax)) return malformed('evidence');
  return success({ header: header.value, body: { transactions, evidence } });
}

/** Reads a header's canonical array, domain included. */
export function decodeHeader(bytes: Uint8Array): Result<BlockHeader> {
  const decoded = decodeCanonical(bytes, limits.wireItemsMax);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value[0] !== HEADER_DOMAIN) {
    return malformed('not a header');
  }
  return headerFromFields(decoded.value.slice(1));
}

function headerFields(header: BlockHeader): CborValue[] {
  return [
    header.version,
    header.chainId,
    header.height,
    header.timeMs,
    bytesFromHash(header.parentHash),
    header.builder,
    header.txCount,
    bytesFromHash(header.txRoot),
    bytesFromHash(header.resultRoot),
    bytesFromHash(header.stateRoot),
    bytesFromHash(header.validatorsHash),
    bytesFromHash(header.nextValidatorsHash),
    bytesFromHash(header.evidenceRoot),
  ];
}

function headerFromFields(fields: CborValue | undefined): Result<BlockHeader> {
  if (!Array.isArray(fields) || fields.length !== 13) return malformed('header has 13 fields');
  const [version, chainId, height, timeMs, , builder, txCount] = fields as readonly CborValue[];
  const [, , , , parentHash, , , ...roots] = fields as readonly CborValue[];
  const hashes = [parentHash, ...roots].map(asHash);
  if (!isCount(version) || !isCount(height) || !isCount(timeMs) || !isCount(txCount)) {
    return malformed('header number out of range');
  }
  if (typeof chainId !== 'string' || typeof builder !== 'string' || !isValidatorId(builder)) {
    return malformed('header text');
  }
  const [parent, txRoot, resultRoot, stateRoot, validatorsHash, next, evidenceRoot] = hashes;
  if (hashes.length !== 7 || hashes.includes(undefined)) return malformed('header hash');
  return success({
    version,
    chainId,
    height,
    timeMs,
    parentHash: parent as Hash,
    builder,
    txCount,
    txRoot: txRoot as Hash,
    resultRoot: resultRoot as Hash,
    stateRoot: stateRoot as Hash,
    validatorsHash: validatorsHash as Hash,
    nextValidatorsHash: next as Hash,
    evidenceRoot: evidenceRoot as Hash,
  });
}

function asHash(value: CborValue | undefined): Hash | undefined {
  return value instanceof Uint8Array ? hashFromBytes(value) : undefined;
}

function isCount(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function isBytesList(value: CborValue | undefined, max: number): value is Uint8Array[] {
  if (!Array.isArray(value) || value.length > max) return false;
  return value.every((item) => item instanceof Uint8Array);
}

function malformed(message: string): ReturnType<typeof failure> {
  return failure('block_malformed', message);
}
