import { mkdir, rm } from 'node:fs/promises';
import { CodedError, limits } from '@triflow/protocol';
import { readCursor, writeCursor } from './spoolCursor.js';
import { frame, type SpoolPlace, type SpoolRecord } from './spoolFrames.js';
import {
  cutTornEnd,
  damagedSegment,
  readRecords,
  type SpoolDamage,
  segmentPath,
  segmentSizes,
} from './spoolSegments.js';
import { SpoolWriter } from './spoolWriter.js';

export type { SpoolPlace, SpoolRecord } from './spoolFrames.js';

export interface SpoolOptions {
  readonly folder: string;
  readonly bytesMax: number;
  readonly segmentBytes?: number;
  /** Told of bytes that are no record and were passed over. */
  readonly onDamage?: (damage: SpoolDamage) => void;
}

/**
 * A queue of records on disk, first in first out. Records are durable before `append` resolves;
 * appends that come together share one sync. What has been `release`d is deleted by whole
 * segments. A torn end after a crash is cut off; damage elsewhere is told and passed over.
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
  /** What stood behind the last whole record when it was opened: kept in a file of its own. */
  readonly cutBytes: number;
  close(): Promise<void>;
}

/** Opens a spool, or makes it. Throws `STORE_CORRUPT`. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, bytesMax, segmentBytes = limits.spoolSegmentBytes } = options;
  const { onDamage = () => undefined } = options;
  await mkdir(folder, { recursive: true });
  const sizes = await segmentSizes(folder);
  let start = await readCursor(folder);
  const last = Math.max(start.segment, ...sizes.keys(), 1);
  const { size, cutBytes } = await cutTornEnd(folder, last);
  sizes.set(last, size);
  if (start.segment === last && start.offset > size) throw damagedSegment(folder, last);
  const writer = new SpoolWriter(folder, sizes, segmentBytes);
  let closed = false;
  const total = (): number => {
    let sum = writer.waitingBytes - start.offset;
    for (const bytes of sizes.values()) sum += bytes;
    return sum;
  };
  return {
    cutBytes,
    append(record) {
      const framed = frame(record);
      if (closed) return Promise.reject(new CodedError('ABORTED', 'the store is closed'));
      if (total() + framed.length <= bytesMax) return writer.append(framed);
      const message = `${folder} holds its ${bytesMax} bytes`;
      return Promise.reject(new CodedError('STORE_FULL', message));
    },
    read: (from, most) => readRecords(folder, sizes, from, most, onDamage),
    async release(upTo) {
      start = upTo;
      await writeCursor(folder, upTo);
      for (const segment of [...sizes.keys()].filter((number) => number < upTo.segment)) {
        sizes.delete(segment);
        await rm(segmentPath(folder, segment), { force: true });
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
      await writer.close();
    },
  };
}
