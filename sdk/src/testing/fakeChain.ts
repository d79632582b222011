import {
  blockHash,
  demoSeed,
  encodeStateProof,
  genesisHashOf,
  hashOf,
  inclusionProof,
  merkleRootHash,
  publicKeyFromSeed,
  signSync,
  transactionId,
  validatorSetHash,
} from '@triflow/crypto';
import {
  type BlockHeader,
  type CborMap,
  decodeCanonical,
  decodeTransaction,
  encodeCanonical,
  encodeCertificate,
  encodeTxResult,
  type Genesis,
  genesisValidatorSet,
  type Hash,
  hashFromBytes,
  headerBytes,
  hexFromBytes,
  type LedgerEvent,
  OK,
  parseGenesis,
  possessionSignBytes,
  quorum,
  recentTxTable,
  type Status,
  sortValidators,
  stateKey,
  type Transaction,
  type TxResult,
  textFromHash,
  type ValidatorEntry,
  type ValidatorSet,
  voteSignBytes,
  ZERO_HASH,
} from '@triflow/protocol';
import { buildStateTree, type PlainTree } from './stateTree.js';

export const CHAIN_ID = 'triflow-test';
export const BANK = 'dev:bank-yangtze';
export const START_MS = Date.UTC(2026, 0, 1);
export const BLOCK_MS = 200;
const DEPTH = 6;

export interface FakeBlock {
  readonly header: BlockHeader;
  readonly headerBytes: Uint8Array;
  readonly certificate: Uint8Array;
  readonly state: ReadonlyMap<string, Uint8Array>;
  readonly tree: PlainTree;
  readonly set: ValidatorSet;
  readonly transactions: readonly Uint8Array[];
  readonly txIds: readonly Hash[];
  readonly results: readonly TxResult[];
  readonly resultBytes: readonly Uint8Array[];
}

/** What a transaction does in a test. */
export interface Effect {
  readonly status?: Status;
  readonly puts?: ReadonlyMap<string, Uint8Array>;
  readonly events?: readonly LedgerEvent[];
}

export interface CommitOptions {
  readonly puts?: Readonly<Record<string, CborMap | null>>;
  readonly events?: readonly LedgerEvent[];
  /** How many validators sign; a quorum unless said otherwise. */
  readonly signers?: number;
  /** The set in force from the height after next (R-S1). */
  readonly nextSet?: ValidatorSet;
  readonly timeMs?: number;
}

/** A chain of one process: real headers, signatures, trees and proofs; no rules. */
export class FakeChain {
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly blocks: FakeBlock[] = [];
  readonly pending: Transaction[] = [];
  execute: (transaction: Transaction) => Effect = () => ({});
  #set: ValidatorSet;
  #nextSet: ValidatorSet;

  constructor(options: { readonly chainId?: string; readonly validators?: number } = {}) {
    this.genesis = fakeGenesis(options.chainId ?? CHAIN_ID, options.validators ?? 4);
    this.genesisHash = genesisHashOf(this.genesis);
    this.#set = genesisValidatorSet(this.genesis);
    this.#nextSet = this.#set;
    this.commit();
  }

  get head(): FakeBlock {
    return this.at(this.blocks.length);
  }

  at(height: number): FakeBlock {
    const block = this.blocks[height - 1];
    if (block === undefined) throw new RangeError(`no block ${height}`);
    return block;
  }

  /** The block that holds a transaction. */
  find(txId: Hash): { readonly block: FakeBlock; readonly index: number } | undefined {
    for (const block of this.blocks) {
      const index = block.txIds.indexOf(txId);
      if (index >= 0) return { block, index };
    }
    return undefined;
  }

