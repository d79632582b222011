import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, CodedError, type KeyValueStore } from '@triflow/protocol';
import {
  createLedgerStore,
  createMemoryStore,
  type FileSystem,
  type LedgerStore,
  type LedgerStoreOptions,
  type LevelStore,
  lockDataDirectory,
  MemoryFileSystem,
  nodeFileSystem,
  openLevelStore,
} from '@triflow/storage';

/** Says in a data directory that its database is to be rebuilt at the next start. */
const MARK = 'damaged';
const MARK_TEXT_MAX = 500;

/** The ledger's store and the place of the consensus log. */
export interface OpenedStores {
  readonly store: LedgerStore;
  readonly fs: FileSystem;
  readonly logDir: string;
  /** The database itself, for its upkeep; undefined where there is none on disk. */
  readonly level?: LevelStore;
  /** Remembers durably that the database must be rebuilt before it is used again. */
  readonly markDamaged?: (what: string) => Promise<void>;
  close(): Promise<void>;
}

/** What lies where in a data directory. */
export function dataPlaces(data: string) {
  return {
    db: join(data, 'db'),
    log: join(data, 'consensus'),
    mark: join(data, MARK),
    rebuilding: join(data, 'db.rebuilding'),
    /** One damaged database is kept, so that a failing disk does not fill up with them. */
    aside: join(data, 'aside-damaged'),
  };
}

/**
 * Opens a node's data directory. Throws STORE_LOCKED, STORE_FULL, and STORE_CORRUPT when the
 * database cannot be trusted: `recoverData` can then rebuild it.
 */
export async function openDataStores(
  data: string,
  openStore?: (path: string) => Promise<KeyValueStore>,
  options: LedgerStoreOptions = {},
): Promise<OpenedStores> {
  const lock = await lockDataDirectory(data);
  const { db, log, mark } = dataPlaces(data);
  let kv: KeyValueStore | undefined;
  try {
    await finishRebuild(data);
    const text = await readIfThere(mark);
    if (text !== undefined) throw new CodedError('STORE_CORRUPT', `found before: ${text}`);
    const level = openStore === undefined ? await openLevelStore(db) : undefined;
    kv = level ?? (await openStore?.(db));
    assert(kv !== undefined, 'openDataStores: one of the two opens it');
    const store = await createLedgerStore(kv, options);
    return {
      store,
      fs: nodeFileSystem,
      logDir: log,
      ...(level && { level }),
      markDamaged: (what) => writeMark(data, what),
      async close() {
        await store.close();
        await lock.release();
      },
    };
  } catch (error) {
    await kv?.close().catch(() => undefined);
    await lock.release();
    throw error;
  }
}

/** Stores that are gone with the process. */
export async function openMemoryStores(options: LedgerStoreOptions): Promise<OpenedStores> {
  const store = await createLedgerStore(createMemoryStore(), options);
  const fs = new MemoryFileSystem();
  return { store, fs, logDir: '/log', close: () => store.close() };
}

/** Puts a rebuilt database in the damaged one's place; a start finishes what a crash cut off. */
export async function finishRebuild(data: string): Promise<void> {
  const { db, rebuilding, aside, mark } = dataPlaces(data);
  // The old one leaves only when the new one is complete.
  const isComplete = (await isThere(rebuilding)) && (await isThere(join(aside, 'db')));
  if (!isComplete || (await isThere(db))) return;
  await rename(rebuilding, db);
  await nodeFileSystem.syncDirectory(data);
  await rm(mark, { force: true });
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function writeMark(data: string, what: string): Promise<void> {
  const file = await nodeFileSystem.open(dataPlaces(data).mark, 'truncate');
  await file.write(0, new TextEncoder().encode(what.slice(0, MARK_TEXT_MAX)));
  await file.sync('all');
  await file.close();
  await nodeFileSystem.syncDirectory(data);
}

async function readIfThere(path: string): Promise<string | undefined> {
  return (await isThere(path)) ? (await readFile(path, 'utf8')).trim() : undefined;
}
