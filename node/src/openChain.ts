import { blockHash, genesisHashOf } from '@triflow/crypto';
import {
  type ContractRegistry,
  DedupWindow,
  genesisState,
  recordIndexChanges,
  StateTree,
} from '@triflow/ledger';
import {
  bytesFromHash,
  CodedError,
  type Contract,
  compareBytes,
  decodeHeader,
  defined,
  type Genesis,
  type Hash,
  limits,
} from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';
import { z } from 'zod';

const WINDOW_PREFIX = 'ledger/tx/';

export interface ChainHead {
  readonly height: number;
  readonly valueId: Hash;
  readonly timeMs: number;
}

interface GenesisPlace {
  readonly genesis: Genesis;
  readonly store: LedgerStore;
}

/** Writes height 0, or checks that the store was begun with the same genesis. */
export async function openGenesis(
  options: GenesisPlace,
  registry: ContractRegistry,
  contracts: readonly Contract[],
): Promise<void> {
  const { genesis, store } = options;
  const genesisHash = genesisHashOf(genesis);
  const found = await store.meta.get('genesisHash');
  if (found !== undefined && compareBytes(found, bytesFromHash(genesisHash)) !== 0) {
    throw new CodedError(
      'GENESIS_MISMATCH',
      'the data folder belongs to another chain: its genesis differs from the one configured',
    );
  }
  if (store.head() !== undefined) {
    if (found !== undefined) return;
    throw new CodedError('STORE_CORRUPT', 'the mark of the chain in the data folder is missing');
  }
  await store.meta.set('genesisHash', bytesFromHash(genesisHash));
  const changes = firstState(genesis, contracts);
  const tree = new StateTree(genesis.parameters.stateTreeDepth, []);
  const update = tree.prepare(changes, () => undefined);
  await store.commitBlock({
    height: 0,
    blockId: genesisHash,
    block: new Uint8Array(0),
    headerBytes: new Uint8Array(0),
    certificate: new Uint8Array(0),
    txIds: [],
    results: [],
    stateWrites: changes,
    buckets: update.buckets,
    undo: update.undo,
    indexChanges: changes.flatMap(({ key, value }) =>
      recordIndexChanges(registry, key, null, value),
    ),
    expiring: [],
    expired: [],
  });
}

/** The genesis state; a member that a contract cannot read is the document's fault. */
function firstState(
  genesis: Genesis,
  contracts: readonly Contract[],
): ReturnType<typeof genesisState> {
  try {
    return genesisState(genesis, contracts);
  } catch (cause) {
    const text = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    const line = text.replace(/\s+/g, ' ');
    throw new CodedError('GENESIS_INVALID', `genesis: ${line}`, { cause });
  }
}

/** The ids held against repetition: those of the expiry list, and the state has the same. */
export async function readWindow(store: LedgerStore): Promise<DedupWindow> {
  const window = new DedupWindow([]);
  let count = 0;
  for await (const id of store.expiryList()) {
    window.add(id);
    count += 1;
  }
  const options = { prefix: WINDOW_PREFIX, limit: limits.storeListMax };
  const height = store.head()?.height ?? 0;
  let page = await store.listState({ ...options, height });
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const { key } of page) {
      if (window.has(key.slice(WINDOW_PREFIX.length) as Hash)) count -= 1;
      else throw new CodedError('STORE_CORRUPT', `the expiry list lacks ${key}`);
    }
    page = await store.listState({ ...options, height, after: last.key });
  }
  if (count === 0) return window;
  throw new CodedError('STORE_CORRUPT', `the state lacks ${count} recent transaction ids`);
}

/** Ids of the head and of the blocks below it that a command may ask for. */
export async function recentBlockIds(
  store: LedgerStore,
  head: ChainHead,
): Promise<Map<number, Hash>> {
  const ids = new Map<number, Hash>([[head.height, head.valueId]]);
  const lowest = Math.max(1, head.height - limits.readinessAgeMax);
  for (let height = head.height; height > lowest; height -= 1) {
    const bytes = await store.getHeader(height);
    const header = bytes === undefined ? undefined : decodeHeader(bytes);
    const isOwn = header?.ok === true && blockHash(header.value) === ids.get(height);
    if (header?.ok !== true || !isOwn) {
      throw new CodedError('STORE_CORRUPT', `the header of height ${height} is damaged`);
    }
    ids.set(height - 1, header.value.parentHash);
  }
  return ids;
}

export async function readHead(
  genesis: Genesis,
  store: LedgerStore,
  tree: StateTree,
): Promise<ChainHead> {
  const head = defined(store.head(), 'chain: genesis was written');
  if (head.height === 0) return { height: 0, valueId: head.blockId, timeMs: genesis.timeMs };
  const bytes = await store.getHeader(head.height);
  const header = bytes === undefined ? undefined : decodeHeader(bytes);
  if (header === undefined || !header.ok || blockHash(header.value) !== head.blockId) {
    throw new CodedError('STORE_CORRUPT', `the header of height ${head.height} is damaged`);
  }
  if (tree.root() !== header.value.stateRoot) {
    throw new CodedError(
      'STORE_CORRUPT',
      `the state does not match the header of height ${head.height}`,
    );
  }
  return { height: head.height, valueId: head.blockId, timeMs: header.value.timeMs };
}