  submit(bytes: Uint8Array): Transaction {
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) throw new RangeError(decoded.fault.message);
    this.pending.push(decoded.value);
    return decoded.value;
  }

  /** Makes blocks until a height. */
  commitTo(height: number): void {
    while (this.blocks.length < height) this.commit();
  }

  /** Makes the next block of all that is pending. */
  commit(options: CommitOptions = {}): FakeBlock {
    const height = this.blocks.length + 1;
    const parent = this.blocks.at(-1);
    const state = new Map(parent?.state ?? []);
    for (const [key, value] of Object.entries(options.puts ?? {})) {
      if (value === null) state.delete(key);
      else state.set(key, encodeCanonical(value));
    }
    dropExpired(state, height);
    const taken = this.pending.splice(0).filter((one) => one.validUntilHeight >= height);
    const results = taken.map((one, index) => this.#run(one, { height, index, state }));
    if (options.events !== undefined) results.push(carrier(height, options.events));
    const transactions = taken.map((one) => one.bytes);
    const resultBytes = results.map(encodeTxResult);
    const tree = buildStateTree(state, DEPTH);
    const set = this.#set;
    const header: BlockHeader = {
      version: 1,
      chainId: this.genesis.chainId,
      height,
      timeMs: options.timeMs ?? START_MS + height * BLOCK_MS,
      parentHash: parent === undefined ? this.genesisHash : blockHash(parent.header),
      builder: (set[0] as ValidatorEntry).id,
      txCount: transactions.length,
      txRoot: merkleRootHash(transactions),
      resultRoot: merkleRootHash(resultBytes),
      stateRoot: hashFromBytes(tree.root) ?? ZERO_HASH,
      validatorsHash: validatorSetHash(set),
      nextValidatorsHash: validatorSetHash(this.#nextSet),
      evidenceRoot: merkleRootHash([]),
    };
    this.#set = this.#nextSet;
    this.#nextSet = options.nextSet ?? this.#nextSet;
    const txIds = taken.map((one) => transactionId(one.signBytes));
    const certificate = this.sign(header, set, options.signers ?? quorum(set.length));
    const bytes = headerBytes(header);
    const body = { transactions, txIds, results, resultBytes };
    this.blocks.push({ header, headerBytes: bytes, certificate, state, tree, set, ...body });
    return this.head;
  }

  /** A commit certificate by the first validators of a set. */
  sign(header: BlockHeader, set: ValidatorSet, signers: number): Uint8Array {
    const valueId = hashOf(headerBytes(header));
    const vote = { type: 'precommit', height: header.height, round: 0, valueId } as const;
    const chain = { chainId: this.genesis.chainId, genesisHash: this.genesisHash };
    const message = voteSignBytes(chain, vote);
    const entries = set.slice(0, signers).map((seat, index): [number, Uint8Array] => {
      return [index, signSync(demoSeed(seat.id), message)];
    });
    return encodeCertificate({ kind: 'commit', height: header.height, round: 0, valueId, entries });
  }

  proofs(height: number, keys: readonly string[]): Uint8Array[] {
    return keys.map((key) => encodeStateProof(this.at(height).tree.prove(key)));
  }

  path(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
    return inclusionProof(leaves, index);
  }

  #run(
    transaction: Transaction,
    place: {
      readonly height: number;
      readonly index: number;
      readonly state: Map<string, Uint8Array>;
    },
  ): TxResult {
    const { status = OK, puts = new Map(), events = [] } = this.execute(transaction);
    const done = status.number === 0;
    if (done) for (const [key, value] of puts) place.state.set(key, value);
    const txId = transactionId(transaction.signBytes);
    const failedCommand = done ? -1 : 0;
    const result = { txId, ...status, failedCommand, events: done ? events : [] };
    const { height, index } = place;
    const { validUntilHeight } = transaction;
    const digest = textFromHash(hashOf(encodeTxResult(result)));
    const record = encodeCanonical({ height, index, validUntilHeight, result: digest });
    place.state.set(stateKey(recentTxTable, [txId]), record);
    return result;
  }
}

/** Validators with published keys, sorted: `from` counts from 1. */
export function fakeSet(from: number, count: number): ValidatorSet {
  return sortValidators(
    Array.from({ length: count }, (_, index): ValidatorEntry => {
      const id = `v${from + index}` as ValidatorEntry['id'];
      const party = `dev:validator-${from + index}` as ValidatorEntry['party'];
      const publicKey = publicKeyFromSeed(demoSeed(id));
      return { id, party, suite: 'ed25519', publicKey, peerId: `peer-of-${id}-0`, power: 1 };
    }),
  );
}

function fakeGenesis(chainId: string, count: number): Genesis {
  const set = fakeSet(1, count);
  const key = (label: string) => hexFromBytes(publicKeyFromSeed(demoSeed(label)));
  const party = (id: string, label: string, roles: string[]) => ({
    id,
    name: `${label} 有限公司`,
    roles,
    sizeClass: 'large',
    keys: [{ keyId: 'k1', suite: 'ed25519', publicKey: key(label) }],
  });
  const parsed = parseGenesis({
    format: 'triflow/genesis/1',
    chainId,
    timeMs: START_MS,
    hashSuite: 'sha256',
    devnet: true,
    parameters: { stateTreeDepth: DEPTH, transactionWindow: 512 },
    contracts: [{ name: 'lien', version: 1, parameters: {} }],
    parties: [
      party(BANK, 'bank-yangtze', ['LENDER']),
      ...set.map((seat) => party(seat.party, `node-${seat.id}`, [])),
    ],
    validators: set.map((seat) => ({
      ...seat,
      publicKey: hexFromBytes(seat.publicKey),
      possession: hexFromBytes(
        signSync(
          demoSeed(seat.id),
          possessionSignBytes({ chainId, validatorId: seat.id, ...seat }),
        ),
      ),
    })),
    observers: [],
  });
  if (!parsed.ok) throw new RangeError(parsed.fault.message);
  return parsed.value;
}

function dropExpired(state: Map<string, Uint8Array>, height: number): void {
  for (const key of [...state.keys()]) {
    if (!key.startsWith('ledger/tx/')) continue;
    const bytes = state.get(key);
    const decoded = bytes === undefined ? undefined : recordOf(bytes);
    if (decoded !== undefined && decoded < height) state.delete(key);
  }
}

function recordOf(bytes: Uint8Array): number | undefined {
  const parsed = recentTxTable.schema.safeParse(decodedMap(bytes));
  return parsed.success ? parsed.data.validUntilHeight : undefined;
}

function decodedMap(bytes: Uint8Array): unknown {
  const decoded = decodeCanonical(bytes);
  return decoded.ok ? decoded.value : undefined;
}

/** A result that belongs to no transaction, to carry events as evidence does. */
function carrier(height: number, events: readonly LedgerEvent[]): TxResult {
  return { txId: hashOf(encodeCanonical([height])), ...OK, failedCommand: -1, events };
}
