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
  const { db, log } = dataPlaces(data);
  let kv: KeyValueStore | undefined;
  try {
    await finishRebuild(data);
    const text = await readMark(data);
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
export async function finishRebuild(data: string, move = rename): Promise<void> {
  if (!(await isRebuilt(data))) return;
  const { db, rebuilding, mark } = dataPlaces(data);
  // First: the mark is of the old database, and beside the new one it would have a start refused.
  await rm(mark, { force: true });
  await nodeFileSystem.syncDirectory(data);
  await move(rebuilding, db);
  await nodeFileSystem.syncDirectory(data);
}

/** Whether a rebuilt database waits for its place: the old one leaves only when it is complete. */
export async function isRebuilt(data: string): Promise<boolean> {
  const { db, rebuilding, aside } = dataPlaces(data);
  const isComplete = (await isThere(rebuilding)) && (await isThere(join(aside, 'db')));
  return isComplete && !(await isThere(db));
}

/** What the running node found damaged; undefined where it found nothing. */
export function readMark(data: string): Promise<string | undefined> {
  return readIfThere(dataPlaces(data).mark);
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
