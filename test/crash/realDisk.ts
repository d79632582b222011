import { type OpenedStores, openDataStores, recoverData } from '@triflow/node';
import type { KeyValueStore } from '@triflow/protocol';
import { type FileSystem, type OpenFile, openLevelStore } from '@triflow/storage';
import type { RealDisk } from '../simulation/world.js';

/** A member's data directory on the machine's disk, and the database while a node has it open. */
export interface WatchedDisk extends RealDisk {
  readonly data: string;
  readonly kv: () => KeyValueStore;
}

/**
 * LevelDB and files as a real node has them; virtual time stands still while they are at work. A
 * `blind` node compares nothing that it reads with its state tree, for the canary.
 */
export function watchedDisk(index: number, data: string, { blind = false } = {}): WatchedDisk {
  const work = new Work();
  let open: KeyValueStore | undefined;
  const openStores = async (): Promise<OpenedStores> => {
    const stores = await openDataStores(data, async (path) => {
      open = watchedStore(await openLevelStore(path), work);
      return open;
    });
    if (blind) stores.store.watch = () => undefined;
    const { markDamaged } = stores;
    return {
      ...stores,
      fs: watchedFiles(stores.fs, work),
      ...(markDamaged && { markDamaged: (what: string) => work.of(markDamaged(what)) }),
    };
  };
  return {
    index,
    data,
    environment: {
      openStores,
      recoverStores: (options, cause) => recoverData(data, options, cause),
    },
    settled: () => work.settled(),
    kv() {
      if (open === undefined) throw new TypeError('no node has opened it yet');
      return open;
    },
  };
}

/** Counts what is under way. */
class Work {
  #count = 0;

  async of<T>(promise: Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await promise;
    } finally {
      this.#count -= 1;
    }
  }

  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet = this.#count === 0 ? quiet + 1 : 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

function watchedStore(kv: KeyValueStore, work: Work): KeyValueStore {
  return {
    getSync: (key) => kv.getSync(key),
    get: (key) => work.of(kv.get(key)),
    getMany: (keys) => work.of(kv.getMany(keys)),
    async *range(options) {
      const entries = kv.range(options)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await work.of(entries.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await entries.return?.();
      }
    },
    write: (operations, options) => work.of(kv.write(operations, options)),
    close: () => kv.close(),
  };
}

function watchedFiles(fs: FileSystem, work: Work): FileSystem {
  return {
    createDirectory: (path) => work.of(fs.createDirectory(path)),
    list: (path) => work.of(fs.list(path)),
    read: (path) => work.of(fs.read(path)),
    open: (path, mode) => work.of(fs.open(path, mode).then((file) => watchedFile(file, work))),
    rename: (from, to) => work.of(fs.rename(from, to)),
    remove: (path) => work.of(fs.remove(path)),
    syncDirectory: (path) => work.of(fs.syncDirectory(path)),
    freeBytes: (path) => work.of(fs.freeBytes(path)),
  };
}

function watchedFile(file: OpenFile, work: Work): OpenFile {
  return {
    read: (offset, length) => work.of(file.read(offset, length)),
    write: (offset, bytes) => work.of(file.write(offset, bytes)),
    truncate: (length) => work.of(file.truncate(length)),
    sync: (what) => work.of(file.sync(what)),
    close: () => work.of(file.close()),
  };
}
