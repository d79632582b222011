import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CodedError, limits } from '@triflow/protocol';

const HEAD_BYTES = 8;
const NAME = /^(\d{12})\.log$/;
const CURSOR_FILE = 'cursor.json';

/** A place between two records: a segment's number and a byte in it. */
export interface SpoolPlace {
  readonly segment: number;
  readonly offset: number;
}

export interface SpoolRecord {
  readonly bytes: Uint8Array;
  /** Where the next record begins. */
  readonly next: SpoolPlace;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly bytesMax: number;
  readonly segmentBytes?: number;
}

/**
 * A queue of records on disk, first in first out. Records are durable before `append` resolves;
 * appends that come together share one sync. What has been `release`d is deleted by whole
 * segments. A torn end after a crash is cut off; damage elsewhere is `STORE_CORRUPT`.
 */
export interface Spool {
  /** Throws `STORE_FULL` over the bound; nothing is dropped to make room. */
  append(record: Uint8Array): Promise<void>;
  /** Records from a place on, at most so many bytes; fewer when there are no more yet. */
  read(from: SpoolPlace, bytesMax: number): Promise<readonly SpoolRecord[]>;
  /** All before this place has been dealt with; survives a restart. */
  release(upTo: SpoolPlace): Promise<void>;
  readonly start: SpoolPlace;
  readonly bytes: number;
  close(): Promise<void>;
}

interface Waiting {
  readonly framed: Uint8Array;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Opens a spool, or makes it. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, bytesMax, segmentBytes = limits.spoolSegmentBytes } = options;
  await mkdir(folder, { recursive: true });
  const sizes = await segmentSizes(folder);
  let start = await readCursor(folder);
  const numbers = [...sizes.keys()];
  let current = Math.max(start.segment, ...numbers, 1);
  const validBytes = await cutTornEnd(join(folder, nameOf(current)));
  sizes.set(current, validBytes);
  if (start.segment === current && start.offset > validBytes) throw damaged(folder, current);
  let file: FileHandle = await open(join(folder, nameOf(current)), 'a');
  const waiting: Waiting[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let isFlushing = false;
  let waitingBytes = 0;
  let closed = false;

  const total = (): number => {
    let sum = waitingBytes - start.offset;
    for (const size of sizes.values()) sum += size;
    return sum;
  };

  /** Ends in the same turn in which it finds nothing: whoever appends later starts it anew. */
  const flush = async (): Promise<void> => {
    isFlushing = true;
    while (waiting.length > 0) {
      const some = waiting.splice(0);
      const bytes = some.reduce((sum, { framed }) => sum + framed.length, 0);
      try {
        if ((sizes.get(current) ?? 0) >= segmentBytes) await nextSegment();
        await file.writev(some.map(({ framed }) => framed));
        await file.datasync();
        sizes.set(current, (sizes.get(current) ?? 0) + bytes);
        for (const { done } of some) done();
      } catch (error) {
        const full = new CodedError('STORE_FULL', `${folder}: cannot write`, { cause: error });
        for (const { failed } of some) failed(full);
        await file.truncate(sizes.get(current) ?? 0).catch(() => undefined);
      }
      waitingBytes -= bytes;
    }
    isFlushing = false;
  };

  const nextSegment = async (): Promise<void> => {
    await file.close();
    current += 1;
    file = await open(join(folder, nameOf(current)), 'a');
    sizes.set(current, 0);
    await syncFolder(folder);
  };

  return {
    append(record) {
      const framed = frame(record);
      if (closed) return Promise.reject(new CodedError('ABORTED', 'the store is closed'));
      if (total() + framed.length > bytesMax) {
        const message = `${folder} holds its ${bytesMax} bytes`;
        return Promise.reject(new CodedError('STORE_FULL', message));
      }
      waitingBytes += framed.length;
      return new Promise<void>((done, failed) => {
        waiting.push({ framed, done, failed });
        if (!isFlushing) flushing = flush();
      });
    },
    read: (from, most) => readRecords(folder, sizes, from, most),
    async release(upTo) {
      start = upTo;
      await writeCursor(folder, upTo);
      for (const number of [...sizes.keys()]) {
        if (number >= upTo.segment) continue;
        sizes.delete(number);
        await rm(join(folder, nameOf(number)), { force: true });
      }
    },
    get start() {
      return start;
    },
    get bytes() {
      return total();
    },
    async close() {
      closed = true;
      await flushing;
      await file.close();
    },
  };
}

