import type { KeyValueStore } from '@triflow/protocol';
import { prefixName } from './prefixes.js';
import { openRecord } from './recordChecksum.js';
import { storeCorrupt } from './storeErrors.js';

/**
 * Reads every record of a store and checks it, for the doctor and for backups: throws STORE_CORRUPT
 * at the first that is damaged or under no registered prefix. A plain read cannot notice a key
 * that was damaged, since it then finds nothing; this does. Gives the number of records by prefix.
 */
export async function verifyRecords(kv: KeyValueStore): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const [key, stored] of kv.range({ from: new Uint8Array(), to: Uint8Array.of(0xff) })) {
    openRecord(key, stored);
    const name = prefixName(key);
    if (name === 'unknown') throw storeCorrupt(`a record under an unknown prefix ${key[0]}`);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
