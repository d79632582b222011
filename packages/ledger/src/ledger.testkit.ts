import { genesisHashOf, merkleRootHash, transactionId } from '@triflow/crypto';
import {
  assert,
  type Block,
  type Command,
  type CommandHandler,
  type Contract,
  commonStatus,
  decodeTransaction,
  type Genesis,
  genesisSchema,
  type Hash,
  OK,
  type PartyId,
  partyKeyTable,
  signedTransactionBytes,
  type Table,
  transactionSignBytes,
  type ValidatorId,
} from '@triflow/protocol';
import { z } from 'zod';
import { type BuiltBlock, buildBlockSteps } from './buildBlock.js';
import type { ChainState } from './chainState.js';
import { DedupWindow } from './dedupWindow.js';
import { drain, type Execution, type IdentifiedTransaction } from './executeBlock.js';
import { genesisState } from './genesisState.js';
import { createRegistry } from './registry.js';
import { StateTree } from './stateTree.js';

export const SENDER = 'dev:SENDER' as PartyId;
const GENESIS_MS = 1_000_000;

const accountSchema = z.strictObject({ value: z.bigint(), owner: z.string() });

export const accountTable: Table<z.infer<typeof accountSchema>> = {
  contract: 'party-registry',
  name: 'account',
  schema: accountSchema,
  indexes: { owner: (record) => [record.owner] },
};

/** A small contract that can succeed, refuse, refuse after writing, and misbehave. */
export const bank: Contract = {
  name: 'party-registry',
  version: 1,
  tables: [partyKeyTable as unknown as Table<never>, accountTable as unknown as Table<never>],
  statusCodes: { too_poor: 100 },
  parameters: { fee: 1 },
  internals: new Map(),
  queries: new Map(),
  commands: new Map<string, CommandHandler>([
    [
      'open',
      (context, { id, value, owner }) => {
        if (typeof id !== 'string' || typeof value !== 'number')
          return commonStatus('params_are_invalid');
        if (context.get(accountTable, id) !== undefined) return commonStatus('id_already_exists');
        context.put(accountTable, [id], { value: BigInt(value), owner: String(owner) });
        context.emit('account.opened', id, { value, at: context.timeMs });
        return OK;
      },
    ],
    [
      'spend',
      (context, { id, value }) => {
        const account = context.get(accountTable, String(id));
        if (account === undefined) return commonStatus('object_not_found');
        const left = account.value - BigInt(Number(value));
        context.put(accountTable, [String(id)], { ...account, value: left });
        context.emit('account.spent', String(id), { left });
        // Refuses only after writing: the write must not stay.
        return left < 0n ? { contract: 'party-registry', number: 100, code: 'too_poor' } : OK;
      },
    ],
    [
      'close',
      (context, { id }) => {
        context.remove(accountTable, String(id));
        return OK;
      },
    ],
    [
      'greedy',
      (context) => {
        for (let i = 0; ; i += 1) context.get(accountTable, `x${i}`);
      },
    ],
    [
      'broken',
      () => {
        assert(false, 'a bug of ours');
      },
    ],
  ]),
  genesis: (context) => {
    for (const { id, keys } of context.parties) {
      for (const key of keys) {
        context.put(partyKeyTable, [id, key.keyId], { party: id, ...key, fromHeight: 1 });
      }
    }
  },
};

/** A chain without network or disk: builds, keeps state, remembers undo records. */
export class TestChain {
  readonly registry = createRegistry([bank]);
  readonly values = new Map<string, Uint8Array>();
  readonly buckets = new Map<number, Uint8Array>();
  readonly undo: Uint8Array[] = [];
  readonly roots: Hash[] = [];
  readonly tree: StateTree;
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly #dedup = new DedupWindow([]);
  #head: { height: number; valueId: Hash; timeMs: number };
  #nonce = 0;

