import {
  type Block,
  type BlockHeader,
  type CommitCertificate,
  consensusParametersSchema,
  decodeTransaction,
  defined,
  encodeCertificate,
  encodeTxResult,
  failure,
  type Hash,
  headerBytes,
  OK,
  type PartyId,
  type QueryReader,
  SIGNATURE_BYTES,
  signedTransactionBytes,
  success,
  type Table,
  type TxResult,
  transactionSignBytes,
  type ValidatorId,
  ZERO_HASH,
} from '@triflow/protocol';
import { compareCursors, type EventCursor, endOfBlock } from '../routes/eventCursor.js';
import type { EventPage, NodeBackend, PlacedEvent, TxOutcome } from '../server/backend.js';
import { type FakeReceipt, fakeContracts, partyTable } from './fakeContracts.js';

export const FAKE_CHAIN = 'fake-chain-1';
export const FAKE_GENESIS = 'ab'.repeat(32) as Hash;
export const FAKE_SENDER = 'dev:warehouse' as PartyId;

const START_MS = 1_800_000_000_000;

/** A node in memory: every block holds one transaction with one event. */
export interface FakeNode {
  readonly backend: NodeBackend;
  /** Commits a block and tells the listeners. */
  commit(options?: { readonly type?: string; readonly subject?: string }): void;
  readonly submitted: Uint8Array[];
  /** Cursors below this height answer cursor_pruned. */
  prunedBelow: number;
}

/** Signed bytes of a form that decodes; the signature is of nobody. */
export function fakeTransaction(nonce: number, contract = 'warehouse-receipt'): Uint8Array {
  const signBytes = transactionSignBytes({
    chainId: FAKE_CHAIN,
    genesisHash: FAKE_GENESIS,
    sender: FAKE_SENDER,
    keyId: 'main',
    nonce: new Uint8Array(16).fill(nonce % 256),
    validUntilHeight: 100 + nonce,
    commands: [{ contract, name: 'issue', params: { id: `wr_${nonce}`, amount: 2n ** 62n } }],
  });
  return signedTransactionBytes(signBytes, new Uint8Array(SIGNATURE_BYTES).fill(1));
}

/** The id that the fake node gives to bytes: their nonce, in the place of a hash. */
export function fakeTxId(bytes: Uint8Array): Hash {
  const decoded = decodeTransaction(bytes);
  const nonce = decoded.ok ? (decoded.value.nonce[0] ?? 0) : 0;
  return nonce.toString(16).padStart(64, '0') as Hash;
}

/** A receipt record. */
export function fakeReceipt(name: string, state = 'ISSUED', holder = 'dev:bank'): FakeReceipt {
  return {
    id: `wr_${name}`,
    state,
    holder,
    quantity: { value: 25_000n, unit: 'KGM', scale: 0 },
    issuedAt: START_MS,
    seal: new Uint8Array([1, 2, 255]),
  };
}

/** A node in memory with the receipts given; methods can be replaced one by one. */
export function createFakeNode(
  options: {
    readonly receipts?: readonly FakeReceipt[];
    readonly blocks?: number;
    /** Roles of further parties. */
    readonly parties?: Readonly<Record<string, readonly string[]>>;
    readonly replace?: Partial<NodeBackend>;
  } = {},
): FakeNode {
  const node = new Ledger(options.receipts ?? [], options.parties ?? {});
  for (let i = 0; i < (options.blocks ?? 3); i += 1) node.commit();
  Object.assign(node.backend, options.replace);
  return node;
}

/** The first of a list that a test has made itself. */
export function firstOf<T>(items: readonly T[]): T {
  return defined(items[0], 'the list is empty');
}

interface FakeBlock {
  readonly block: Block;
  readonly results: readonly TxResult[];
  readonly events: readonly PlacedEvent[];
}

class Ledger implements FakeNode {
  readonly submitted: Uint8Array[] = [];
  prunedBelow = 0;
  readonly #blocks: FakeBlock[] = [];
  readonly #listeners = new Set<(height: number) => void>();
  readonly #receipts: readonly FakeReceipt[];
  readonly #parties: readonly { readonly id: string; readonly roles: readonly string[] }[];
  readonly backend: NodeBackend;

