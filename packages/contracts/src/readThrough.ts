import { type QueryReader, type ReadContext, stateKey, type Table } from '@triflow/protocol';

/** What a reading over records needs: the same for a command and for a query. */
export type RecordView = Pick<ReadContext, 'get' | 'height' | 'timeMs'>;

interface Miss {
  readonly key: string;
  readonly ask: () => Promise<unknown>;
}

/**
 * Runs a reading that commands use, over a query's reader: it is run again until all that it asks
 * for has been read. Gives its value and the state keys read.
 */
export async function readThrough<T>(
  reader: QueryReader,
  run: (view: RecordView) => T,
): Promise<{ readonly value: T; readonly keys: readonly string[] }> {
  const known = new Map<string, unknown>();
  for (;;) {
    const misses = new Map<string, Miss>();
    const value = run(viewOf(reader, known, misses));
    if (misses.size === 0) return { value, keys: [...known.keys()] };
    for (const { key, ask } of misses.values()) known.set(key, await ask());
  }
}

function viewOf(
  reader: QueryReader,
  known: ReadonlyMap<string, unknown>,
  misses: Map<string, Miss>,
): RecordView {
  const get = <T>(table: Table<T>, ...parts: string[]): T | undefined => {
    const key = stateKey(table, parts);
    if (!known.has(key)) misses.set(key, { key, ask: () => reader.get(table, ...parts) });
    return known.get(key) as T | undefined;
  };
  return { height: reader.height, timeMs: reader.timeMs, get };
}
