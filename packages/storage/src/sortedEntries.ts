const CHUNK_MAX = 512;

/** Text keys in order with a value each: chunks of sorted keys beside a map. */
export interface SortedEntries<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  /** Keys with from <= key < to, at most `limit`, in either direction. */
  keys(from: string, to: string, limit: number, reverse: boolean): string[];
  readonly size: number;
}

/** Creates an empty sorted table; keys are ordered by their UTF-16 units. */
export function createSortedEntries<V>(): SortedEntries<V> {
  const values = new Map<string, V>();
  const chunks: string[][] = [];

  function insert(key: string): void {
    const at = Math.max(0, firstChunkAfter(chunks, key) - 1);
    const chunk = chunks[at];
    if (chunk === undefined) {
      chunks.push([key]);
      return;
    }
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > CHUNK_MAX) chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  function remove(key: string): void {
    const at = firstChunkAfter(chunks, key) - 1;
    const chunk = chunks[at];
    if (chunk === undefined) return;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0) chunks.splice(at, 1);
  }

  return {
    get: (key) => values.get(key),
    set(key, value) {
      if (!values.has(key)) insert(key);
      values.set(key, value);
    },
    delete(key) {
      if (values.delete(key)) remove(key);
    },
    keys: (from, to, limit, reverse) =>
      reverse ? descending(chunks, from, to, limit) : ascending(chunks, from, to, limit),
    get size() {
      return values.size;
    },
  };
}

function ascending(chunks: readonly string[][], from: string, to: string, limit: number): string[] {
  const found: string[] = [];
  for (let at = Math.max(0, firstChunkAfter(chunks, from) - 1); at < chunks.length; at += 1) {
    const chunk = chunks[at] ?? [];
    for (let i = lowerBound(chunk, from); i < chunk.length; i += 1) {
      const key = chunk[i] as string;
      if (key >= to || found.length >= limit) return found;
      found.push(key);
    }
  }
  return found;
}

function descending(
  chunks: readonly string[][],
  from: string,
  to: string,
  limit: number,
): string[] {
  const found: string[] = [];
  for (let at = firstChunkAfter(chunks, to) - 1; at >= 0; at -= 1) {
    const chunk = chunks[at] ?? [];
    for (let i = lowerBound(chunk, to) - 1; i >= 0; i -= 1) {
      const key = chunk[i] as string;
      if (key < from || found.length >= limit) return found;
      found.push(key);
    }
  }
  return found;
}

/** Index of the first chunk whose first key is greater than `key`. */
function firstChunkAfter(chunks: readonly string[][], key: string): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chunks[middle]?.[0] ?? '') > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the first key that is not less than `key`. */
function lowerBound(chunk: readonly string[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chunk[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