  constructor(
    receipts: readonly FakeReceipt[],
    parties: Readonly<Record<string, readonly string[]>>,
  ) {
    this.#receipts = receipts;
    this.#parties = [
      { id: FAKE_SENDER, name: 'Warehouse One', roles: ['WAREHOUSE'] },
      ...Object.entries(parties).map(([id, roles]) => ({ id, name: id, roles: [...roles] })),
    ];
    this.backend = this.#createBackend();
  }

  commit(options: { readonly type?: string; readonly subject?: string } = {}): void {
    const height = this.#blocks.length + 1;
    this.#blocks.push(fakeBlock(height, options));
    for (const listener of this.#listeners) listener(height);
  }

  #createBackend(): NodeBackend {
    const at = (height: number) => this.#blocks[height - 1];
    return {
      registry: {
        contracts: new Map(fakeContracts.map((one) => [one.name, one])),
        tables: new Map(
          fakeContracts.flatMap((one) =>
            one.tables.map((table) => [`${table.contract}/${table.name}`, table]),
          ),
        ),
      },
      info: () => ({
        version: '0.1.0',
        chainId: FAKE_CHAIN,
        genesisHash: FAKE_GENESIS,
        devnet: true,
        nodeId: 'n1',
        role: 'validator',
        height: this.#blocks.length,
        headTimeMs: START_MS + this.#blocks.length,
        stateFrom: 1,
        proofsFrom: 1,
        parameters: consensusParametersSchema.parse({}),
        features: [],
      }),
      genesis: () => ({ format: 'triflow/genesis/1', chainId: FAKE_CHAIN }),
      submit: async (bytes) => this.#submit(bytes),
      simulate: async () =>
        success({
          height: this.#blocks.length,
          status: OK,
          failedCommand: -1,
          writes: [{ key: 'ledger/tx/1', value: null }],
          events: [],
        }),
      outcome: async (txId) => this.#outcome(txId),
      waitOutcome: async (txId) => this.#outcome(txId),
      header: async (height) => {
        const found = at(height);
        return found && signedHeader(found.block.header);
      },
      block: async (height) => at(height)?.block,
      results: async (height) => at(height)?.results,
      setChanges: async () => [],
      validators: async (height) =>
        height > this.#blocks.length + 2 ? undefined : { height, validators: [fakeValidator] },
      reader: async (height) => this.#reader(height ?? this.#blocks.length),
      indexPage: async () => [],
      proofs: async (keys, height) => this.#proofs(keys, height ?? this.#blocks.length),
      txProof: async (txId) => this.#txProof(txId),
      events: async (after, wanted) => {
        if (after !== undefined && after.height < this.prunedBelow) {
          return failure('cursor_pruned', `kept from height ${this.prunedBelow}`);
        }
        return success(this.#events(after, wanted));
      },
      onCommit: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      health: () => ({ live: true, ready: true, checks: fakeChecks }),
      metrics: async () => 'triflow_consensus_height 3\n',
    };
  }

  #submit(bytes: Uint8Array): Awaited<ReturnType<NodeBackend['submit']>> {
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return decoded;
    const txId = fakeTxId(bytes);
    const duplicate = this.submitted.some((one) => fakeTxId(one) === txId);
    if (!duplicate) this.submitted.push(bytes);
    return success({ txId, duplicate, validUntilHeight: decoded.value.validUntilHeight });
  }

  #outcome(txId: Hash): TxOutcome {
    const found = this.#blocks.find(({ results }) => results[0]?.txId === txId);
    const result = found?.results[0];
    if (found === undefined || result === undefined) {
      const pending = this.submitted.some((bytes) => fakeTxId(bytes) === txId);
      return pending ? { kind: 'pending', validUntilHeight: 100 } : { kind: 'unknown' };
    }
    return { kind: 'committed', height: found.block.header.height, index: 0, result };
  }

  #proofs(keys: readonly string[], height: number): Awaited<ReturnType<NodeBackend['proofs']>> {
    const header = this.#blocks[height - 1]?.block.header;
    if (header === undefined) return failure('block_not_found', 'above the head');
    const proofs = keys.map((key) => new TextEncoder().encode(key));
    return success({ height, ...signedHeader(header), proofs });
  }

  #txProof(txId: Hash): Awaited<ReturnType<NodeBackend['txProof']>> {
    const found = this.#blocks.find(({ results }) => results[0]?.txId === txId);
    const result = found?.results[0];
    const bytes = found?.block.body.transactions[0];
    if (found === undefined || result === undefined || bytes === undefined) {
      return failure('transaction_not_found', 'in no block');
    }
    const place = { index: 0, size: 1, path: [] };
    return success({
      height: found.block.header.height,
      ...signedHeader(found.block.header),
      transaction: { bytes, ...place },
      result: { bytes: encodeTxResult(result), ...place },
    });
  }

  #reader(height: number): Awaited<ReturnType<NodeBackend['reader']>> {
    if (height > this.#blocks.length) return failure('block_not_found', 'above the head');
    if (height < this.prunedBelow) return failure('cursor_pruned', 'no longer kept');
    return success(fakeReader(height, this.#receipts, this.#parties));
  }

  #events(after: EventCursor | undefined, wanted: Parameters<NodeBackend['events']>[1]): EventPage {
    const matching = this.#blocks
      .flatMap(({ events }) => events)
      .filter(({ cursor }) => after === undefined || compareCursors(cursor, after) > 0)
      .filter(({ type }) => wanted.types === undefined || wanted.types.includes(type))
      .filter(({ subject }) => wanted.subject === undefined || wanted.subject === subject);
    const events = matching.slice(0, wanted.limit);
    const more = matching.length > events.length;
    const last = events.at(-1);
    const next = more && last !== undefined ? last.cursor : endOfBlock(this.#blocks.length);
    return { events, next, more };
  }
}

const fakeValidator = {
  id: 'v1' as ValidatorId,
  party: FAKE_SENDER,
  suite: 'ed25519',
  publicKey: new Uint8Array(32),
  peerId: '12D3KooWfake',
  power: 1,
};

const fakeChecks = {
  sync: { ok: true, value: 0, threshold: 5 },
  peers: { ok: true, value: 3, threshold: 2 },
  storage: { ok: true, value: 'open' },
  consensus: { ok: true, value: 'voting' },
  clock: { ok: true, value: 12, threshold: 1_000 },
};

function fakeReader(
  height: number,
  receipts: readonly FakeReceipt[],
  parties: readonly { readonly id: string }[],
): QueryReader {
  const rows = (table: Pick<Table<never>, 'name'>): readonly { readonly id: string }[] =>
    table.name === partyTable.name ? parties : receipts;
  return {
    height,
    timeMs: START_MS + height,
    get: async <T>(table: Table<T>, ...parts: string[]) =>
      rows(table as unknown as Table<never>).find(({ id }) => id === parts[0]) as T | undefined,
    list: async <T>(table: Table<T>, options: Parameters<QueryReader['list']>[1]) => {
      const { index, after, limit } = options;
      return rows(table as unknown as Table<never>)
        .map((row) => ({ id: row.id, record: row as T }))
        .filter(({ id }) => after === undefined || id > after)
        .filter(({ record }) => {
          return index === undefined || table.indexes?.[index.name]?.(record).includes(index.value);
        })
        .slice(0, limit);
    },
  };
}

function fakeBlock(height: number, options: { type?: string; subject?: string }): FakeBlock {
  const { type = 'receipt.issued', subject = `wr_${height}` } = options;
  const bytes = fakeTransaction(200 + (height % 50));
  const txId = fakeTxId(bytes);
  const quantity = { value: 5, unit: 'KGM', scale: 0 };
  const data = { quantity, big: 2n ** 60n, seal: new Uint8Array([255]), version: 1 };
  const event = { contract: 'warehouse-receipt', type, subject, data };
  const cursor = { height, txIndex: 0, eventIndex: 0 };
  return {
    block: { header: fakeHeader(height), body: { transactions: [bytes], evidence: [] } },
    results: [{ txId, ...OK, failedCommand: -1, events: [event] }],
    events: [{ ...event, cursor, timeMs: START_MS + height, txId }],
  };
}

function fakeHeader(height: number): BlockHeader {
  return {
    version: 1,
    chainId: FAKE_CHAIN,
    height,
    timeMs: START_MS + height,
    parentHash: ZERO_HASH,
    builder: 'v1' as ValidatorId,
    txCount: 1,
    txRoot: ZERO_HASH,
    resultRoot: ZERO_HASH,
    stateRoot: ZERO_HASH,
    validatorsHash: ZERO_HASH,
    nextValidatorsHash: ZERO_HASH,
    evidenceRoot: ZERO_HASH,
  };
}

function signedHeader(header: BlockHeader): { header: Uint8Array; certificate: Uint8Array } {
  const certificate: CommitCertificate = {
    kind: 'commit',
    height: header.height,
    round: 0,
    valueId: FAKE_GENESIS,
    entries: [[0, new Uint8Array(64)]],
  };
  return { header: headerBytes(header), certificate: encodeCertificate(certificate) };
}
