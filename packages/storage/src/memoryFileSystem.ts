import { dirname } from 'node:path';
import { assert, CodedError, compareText } from '@triflow/protocol';
import type { FileSystem, OpenFile } from './fileSystem.js';
import { storeFull } from './storeErrors.js';

const SECTOR_BYTES = 512;

/** A step that changes something, numbered from 0 over the life of the file system. */
export interface FileOperation {
  readonly index: number;
  readonly kind: 'create' | 'write' | 'truncate' | 'sync' | 'rename' | 'remove' | 'syncDirectory';
  readonly path: string;
}

/** `fail` refuses the step with STORE_FULL; `applyThenFail` does it and then says it failed. */
export type FileFault = 'none' | 'fail' | 'applyThenFail';

type FileChange =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number };

interface NameChange {
  readonly dir: string;
  readonly removed: readonly string[];
  readonly added: { readonly path: string; readonly inode: Inode } | undefined;
}

/** Names a whole number from 0 to bound - 1. */
export type Pick = (bound: number) => number;

/**
 * Files in memory that know what is synced, for the simulator: a crash keeps any legal part of the
 * rest, torn sectors and lost names included.
 */
export class MemoryFileSystem implements FileSystem {
  /** Asked before each step; use it to count steps, to fail one, or to crash there. */
  onOperation: ((operation: FileOperation) => FileFault) | undefined;
  capacityBytes = Number.MAX_SAFE_INTEGER;
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #nameChanges: NameChange[] = [];
  #operations = 0;
  #life = 0;

  async createDirectory(): Promise<void> {}

