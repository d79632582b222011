import { sha256, stateBucketIndex, stateKeyHash, stateLeafHash } from '@triflow/crypto';
import { createRegistry, enabledContracts, recordIndexChanges, StateTree } from '@triflow/ledger';
import {
  type Contract,
  compareBytes,
  concatBytes,
  decodeHeader,
  equalBytes,
  type Genesis,
  isCodedError,
  limits,
} from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';

interface Entry {
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array;
}

/**
 * Compares the state at the head with the tree that the head's header commits to, and the indexes
 * with the records that they are computed from. Gives what differs; stops at the first damage.
 */
export async function diagnoseState(
  store: LedgerStore,
  genesis: Genesis,
  contracts: readonly Contract[],
): Promise<string[]> {
  try {
    return await compare(store, genesis, contracts);
  } catch (error) {
    if (isCodedError(error, 'STORE_CORRUPT')) return [error.message];
    throw error;
  }
}

async function compare(
  store: LedgerStore,
  genesis: Genesis,
  contracts: readonly Contract[],
): Promise<string[]> {
  const problems: string[] = [];
  const { stateTreeDepth: depth } = genesis.parameters;
  const leaves: { index: number; leaf: Uint8Array }[] = [];
  for await (const one of store.bucketLeaves()) leaves.push(one);
  const head = store.head()?.height ?? 0;
  const bytes = await store.getHeader(head);
  const header = bytes === undefined || head === 0 ? undefined : decodeHeader(bytes);
  if (header?.ok === true && new StateTree(depth, leaves).root() !== header.value.stateRoot) {
    problems.push(`the state tree is not that of the header of ${head}`);
  }
  const registry = createRegistry(enabledContracts(genesis, contracts).contracts);
  const buckets = new Map<number, Entry[]>();
  const indexKeys = new Set<string>();
  for await (const { key, value } of allState(store)) {
    const keyHash = stateKeyHash(key);
    const index = stateBucketIndex(keyHash, depth);
    const entry = { keyHash, valueHash: sha256(value) };
    const bucket = buckets.get(index);
    if (bucket === undefined) buckets.set(index, [entry]);
    else bucket.push(entry);
    for (const change of recordIndexChanges(registry, key, null, value)) indexKeys.add(change.key);
  }
  problems.push(...bucketProblems(store, leaves, buckets));
  for await (const key of allIndexKeys(store)) {
    if (!indexKeys.delete(key)) problems.push(`an index entry without its record: ${key}`);
  }
  for (const key of indexKeys) problems.push(`a record without its index entry: ${key}`);
  return problems;
}

function bucketProblems(
  store: LedgerStore,
  leaves: readonly { readonly index: number; readonly leaf: Uint8Array }[],
  buckets: Map<number, Entry[]>,
): string[] {
  const problems: string[] = [];
  for (const { index, leaf } of leaves) {
    const entries = store.getBucket(index) ?? new Uint8Array();
    const expected = entriesOf(buckets.get(index) ?? []);
    buckets.delete(index);
    const isWhole = equalBytes(entries, expected) && equalBytes(stateLeafHash(entries), leaf);
    if (!isWhole) problems.push(`bucket ${index} of the state tree differs from the state`);
  }
  for (const index of buckets.keys()) problems.push(`bucket ${index} of the state tree is missing`);
  return problems;
}

function entriesOf(entries: readonly Entry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
  return concatBytes(...sorted.flatMap(({ keyHash, valueHash }) => [keyHash, valueHash]));
}

async function* allState(store: LedgerStore): AsyncGenerator<{ key: string; value: Uint8Array }> {
  const options = { prefix: '', limit: limits.storeListMax, height: store.head()?.height ?? 0 };
  let page = await store.listState(options);
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield* page;
    page = await store.listState({ ...options, after: last.key });
  }
}

async function* allIndexKeys(store: LedgerStore): AsyncGenerator<string> {
  const options = { prefix: '', limit: limits.storeListMax, height: store.head()?.height ?? 0 };
  let page = await store.listIndex(options);
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield* page;
    page = await store.listIndex({ ...options, after: last });
  }
}
