import { equalBytes, hexFromBytes, type KeyValueStore, limits } from '@triflow/protocol';
import { prefixes, prefixName } from './prefixes.js';
import { isWholeRecord } from './recordChecksum.js';
import { HEIGHT_BYTES, readHeight } from './recordKeys.js';

const BY_HEIGHT = [prefixes.block, prefixes.header, prefixes.certificate, prefixes.results];

/** A record that is not what was written under its key. */
export interface DamagedRecord {
  readonly prefix: string;
  readonly key: string;
  /** For records that are kept by height. */
  readonly height?: number;
}

/** What a store holds and what of it cannot be trusted; nothing was changed to find out. */
export interface StoreDiagnosis {
  /** Records by prefix, damaged ones included. */
  readonly records: Readonly<Record<string, number>>;
  /** The first `limits.damageListMax` of them. */
  readonly damaged: readonly DamagedRecord[];
  readonly damagedCount: number;
  /** The head record's height; undefined in an empty store or when that record is damaged. */
  readonly head: number | undefined;
  /** The highest height of any whole header. */
  readonly top: number | undefined;
  /** Heights up to the head or the top that lack one of their records, and which. */
  readonly missing: readonly { readonly height: number; readonly prefix: string }[];
}

/**
 * Reads every record of a store and says what is damaged or missing, without stopping at the
 * first, as `verifyRecords` does. It cannot see that a value under a whole record is the wrong
 * one: the node's own diagnosis compares blocks, certificates and state.
 */
export async function diagnoseStore(kv: KeyValueStore): Promise<StoreDiagnosis> {
  const records: Record<string, number> = {};
  const damaged: DamagedRecord[] = [];
  let damagedCount = 0;
  let head: number | undefined;
  const seen = new Map<number, Set<number>>(BY_HEIGHT.map((prefix) => [prefix, new Set()]));
  for await (const [key, stored] of kv.range({ from: new Uint8Array(), to: Uint8Array.of(0xff) })) {
    const prefix = prefixName(key);
    records[prefix] = (records[prefix] ?? 0) + 1;
    const heights = seen.get(key[0] ?? -1);
    const height = heights !== undefined && isHeightKey(key) ? readHeight(key, 1) : undefined;
    if (prefix !== 'unknown' && isWholeRecord(key, stored)) {
      if (height !== undefined) heights?.add(height);
      if (equalBytes(key, Uint8Array.of(prefixes.head))) head = readHeight(stored, 4);
      continue;
    }
    damagedCount += 1;
    if (damaged.length >= limits.damageListMax) continue;
    const record = { prefix, key: hexFromBytes(key) };
    damaged.push(height === undefined ? record : { ...record, height });
  }
  const headers = [...(seen.get(prefixes.header) ?? [])];
  const top = headers.length === 0 ? undefined : headers.reduce((a, b) => Math.max(a, b));
  const last = Math.max(head ?? -1, top ?? -1);
  return { records, damaged, damagedCount, head, top, missing: missingUpTo(last, seen) };
}

function isHeightKey(key: Uint8Array): boolean {
  return key.length === 1 + HEIGHT_BYTES;
}

function missingUpTo(
  last: number,
  seen: ReadonlyMap<number, ReadonlySet<number>>,
): { height: number; prefix: string }[] {
  const missing: { height: number; prefix: string }[] = [];
  for (let height = 0; height <= last; height += 1) {
    for (const [prefix, heights] of seen) {
      if (heights.has(height)) continue;
      missing.push({ height, prefix: prefixName(Uint8Array.of(prefix)) });
      if (missing.length >= limits.damageListMax) return missing;
    }
  }
  return missing;
}
