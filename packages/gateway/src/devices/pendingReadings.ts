import type { SpoolPlace, SpoolRecord } from '../store/spool.js';
import type { Reading } from './readingRow.js';
import { decodeEntry } from './spoolEntry.js';

/** A reading that has been read from the spool and is not dealt with yet. */
export interface PendingReading {
  readonly reading: Reading;
  readonly takenAt: number;
  readonly record: OpenRecord;
}

interface OpenRecord {
  readonly next: SpoolPlace;
  left: number;
}

/** The part of the spool that is in memory: bounded, by device, in the order of numbers. */
export interface PendingReadings {
  readonly size: number;
  /** Takes records in; gives back readings whose number waits already, same or not. */
  add(records: readonly SpoolRecord[]): readonly Repeated[];
  devices(): readonly string[];
  of(device: string): readonly PendingReading[];
  /** Dealt with, one way or the other. */
  finish(device: string, done: readonly PendingReading[]): void;
  /** Up to where everything has been dealt with; undefined when nothing new has. */
  takeFinished(): SpoolPlace | undefined;
  /** Where reading from the spool goes on. */
  readonly readFrom: SpoolPlace;
}

export interface Repeated {
  readonly device: string;
  readonly reading: Reading;
  readonly isSame: boolean;
}

/** An empty part, that begins at a place. */
export function createPendingReadings(start: SpoolPlace): PendingReadings {
  const byDevice = new Map<string, PendingReading[]>();
  const records: OpenRecord[] = [];
  let readFrom = start;
  let size = 0;
  return {
    get size() {
      return size;
    },
    get readFrom() {
      return readFrom;
    },
    add(found) {
      const repeated: Repeated[] = [];
      for (const { bytes, next } of found) {
        const { device, takenAt, readings } = decodeEntry(bytes);
        const record: OpenRecord = { next, left: readings.length };
        records.push(record);
        const list = byDevice.get(device) ?? [];
        byDevice.set(device, list);
        for (const reading of readings) {
          const other = insert(list, { reading, takenAt, record });
          if (other === undefined) {
            size += 1;
            continue;
          }
          record.left -= 1;
          repeated.push({ device, reading, isSame: isSameReading(other, reading) });
        }
        readFrom = next;
      }
      return repeated;
    },
    devices: () => [...byDevice.keys()],
    of: (device) => byDevice.get(device) ?? [],
    finish(device, done) {
      const gone = new Set(done);
      const left = (byDevice.get(device) ?? []).filter((one) => !gone.has(one));
      if (left.length === 0) byDevice.delete(device);
      else byDevice.set(device, left);
      for (const { record } of gone) record.left -= 1;
      size -= gone.size;
    },
    takeFinished() {
      let reached: SpoolPlace | undefined;
      let count = 0;
      for (const record of records) {
        if (record.left > 0) break;
        reached = record.next;
        count += 1;
      }
      records.splice(0, count);
      return reached;
    },
  };
}

/** Whether two readings say the same. */
export function isSameReading(a: Reading, b: Reading): boolean {
  return (
    a.seq === b.seq &&
    a.time === b.time &&
    a.kind === b.kind &&
    a.values.length === b.values.length &&
    a.values.every((value, at) => value === b.values[at])
  );
}

/** Puts a reading in its place; readings mostly come in order. Gives the one that is there. */
function insert(list: PendingReading[], pending: PendingReading): Reading | undefined {
  const { seq } = pending.reading;
  let at = list.length;
  while (at > 0 && (list[at - 1]?.reading.seq ?? 0) > seq) at -= 1;
  const before = list[at - 1]?.reading;
  if (before?.seq === seq) return before;
  list.splice(at, 0, pending);
  return undefined;
}
