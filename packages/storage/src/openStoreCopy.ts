import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LevelStore, openLevelStore, salvageLevelStore } from './levelStore.js';
import { storeFull, systemCode } from './storeErrors.js';

/** LevelDB never changes a table once it is written; all its other files grow or are replaced. */
const IMMUTABLE = /\.(ldb|sst)$/;
const COPY_SUFFIX = '.diagnosis';

export interface StoreCopy {
  readonly store: LevelStore;
  /** Closes it and removes the copy. */
  close(): Promise<void>;
}

/**
 * Opens a copy of a LevelDB database, so that looking at one changes nothing: the engine has no
 * way to open it for reading only, and recovers, rewrites and drops files as it opens. Tables are
 * linked, which takes no room; the few other files are copied. undefined when there is none.
 * Throws STORE_CORRUPT when even the copy cannot be opened; with `salvage` it is first made so with
 * what is left. Take the data directory's lock first.
 */
export async function openStoreCopy(
  path: string,
  { salvage = false } = {},
): Promise<StoreCopy | undefined> {
  const names = await namesIn(path);
  if (names === undefined) return undefined;
  const copy = await copyInto(path, names);
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    if (salvage) await salvageLevelStore(copy);
    const store = await openLevelStore(copy);
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    return { store, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Beside the database, or where that may not be written, in the system's own place. */
async function copyInto(path: string, names: readonly string[]): Promise<string> {
  const places = [`${path}${COPY_SUFFIX}`, join(tmpdir(), `triflow${COPY_SUFFIX}.${process.pid}`)];
  let failure: unknown;
  for (const place of places) {
    try {
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      for (const name of names) await copyOne(join(path, name), join(place, name));
      return place;
    } catch (error) {
      failure = error;
      await rm(place, { recursive: true, force: true }).catch(() => undefined);
    }
  }
  throw storeFull(`copying ${path} to look at it`, failure);
}

async function copyOne(from: string, to: string): Promise<void> {
  if (IMMUTABLE.test(from)) {
    try {
      await link(from, to);
      return;
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
    }
  }
  await copyFile(from, to);
}

async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    const names = await readdir(path);
    // LOCK is the engine's own; LOG is its diary.
    return names.filter((name) => name !== 'LOCK' && !name.startsWith('LOG'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw storeFull(`listing ${path}`, error);
  }
}