  constructor(options: { depth?: number; window?: number } = {}) {
    this.genesis = testGenesis(options.depth ?? 4, options.window ?? 8);
    this.genesisHash = genesisHashOf(this.genesis);
    this.tree = new StateTree(options.depth ?? 4, []);
    const changes = genesisState(this.genesis, [bank]);
    this.#write(
      changes,
      this.tree.prepare(changes, (index) => this.buckets.get(index)),
    );
    this.#head = { height: 0, valueId: this.genesisHash, timeMs: GENESIS_MS };
    this.roots.push(this.tree.root());
  }

  state(): ChainState {
    return {
      chain: { chainId: this.genesis.chainId, genesisHash: this.genesisHash },
      head: this.#head,
      reader: { get: (key) => this.values.get(key) },
      tree: this.tree,
      readBucket: (index) => this.buckets.get(index),
      expiringAt: (height) => this.#dedup.expiringAt(height),
      blockIdAt: () => undefined,
      isRecent: (txId) => this.#dedup.has(txId),
    };
  }

  get height(): number {
    return this.#head.height;
  }

  /** A transaction by the one party there is; the signature is not looked at in this package. */
  transaction(
    commands: readonly (readonly [name: string, params: Command['params']])[],
    options: { validUntilHeight?: number; keyId?: string; chainId?: string } = {},
  ): IdentifiedTransaction {
    this.#nonce += 1;
    const signBytes = transactionSignBytes({
      chainId: options.chainId ?? this.genesis.chainId,
      genesisHash: this.genesisHash,
      sender: SENDER,
      keyId: options.keyId ?? 'k1',
      nonce: new Uint8Array(16).fill(this.#nonce),
      validUntilHeight: options.validUntilHeight ?? this.height + 4,
      commands: commands.map(([name, params]) => ({ contract: 'party-registry', name, params })),
    });
    const decoded = decodeTransaction(signedTransactionBytes(signBytes, new Uint8Array(64)));
    assert(decoded.ok, 'testkit: transaction');
    return { txId: transactionId(signBytes), transaction: decoded.value };
  }

  build(candidates: readonly IdentifiedTransaction[]): BuiltBlock {
    const timeMs = this.#head.timeMs + 30_000;
    const builder = 'v1' as ValidatorId;
    return drain(
      buildBlockSteps(this.state(), this.registry, { builder, timeMs, candidates, evidence: [] }),
    );
  }

  /** Builds and commits. */
  commit(candidates: readonly IdentifiedTransaction[]): BuiltBlock {
    const built = this.build(candidates);
    this.apply(built.block, built.execution);
    return built;
  }

  apply(block: Block, execution: Execution): void {
    this.#write(execution.changes, execution.update);
    for (const id of execution.expiring) this.#dedup.add(id);
    this.#dedup.drop(block.header.height - 1);
    this.undo.push(execution.update.undo);
    this.roots.push(this.tree.root());
    const valueId = merkleRootHash([new Uint8Array([block.header.height])]);
    this.#head = { height: block.header.height, valueId, timeMs: block.header.timeMs };
  }

  #write(changes: Execution['changes'], update: Execution['update']): void {
    for (const { key, value } of changes) {
      if (value === null) this.values.delete(key);
      else this.values.set(key, value);
    }
    for (const { index, entries } of update.buckets) this.buckets.set(index, entries);
    this.tree.apply(update);
  }
}

function testGenesis(stateTreeDepth: number, transactionWindow: number): Genesis {
  return genesisSchema.parse({
    format: 'triflow/genesis/1',
    chainId: 'test',
    timeMs: GENESIS_MS,
    hashSuite: 'sha256',
    devnet: true,
    parameters: { stateTreeDepth, transactionWindow },
    contracts: [{ name: 'party-registry', version: 1, parameters: {} }],
    parties: [
      {
        id: SENDER,
        name: 'sender',
        roles: [],
        sizeClass: 'large',
        keys: [{ keyId: 'k1', suite: 'ed25519', publicKey: '11'.repeat(32) }],
      },
    ],
    validators: [
      {
        id: 'v1',
        party: SENDER,
        suite: 'ed25519',
        publicKey: '22'.repeat(32),
        peerId: 'peer-number-one',
        power: 1,
        possession: '00'.repeat(64),
      },
    ],
    observers: [],
  });
}
