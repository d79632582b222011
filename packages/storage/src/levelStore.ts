import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCodedError, type KeyValueStore, type RangeOptions } from '@triflow/protocol';
import { Level } from 'level';
import { storeClosed, storeCorrupt, storeFull, storeLocked, systemCode } from './storeErrors.js';

const MIB = 1024 * 1024;
/** Larger than LevelDB's 2 MiB: a chain of many gigabytes must not run out of open files. */
const TABLE_BYTES = 8 * MIB;
const RANGE_CHUNK = 1_000;
const RANGE_CHUNK_BYTES = 64 * 1024;

export interface LevelStoreOptions {
  /** LevelDB's cache of uncompressed blocks, bytes; default 32 MiB. */
  readonly cacheBytes?: number;
  /** LevelDB's write buffer, bytes; default 8 MiB. Also bounds what a start must replay. */
  readonly writeBufferBytes?: number;
}

/** A store on disk that can say how many bytes a range of keys takes, roughly. */
export interface LevelStore extends KeyValueStore {
  approximateBytes(from: Uint8Array, to: Uint8Array): Promise<number>;
  /** Rewrites a range's tables without what was removed or replaced; takes its time. */
  compact(from: Uint8Array, to: Uint8Array): Promise<void>;
}

type Database = Level<Uint8Array, Uint8Array>;

interface Compacting {
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
}

interface Repairing {
  repair(location: string): Promise<void>;
}

interface Sizing {
  approximateSize(start: Uint8Array, end: Uint8Array): Promise<number>;
}

/**
 * Opens or creates a LevelDB database. Throws STORE_LOCKED when it is open elsewhere, STORE_CORRUPT
 * when it cannot be read, STORE_FULL when the disk fails. After a failed write every later write is
 * refused: what is on disk is then unknown (P9).
 */
export async function openLevelStore(
  path: string,
  options: LevelStoreOptions = {},
): Promise<LevelStore> {
  const { cacheBytes = 32 * MIB, writeBufferBytes = 8 * MIB } = options;
  // Before the engine is made: it opens by itself, and would begin a new database.
  await refuseHeadless(path);
  const db: Database = new Level(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    cacheSize: cacheBytes,
    writeBufferSize: writeBufferBytes,
    maxFileSize: TABLE_BYTES,
  });
  try {
    await db.open();
  } catch (error) {
    throw await openingFault(path, error);
  }
  try {
    await writeFile(pidPath(path), `${process.pid}\n`);
  } catch (error) {
    await db.close();
    throw storeFull(`writing ${pidPath(path)}`, error);
  }
  return new OpenLevelStore(path, db);
}

/**
 * Makes a database openable again from whatever tables and logs are left of it. Old records may
 * come back and new ones be gone: nothing in it may be believed that does not prove itself.
 */
export async function salvageLevelStore(path: string): Promise<void> {
  const engine: object = Level;
  try {
    if (canRepair(engine)) await engine.repair(path);
  } catch (error) {
    throw storeCorrupt(
      `the store at ${path} is beyond repair: ${messageOf(error)}`,
      { path },
      error,
    );
  }
}

class OpenLevelStore implements LevelStore {
  readonly #path: string;
  readonly #db: Database;
  #failure: unknown;
  #closing: Promise<void> | undefined;