  async list(path: string): Promise<string[]> {
    const names = [...this.#names.keys()].filter((name) => dirname(name) === path);
    return names.map((name) => name.slice(path.length + 1)).sort(compareText);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#names.get(path)?.content.bytes();
  }

  async open(path: string, mode: 'existing' | 'create' | 'truncate'): Promise<OpenFile> {
    const found = this.#names.get(path);
    if (found === undefined) {
      if (mode === 'existing') throw storeFull(`opening ${path}`);
      const inode = new Inode();
      const added = { path, inode };
      this.#step('create', path, () => this.#rename({ dir: dirname(path), removed: [], added }));
      return this.#handle(path, inode);
    }
    if (mode === 'truncate') {
      this.#step('truncate', path, () => found.change({ kind: 'truncate', length: 0 }));
    }
    return this.#handle(path, found);
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#names.get(from);
    if (inode === undefined) throw storeFull(`renaming ${from}`);
    const added = { path: to, inode };
    this.#step('rename', to, () => this.#rename({ dir: dirname(to), removed: [from], added }));
  }

  async remove(path: string): Promise<void> {
    if (!this.#names.has(path)) return;
    const change = { dir: dirname(path), removed: [path], added: undefined };
    this.#step('remove', path, () => this.#rename(change));
  }

  async syncDirectory(path: string): Promise<void> {
    this.#step('syncDirectory', path, () => {
      for (const change of this.#nameChanges) {
        if (change.dir === path) applyNames(this.#durableNames, change);
      }
      this.#nameChanges = this.#nameChanges.filter((change) => change.dir !== path);
    });
  }

  async freeBytes(): Promise<number> {
    return Math.max(0, this.capacityBytes - this.#usedBytes());
  }

  /** Power goes: open files are dead, and of what was not synced `pick` decides what is kept. */
  crash(pick: Pick): void {
    this.#life += 1;
    for (const change of this.#nameChanges.slice(0, pick(this.#nameChanges.length + 1))) {
      applyNames(this.#durableNames, change);
    }
    this.#nameChanges = [];
    this.#names = new Map(this.#durableNames);
    for (const inode of new Set(this.#names.values())) inode.crash(pick);
  }

  /** Paths of all files. */
  files(): string[] {
    return [...this.#names.keys()];
  }

  /** From now on only so many bytes more find room. */
  limitTo(roomBytes: number): void {
    this.capacityBytes = this.#usedBytes() + roomBytes;
  }

  /** What a power loss that keeps nothing would leave of a file. */
  durable(path: string): Uint8Array | undefined {
    return this.#durableNames.get(path)?.durable();
  }

  /** Damage for tests: changes what lies on the disk under a name. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const inode = this.#names.get(path);
    assert(inode !== undefined, `damage: there is no ${path}`);
    inode.replace(change(inode.content.bytes()));
  }

  /** A copy with everything as it is, synced or not; no file of it is open. */
  clone(): MemoryFileSystem {
    const copy = new MemoryFileSystem();
    const inodes = new Map<Inode, Inode>();
    const inodeOf = (inode: Inode): Inode => {
      const known = inodes.get(inode) ?? inode.clone();
      inodes.set(inode, known);
      return known;
    };
    for (const [path, inode] of this.#names) copy.#names.set(path, inodeOf(inode));
    for (const [path, inode] of this.#durableNames) copy.#durableNames.set(path, inodeOf(inode));
    copy.#nameChanges = this.#nameChanges.map((change) => ({
      ...change,
      added: change.added && { path: change.added.path, inode: inodeOf(change.added.inode) },
    }));
    copy.capacityBytes = this.capacityBytes;
    return copy;
  }

  #handle(path: string, inode: Inode): OpenFile {
    const life = this.#life;
    const step = (kind: FileOperation['kind'], apply: () => void): void => {
      if (life !== this.#life) throw new CodedError('ABORTED', `${path}: the machine has crashed`);
      this.#step(kind, path, apply);
    };
    return {
      read: async (offset, length) => inode.content.bytes(offset, offset + length),
      write: async (offset, bytes) => {
        if (bytes.length > (await this.freeBytes())) throw storeFull(`writing ${path}`);
        step('write', () => inode.change({ kind: 'write', offset, bytes: new Uint8Array(bytes) }));
      },
      truncate: async (length) =>
        step('truncate', () => inode.change({ kind: 'truncate', length })),
      sync: async () => step('sync', () => inode.sync()),
      close: async () => {},
    };
  }

  #usedBytes(): number {
    let used = 0;
    for (const inode of this.#names.values()) used += inode.content.length;
    return used;
  }

  #rename(change: NameChange): void {
    applyNames(this.#names, change);
    this.#nameChanges.push(change);
  }

  #step(kind: FileOperation['kind'], path: string, apply: () => void): void {
    const index = this.#operations;
    this.#operations += 1;
    const fault = this.onOperation?.({ index, kind, path }) ?? 'none';
    if (fault !== 'fail') apply();
    if (fault !== 'none') throw storeFull(`${kind} ${path}`);
  }
}

/** One file: what is on the disk, what reads see, and the changes between. */
class Inode {
  content = new Content();
  #durable = new Content();
  #changes: FileChange[] = [];

  change(change: FileChange): void {
    this.content.apply(change);
    this.#changes.push(change);
  }

  sync(): void {
    for (const change of this.#changes) this.#durable.apply(change);
    this.#changes = [];
  }

  durable(): Uint8Array {
    return this.#durable.bytes();
  }

  crash(pick: Pick): void {
    for (const change of this.#changes) {
      for (const kept of keptParts(change, pick)) this.#durable.apply(kept);
    }
    this.replace(this.#durable.bytes());
  }

  replace(bytes: Uint8Array): void {
    this.#changes = [];
    for (const content of [this.content, this.#durable]) {
      content.apply({ kind: 'truncate', length: 0 });
      content.apply({ kind: 'write', offset: 0, bytes });
    }
  }

  clone(): Inode {
    const copy = new Inode();
    copy.content.apply({ kind: 'write', offset: 0, bytes: this.content.bytes() });
    copy.#durable.apply({ kind: 'write', offset: 0, bytes: this.#durable.bytes() });
    copy.#changes = [...this.#changes];
    return copy;
  }
}

/** Bytes that grow; a gap reads as zeros. */
class Content {
  length = 0;
  #room = new Uint8Array(SECTOR_BYTES);

  bytes(from = 0, to = this.length): Uint8Array {
    return this.#room.slice(Math.min(from, this.length), Math.min(to, this.length));
  }

  apply(change: FileChange): void {
    if (change.kind === 'truncate') {
      this.#grow(change.length);
      this.#room.fill(0, change.length);
      this.length = change.length;
      return;
    }
    const end = change.offset + change.bytes.length;
    this.#grow(end);
    this.#room.set(change.bytes, change.offset);
    this.length = Math.max(this.length, end);
  }

  #grow(length: number): void {
    if (length <= this.#room.length) return;
    const room = new Uint8Array(Math.max(length, 2 * this.#room.length));
    room.set(this.#room);
    this.#room = room;
  }
}

/** All of a change, nothing, or for a write some of its sectors, with or without the new length. */
function keptParts(change: FileChange, pick: Pick): FileChange[] {
  const outcome = pick(3);
  if (outcome === 0) return [];
  if (outcome === 1 || change.kind === 'truncate') return [change];
  const kept: FileChange[] = [];
  const end = change.offset + change.bytes.length;
  for (let at = change.offset; at < end; ) {
    const next = Math.min(end, at - (at % SECTOR_BYTES) + SECTOR_BYTES);
    const bytes = change.bytes.subarray(at - change.offset, next - change.offset);
    if (pick(2) === 0) kept.push({ kind: 'write', offset: at, bytes });
    at = next;
  }
  return kept;
}

function applyNames(names: Map<string, Inode>, { removed, added }: NameChange): void {
  for (const path of removed) names.delete(path);
  if (added !== undefined) names.set(added.path, added.inode);
}
