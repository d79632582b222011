import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareText } from '@triflow/protocol';
import { storeFull, systemCode } from './storeErrors.js';

/**
 * The few operations on files that the consensus log and the candidate bodies need. Nothing is
 * durable before its `sync`, and no name before `syncDirectory` (P8). Every failure is STORE_FULL.
 */
export interface FileSystem {
  /** Creates a directory and its parents, durably. */
  createDirectory(path: string): Promise<void>;
  /** Names in a directory in byte order; none when it is missing. */
  list(path: string): Promise<string[]>;
  /** A whole file, or undefined when it is missing. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Opens for reading and writing; `create` keeps what is there, `truncate` starts empty. */
  open(path: string, mode: 'existing' | 'create' | 'truncate'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is missing is no error. */
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Bytes that may still be written, for the free-space watermark of P9. */
  freeBytes(path: string): Promise<number>;
}

export interface OpenFile {
  /** Bytes at an offset; fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Data and what is needed to read it (fdatasync), or everything (fsync). */
  sync(what: 'data' | 'all'): Promise<void>;
  close(): Promise<void>;
}

const openFlags = { existing: 'r+', create: 'a+', truncate: 'w+' } as const;

/** The machine's own files. */
export const nodeFileSystem: FileSystem = {
  createDirectory: (path) => guard(`creating ${path}`, () => createDurably(path)),
  async list(path) {
    const names = await guard(`listing ${path}`, () => orMissing(readdir(path)));
    return (names ?? []).sort(compareText);
  },
  read: (path) => guard(`reading ${path}`, () => orMissing(readPlain(path))),
  open: (path, mode) => guard(`opening ${path}`, () => openNodeFile(path, mode)),
  rename: (from, to) => guard(`renaming ${from}`, () => rename(from, to)),
  remove: (path) => guard(`removing ${path}`, () => rm(path, { force: true })),
  syncDirectory: (path) => guard(`syncing ${path}`, () => syncDirectory(path)),
  freeBytes: (path) =>
    guard(`measuring ${path}`, async () => {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    }),
};

async function openNodeFile(path: string, mode: keyof typeof openFlags): Promise<OpenFile> {
  if (mode === 'create') await (await open(path, openFlags.create)).close();
  const handle = await open(path, mode === 'truncate' ? openFlags.truncate : openFlags.existing);
  return {
    read: (offset, length) => guard(`reading ${path}`, () => readAt(handle, offset, length)),
    write: (offset, bytes) => guard(`writing ${path}`, () => writeAt(handle, offset, bytes)),
    truncate: (length) => guard(`truncating ${path}`, () => handle.truncate(length)),
    sync: (what) =>
      guard(`syncing ${path}`, () => (what === 'data' ? handle.datasync() : handle.sync())),
    close: () => guard(`closing ${path}`, () => handle.close()),
  };
}

/** A new directory's name stands in its parent, which must be synced as well. */
async function createDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function writeAt(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.length - written;
    written += (await handle.write(bytes, written, rest, offset + written)).bytesWritten;
  }
}

async function readPlain(path: string): Promise<Uint8Array> {
  const buffer = await readFile(path);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeFull(doing, cause);
  }
}