  constructor(path: string, db: Database) {
    this.#path = path;
    this.#db = db;
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    try {
      return plain(this.#db.getSync(key));
    } catch (error) {
      throw fault('reading the store', error);
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return plain(await guard('reading the store', this.#db.get(key)));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const values = await guard('reading the store', this.#db.getMany([...keys]));
    return values.map(plain);
  }

  async *range(options: RangeOptions): ReturnType<KeyValueStore['range']> {
    const { from, to, limit = -1, reverse = false } = options;
    if (this.#closing !== undefined) throw storeClosed();
    const bounds = { gte: from, lt: to, limit, reverse, highWaterMarkBytes: RANGE_CHUNK_BYTES };
    const iterator = this.#db.iterator(bounds);
    try {
      for (;;) {
        const chunk = await guard('reading the store', iterator.nextv(RANGE_CHUNK));
        if (chunk.length === 0) return;
        for (const [key, value] of chunk) yield [plainBytes(key), plainBytes(value)];
      }
    } finally {
      await iterator.close();
    }
  }

  async write(...[operations, { sync }]: Parameters<KeyValueStore['write']>): Promise<void> {
    if (this.#failure !== undefined) throw storeFull('writing to the store', this.#failure);
    try {
      const batch = this.#db.batch();
      for (const operation of operations) {
        if (operation.kind === 'put') batch.put(operation.key, operation.value);
        else batch.del(operation.key);
      }
      await batch.write({ sync });
    } catch (error) {
      const coded = fault('writing to the store', error);
      if (!isCodedError(coded, 'ABORTED')) this.#failure = error;
      throw coded;
    }
  }

  async approximateBytes(from: Uint8Array, to: Uint8Array): Promise<number> {
    if (this.#closing !== undefined) throw storeClosed();
    const db: object = this.#db;
    return canSize(db) ? db.approximateSize(from, to) : 0;
  }

  async compact(from: Uint8Array, to: Uint8Array): Promise<void> {
    if (this.#closing !== undefined) throw storeClosed();
    const db: object = this.#db;
    if (canCompact(db)) await guard('compacting the store', db.compactRange(from, to));
  }

  close(): Promise<void> {
    this.#closing ??= this.#db.close().then(() => rm(pidPath(this.#path), { force: true }));
    return this.#closing;
  }
}

/** Without its CURRENT file the engine would take a full directory for a new, empty database. */
async function refuseHeadless(path: string): Promise<void> {
  const names = await namesIn(path);
  if (names.includes('CURRENT') || !names.some((name) => /\.(ldb|sst|log)$/.test(name))) return;
  throw storeCorrupt(`the store at ${path} is damaged: CURRENT is missing`, { path });
}

async function lacksManifest(path: string): Promise<boolean> {
  const names = await namesIn(path);
  if (!names.includes('CURRENT')) return false;
  return !names.includes((await readFile(join(path, 'CURRENT'), 'utf8')).trim());
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}

async function openingFault(path: string, error: unknown): Promise<Error> {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = systemCode(cause);
  if (code === 'LEVEL_LOCKED') return storeLocked(path, await pidBeside(path), cause);
  if (code === 'LEVEL_CORRUPTION' || (await lacksManifest(path))) {
    return storeCorrupt(`the store at ${path} is damaged: ${messageOf(cause)}`, { path }, cause);
  }
  return storeFull(`opening the store at ${path}`, cause);
}

async function guard<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fault(doing, error);
  }
}

/** The engine names corruption and a closed database; any other failure is the disk's. */
function fault(doing: string, error: unknown): Error {
  const code = systemCode(error);
  if (code === 'LEVEL_DATABASE_NOT_OPEN' || code === 'LEVEL_ITERATOR_NOT_OPEN') {
    return storeClosed();
  }
  if (code === 'LEVEL_CORRUPTION') {
    return storeCorrupt(`${doing}: ${messageOf(error)}`, {}, error);
  }
  return storeFull(doing, error);
}

/** The engine's own lock decides; this file only tells the next one who holds it. */
function pidPath(path: string): string {
  return `${path}.pid`;
}

async function pidBeside(path: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(pidPath(path), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function canRepair(engine: object): engine is Repairing {
  return 'repair' in engine && typeof engine.repair === 'function';
}

function canSize(db: object): db is Sizing {
  return 'approximateSize' in db && typeof db.approximateSize === 'function';
}

function canCompact(db: object): db is Compacting {
  return 'compactRange' in db && typeof db.compactRange === 'function';
}

/** A bare Uint8Array over the same memory: the engine hands out Buffers. */
function plain(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : plainBytes(bytes);
}

function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