function frame(record: Uint8Array): Uint8Array {
  if (record.length > limits.spoolRecordBytesMax) {
    throw new CodedError(
      'REQUEST_TOO_LARGE',
      `a record is over ${limits.spoolRecordBytesMax} bytes`,
    );
  }
  const framed = Buffer.allocUnsafe(HEAD_BYTES + record.length);
  framed.writeUInt32BE(record.length, 0);
  framed.writeUInt32BE(crc32(record), 4);
  framed.set(record, HEAD_BYTES);
  return framed;
}

/** Records of one stretch of bytes; stops before one that is cut off or damaged. */
function unframe(bytes: Buffer, segment: number, base: number): SpoolRecord[] {
  const found: SpoolRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const end = at + HEAD_BYTES + length;
    if (length > limits.spoolRecordBytesMax || end > bytes.length) break;
    const record = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(record) !== bytes.readUInt32BE(at + 4)) break;
    at = end;
    found.push({ bytes: record, next: { segment, offset: base + at } });
  }
  return found;
}

async function readRecords(
  folder: string,
  sizes: ReadonlyMap<number, number>,
  from: SpoolPlace,
  bytesMax: number,
): Promise<readonly SpoolRecord[]> {
  let { segment, offset } = from;
  const last = Math.max(...sizes.keys());
  while (segment < last && offset >= (sizes.get(segment) ?? 0)) {
    segment += 1;
    offset = 0;
  }
  const size = sizes.get(segment) ?? 0;
  if (offset >= size) return [];
  const most = Math.max(bytesMax, limits.spoolRecordBytesMax + HEAD_BYTES);
  const bytes = Buffer.alloc(Math.min(size - offset, most));
  const file = await open(join(folder, nameOf(segment)), 'r');
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    const found = unframe(bytes.subarray(0, bytesRead), segment, offset);
    if (found.length === 0) throw damaged(folder, segment);
    return found;
  } finally {
    await file.close();
  }
}

async function segmentSizes(folder: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const name of (await readdir(folder)).sort()) {
    const number = NAME.exec(name)?.[1];
    if (number !== undefined) sizes.set(Number(number), (await stat(join(folder, name))).size);
  }
  return sizes;
}

/** After a crash the last segment may end inside a record that was never acknowledged. */
async function cutTornEnd(path: string): Promise<number> {
  const file = await open(path, 'a+');
  try {
    const valid = unframe(await readFile(path), 0, 0).at(-1)?.next.offset ?? 0;
    await file.truncate(valid);
    await file.datasync();
    return valid;
  } finally {
    await file.close();
  }
}

async function readCursor(folder: string): Promise<SpoolPlace> {
  let text: string;
  try {
    text = await readFile(join(folder, CURSOR_FILE), 'utf8');
  } catch {
    return { segment: 1, offset: 0 };
  }
  const match = /^\{"segment":(\d{1,12}),"offset":(\d{1,15})\}$/.exec(text);
  if (match === null) throw new CodedError('STORE_CORRUPT', `${folder}/${CURSOR_FILE} is damaged`);
  return { segment: Number(match[1]), offset: Number(match[2]) };
}

/** The whole file or the one before: written beside it, synced, renamed. */
async function writeCursor(folder: string, place: SpoolPlace): Promise<void> {
  const path = join(folder, CURSOR_FILE);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(JSON.stringify({ segment: place.segment, offset: place.offset }));
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nameOf(segment: number): string {
  return `${String(segment).padStart(12, '0')}.log`;
}

function damaged(folder: string, segment: number): CodedError {
  return new CodedError('STORE_CORRUPT', `${join(folder, nameOf(segment))} is damaged`);
}
