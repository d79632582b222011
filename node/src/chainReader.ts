import type { IndexEntry, IndexPageOptions } from '@triflow/api';
import { encodeStateProof, inclusionProof } from '@triflow/crypto';
import { decodeRecord, proveState, type TreeView, viewBefore, viewOf } from '@triflow/ledger';
import {
  assert,
  decodeBlock,
  decodeHeader,
  decodeTxResult,
  defined,
  type Failure,
  failure,
  type Hash,
  type QueryReader,
  type Result,
  stateKey,
  success,
  type Table,
  type TxResult,
  type ValidatorSets,
  validatorSetsTable,
} from '@triflow/protocol';
import type { Chain } from './chain.js';

/** A header's canonical bytes and the commit certificate stored beside it. */
export interface CertifiedHeader {
  readonly height: number;
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
}

export interface StateProofs extends CertifiedHeader {
  /** One a key, in the order asked for: `encodeStateProof` of crypto. */
  readonly proofs: readonly Uint8Array[];
}

export interface TransactionProof extends CertifiedHeader {
  readonly transaction: LeafInclusion;
  readonly result: LeafInclusion;
}

/** RFC 9162 inclusion of a leaf's bytes. */
export interface LeafInclusion {
  readonly bytes: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

interface ViewAtHead {
  readonly height: number;
  /** The head that the view was laid over. */
  readonly head: number;
  readonly view: TreeView;
}

/** Reads of the committed chain at a height; never of a candidate. */
export class ChainReader {
  readonly #chain: Chain;
  #view: ViewAtHead | null = null;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Header and certificate; undefined where there is no such block. */
  async header(height: number): Promise<CertifiedHeader | undefined> {
    if (height < 1 || height > this.#chain.head().height) return undefined;
    const { store } = this.#chain;
    const [header, certificate] = await Promise.all([
      store.getHeader(height),
      store.getCertificate(height),
    ]);
    if (header === undefined || certificate === undefined) return undefined;
    return { height, header, certificate };
  }

  /** One result of a height. */
  async result(height: number, index: number): Promise<TxResult | undefined> {
    const bytes = (await this.#chain.store.getResults(height))?.[index];
    return bytes === undefined ? undefined : readResult(bytes);
  }

  /** Results of a height in order. */
  async results(height: number): Promise<TxResult[] | undefined> {
    return (await this.#chain.store.getResults(height))?.map(readResult);
  }

  /** A reader of records at one height; `block_not_found` above the head. */
  async reader(height?: number): Promise<Result<QueryReader>> {
    const head = this.#chain.head();
    const at = height ?? head.height;
    if (at > head.height || at < 0) return failure('block_not_found', `the head is ${head.height}`);
    const oldest = this.#chain.store.stateFrom();
    if (at < oldest) return pruned('cursor_pruned', 'state is', oldest);
    const timeMs = at === head.height ? head.timeMs : await this.#timeAt(at);
    return success(new StoreQueryReader(this.#chain, at, timeMs));
  }

  /** The sets in force as a block left them: kept for every height, however old. */
  async validatorSets(height: number): Promise<ValidatorSets | undefined> {
    const key = stateKey(validatorSetsTable, ['all']);
    const bytes = await this.#chain.store.getStateAt(key, height);
    return bytes === undefined ? undefined : decodeRecord(validatorSetsTable, bytes);
  }

  /** Entries of an index at a height, in the order of their values. */
  async indexPage(options: IndexPageOptions): Promise<readonly IndexEntry[]> {
    const { table, index, after, limit, height } = options;
    const prefix = `${table.contract}/${table.name}/${index}/`;
    const from = after === undefined ? {} : { after: prefix + after };
    const keys = await this.#chain.store.listIndex({ prefix, limit, height, ...from });
    return keys.map((key) => {
      const slash = key.indexOf('/', prefix.length);
      return { value: key.slice(prefix.length, slash), id: key.slice(slash + 1) };
    });
  }

  /** Proofs of presence or absence of state keys at a height, under its signed header. */
  async proofs(keys: readonly string[], height?: number): Promise<Result<StateProofs>> {
    const head = this.#chain.head().height;
    const at = height ?? head;
    if (at < 1 || at > head) return failure('block_not_found', `the head is ${head}`);
    const oldest = this.#chain.store.proofsFrom();
    if (at < oldest) return pruned('proof_pruned', 'proofs are', oldest);
    const certified = await this.header(at);
    if (certified === undefined) return failure('block_not_found', `no block ${at}`);
    const values = await Promise.all(keys.map((key) => this.#chain.store.getStateAt(key, at)));
    for (;;) {
      const found = await this.#viewAt(at);
      if (found === undefined) return failure('proof_pruned', `no proofs for height ${at}`);
      // A view is of the committed tree; a commit in between makes it stale.
      if (found.head !== this.#chain.head().height) continue;
      const proofs = keys.map((key, index) => {
        return encodeStateProof(proveState(found.view, key, values[index] ?? null));
      });
      return success({ ...certified, proofs });
    }
  }

  /** Proofs that a transaction and its result stand in a final block. */
  async transactionProof(txId: Hash): Promise<Result<TransactionProof>> {
    const { store } = this.#chain;
    const found = await store.findTransaction(txId);
    if (found === undefined) return failure('transaction_not_found', 'not in a block here');
    const { height, index } = found;
    const [certified, bytes, results] = await Promise.all([
      this.header(height),
      store.getBlock(height),
      store.getResults(height),
    ]);
    const block = bytes === undefined ? undefined : decodeBlock(bytes);
    if (certified === undefined || block === undefined || !block.ok || results === undefined) {
      return failure('block_not_found', `block ${height} is not kept here`);
    }
    const { transactions } = block.value.body;
    return success({
      ...certified,
      transaction: inclusion(transactions, index),
      result: inclusion(results, index),
    });
  }

  async #timeAt(height: number): Promise<number> {
    if (height === 0) return this.#chain.genesis.timeMs;
    const bytes = await this.#chain.store.getHeader(height);
    const header = bytes === undefined ? undefined : decodeHeader(bytes);
    return header?.ok === true ? header.value.timeMs : 0;
  }

  /** The tree at a height: the committed one with later blocks taken back. */
  async #viewAt(height: number): Promise<ViewAtHead | undefined> {
    const readBucket = (index: number): Uint8Array | undefined => {
      return this.#chain.store.getBucket(index);
    };
    const { tree } = this.#chain.state();
    const head = this.#chain.head().height;
    if (height === head) return { height, head, view: viewOf(tree, readBucket) };
    if (this.#view?.height === height && this.#view.head === head) return this.#view;
    const undo: Uint8Array[] = [];
    for (let at = head; at > height; at -= 1) {
      const record = await this.#chain.store.getUndo(at);
      if (record === undefined) return undefined;
      undo.push(record);
    }
    // The head may have moved while the records were read.
    if (this.#chain.head().height !== head) return this.#viewAt(height);
    this.#view = { height, head, view: viewBefore(tree, undo, readBucket) };
    return this.#view;
  }
}

/** 410, with the oldest height that is still kept. */
function pruned(code: 'cursor_pruned' | 'proof_pruned', what: string, oldest: number): Failure {
  const message = `${what} kept here from height ${oldest}`;
  return { ok: false, fault: { code, message, details: { oldest } } };
}

function readResult(bytes: Uint8Array): TxResult {
  const decoded = decodeTxResult(bytes);
  assert(decoded.ok, 'store: a result is malformed');
  return decoded.value;
}

function inclusion(leaves: readonly Uint8Array[], index: number): LeafInclusion {
  const bytes = defined(leaves[index], 'chainReader: the index names a leaf');
  return { bytes, index, size: leaves.length, path: inclusionProof(leaves, index) };
}

class StoreQueryReader implements QueryReader {
  readonly height: number;
  readonly timeMs: number;
  readonly #chain: Chain;

  constructor(chain: Chain, height: number, timeMs: number) {
    this.#chain = chain;
    this.height = height;
    this.timeMs = timeMs;
  }

  async get<T>(table: Table<T>, ...parts: string[]): Promise<T | undefined> {
    const bytes = await this.#chain.store.getStateAt(stateKey(table, parts), this.height);
    return bytes === undefined ? undefined : decodeRecord(table, bytes);
  }

  async list<T>(
    table: Table<T>,
    options: {
      readonly index?: { readonly name: string; readonly value: string };
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<readonly { readonly id: string; readonly record: T }[]> {
    const { index, after, limit } = options;
    const base = `${table.contract}/${table.name}/`;
    if (index === undefined) return this.#listAll(table, base, after, limit);
    const prefix = `${base}${index.name}/${index.value}/`;
    const keys = await this.#chain.store.listIndex({
      prefix,
      limit,
      height: this.height,
      ...(after === undefined ? {} : { after: prefix + after }),
    });
    const found: { id: string; record: T }[] = [];
    for (const key of keys) {
      const id = key.slice(prefix.length);
      const record = await this.get(table, ...id.split('/'));
      if (record !== undefined) found.push({ id, record });
    }
    return found;
  }

  async #listAll<T>(
    table: Table<T>,
    prefix: string,
    after: string | undefined,
    limit: number,
  ): Promise<{ id: string; record: T }[]> {
    const entries = await this.#chain.store.listState({
      prefix,
      limit,
      height: this.height,
      ...(after === undefined ? {} : { after: prefix + after }),
    });
    return entries.map(({ key, value }) => {
      return { id: key.slice(prefix.length), record: decodeRecord(table, value) };
    });
  }
}
