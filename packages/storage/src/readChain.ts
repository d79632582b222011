import { isCodedError, type KeyValueStore } from '@triflow/protocol';
import type { StoredBlock } from './blockStore.js';
import { createCheckedStore } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import { heightKey } from './recordKeys.js';

/**
 * The blocks of a store with their certificates, from height 1 up to the first that is damaged or
 * missing. Needs nothing else of the store to be whole.
 */
export async function* readChain(kv: KeyValueStore): AsyncGenerator<StoredBlock> {
  const store = createCheckedStore(kv);
  for (let height = 1; ; height += 1) {
    const keys = [heightKey(prefixes.block, height), heightKey(prefixes.certificate, height)];
    const found = await store.getMany(keys).catch((error: unknown) => {
      if (isCodedError(error, 'STORE_CORRUPT')) return [];
      throw error;
    });
    const [block, certificate] = found;
    if (block === undefined || certificate === undefined) return;
    yield { block, certificate };
  }
}
