import type { KeyValueStore, RangeOptions, WriteOperation } from '@triflow/protocol';
import type { FileFault } from './memoryFileSystem.js';
import { createSortedEntries, type SortedEntries } from './sortedEntries.js';
import { storeClosed, storeFull, storeLocked } from './storeErrors.js';

type Entries = SortedEntries<Uint8Array>;
type Undo = readonly (readonly [key: string, before: Uint8Array | undefined])[];

/** A key-value store in memory with the behaviour of the one on disk; copies all it is given. */
export function createMemoryStore(disk = new MemoryDisk()): KeyValueStore {
  const life = disk.open();

  function entriesWhileOpen(): Entries {
    if (!disk.isOpen(life)) throw storeClosed();
    return disk.stored;
  }

  return {
    getSync: (key) => copied(entriesWhileOpen().get(textFromKey(key))),
    get: async (key) => copied(entriesWhileOpen().get(textFromKey(key))),
    async getMany(keys) {
      const entries = entriesWhileOpen();
      return keys.map((key) => copied(entries.get(textFromKey(key))));
    },
    async *range(options) {
      for (const [key, value] of rangeOf(entriesWhileOpen(), options)) {
        entriesWhileOpen();
        yield [keyFromText(key), new Uint8Array(value)] as const;
      }
    },
    async write(operations, { sync }) {
      entriesWhileOpen();
      disk.write(operations, sync);
    },
    async close() {
      disk.close(life);
    },
  };
}

/** What outlives a memory store: give it to the next one to restart on the same bytes. */
export class MemoryDisk {
  readonly stored: Entries = createSortedEntries();
  /** Asked before each batch, by its number; a fault ends the disk's use until it is reopened. */
  onWrite: ((batch: number, operations: readonly WriteOperation[]) => FileFault) | undefined;
  #life = 0;
  #openLife: number | undefined;
  #batches = 0;
  #undo: Undo[] = [];
  #failed = false;

  /** Unsynced batches that a crash may lose. */
  get unsynced(): number {
    return this.#undo.length;
  }

  /** Takes the lock; the number names this opening. */
  open(): number {
    if (this.#openLife !== undefined) throw storeLocked('memory', process.pid);
    this.#failed = false;
    this.#life += 1;
    this.#openLife = this.#life;
    return this.#life;
  }

  /** Whether that opening still holds the lock. */
  isOpen(life: number): boolean {
    return this.#openLife === life;
  }

  close(life: number): void {
    if (this.isOpen(life)) this.#openLife = undefined;
  }

  write(operations: readonly WriteOperation[], sync: boolean): void {
    if (this.#failed) throw storeFull('writing to the store');
    const fault = this.onWrite?.(this.#batches, operations) ?? 'none';
    this.#batches += 1;
    this.#failed = fault !== 'none';
    if (fault === 'fail') throw storeFull('writing to the store');
    this.#undo.push(operations.map((operation) => this.#apply(operation)));
    if (this.#failed) throw storeFull('writing to the store');
    if (sync) this.#undo = [];
  }

  /** Loses unsynced batches, newest first, keeping so many of them; frees the lock. */
  crash(unsyncedKept: number): void {
    this.#openLife = undefined;
    for (const undo of this.#undo.splice(unsyncedKept).reverse()) {
      for (const [key, before] of [...undo].reverse()) this.#set(key, before);
    }
    this.#undo = [];
  }

  /** Copies of all entries, in key order. */
  entries(): [Uint8Array, Uint8Array][] {
    const all = rangeOf(this.stored, { from: new Uint8Array(), to: Uint8Array.of(0xff, 0xff) });
    return all.map(([key, value]) => [keyFromText(key), new Uint8Array(value)]);
  }

  /** Damage for tests: replaces a stored value, or removes it. */
  damage(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#set(textFromKey(key), copied(value));
  }

  #apply(operation: WriteOperation): Undo[number] {
    const key = textFromKey(operation.key);
    const before = this.stored.get(key);
    this.#set(key, operation.kind === 'put' ? copied(operation.value) : undefined);
    return [key, before];
  }

  #set(key: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.stored.delete(key);
    else this.stored.set(key, value);
  }
}

/** The entries of a range as they are now; stored values are never changed in place. */
function rangeOf(entries: Entries, options: RangeOptions): [string, Uint8Array][] {
  const { from, to, limit = Number.POSITIVE_INFINITY, reverse = false } = options;
  const keys = entries.keys(textFromKey(from), textFromKey(to), limit, reverse);
  return keys.flatMap((key) => {
    const value = entries.get(key);
    return value === undefined ? [] : [[key, value] as [string, Uint8Array]];
  });
}

/** One unit a byte, so that text order is byte order. */
function textFromKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

function keyFromText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Not `slice`, which in a Buffer shares the memory. */
function copied(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new Uint8Array(value);
}
