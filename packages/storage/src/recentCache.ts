/** What a JavaScript array and a map entry cost beside their bytes, roughly. */
const ENTRY_OVERHEAD_BYTES = 256;

/** A cache bounded in bytes that forgets what was not used lately. */
export interface RecentCache<K, V> {
  get(key: K): V | undefined;
  /** `bytes` is what the value itself takes; the overhead of an entry is added. */
  set(key: K, value: V, bytes: number): void;
  /** Makes room: the key will not be asked for again. */
  forget(key: K): void;
  /** Bytes held, overhead included; never above the maximum. */
  readonly bytes: number;
  readonly entries: number;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
}

/**
 * Two generations instead of a list ordered by use: when the young one has filled half the room,
 * the old one is dropped and the young becomes old. A hit in the old one moves to the young.
 */
export function createRecentCache<K, V>(bytesMax: number): RecentCache<K, V> {
  let young = new Map<K, Entry<V>>();
  let old = new Map<K, Entry<V>>();
  let youngBytes = 0;
  let oldBytes = 0;

  function keep(key: K, entry: Entry<V>): void {
    if (youngBytes + entry.bytes > bytesMax / 2) {
      old = young;
      oldBytes = youngBytes;
      young = new Map();
      youngBytes = 0;
    }
    if (entry.bytes > bytesMax / 2) return;
    young.set(key, entry);
    youngBytes += entry.bytes;
  }

  function forget(key: K): void {
    const inYoung = young.get(key);
    if (inYoung !== undefined && young.delete(key)) youngBytes -= inYoung.bytes;
    const inOld = old.get(key);
    if (inOld !== undefined && old.delete(key)) oldBytes -= inOld.bytes;
  }

  return {
    get(key) {
      const recent = young.get(key);
      if (recent !== undefined) return recent.value;
      const entry = old.get(key);
      if (entry === undefined) return undefined;
      forget(key);
      keep(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      forget(key);
      keep(key, { value, bytes: bytes + ENTRY_OVERHEAD_BYTES });
    },
    forget,
    get bytes() {
      return youngBytes + oldBytes;
    },
    get entries() {
      return young.size + old.size;
    },
  };
}
