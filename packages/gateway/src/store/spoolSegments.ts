import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import {
  FRAME_BYTES_MAX,
  nextWhole,
  type SpoolPlace,
  type SpoolRecord,
  unframe,
} from './spoolFrames.js';

const NAME = /^(\d{12})\.log$/;

/** The segments of a spool: how many bytes of each are records. */
export type SegmentSizes = ReadonlyMap<number, number>;

/** The file of a segment. */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(12, '0')}.log`);
}

/** The segments in a folder, in their order. */
export async function segmentSizes(folder: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const name of (await readdir(folder)).sort()) {
    const number = NAME.exec(name)?.[1];
    if (number !== undefined) sizes.set(Number(number), (await stat(join(folder, name))).size);
  }
  return sizes;
}

/** Bytes that are no record although records follow: what was there is lost, and is told. */
export interface SpoolDamage {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * After a crash the last segment may end inside a record that was never acknowledged: what stands
 * behind its last whole record is cut off, and kept in a file beside it for people to look at.
 */
export async function cutTornEnd(
  folder: string,
  segment: number,
): Promise<{ readonly size: number; readonly cutBytes: number }> {
  const path = segmentPath(folder, segment);
  const file = await open(path, 'a+');
  try {
    const bytes = await readFile(path);
    const size = endOfRecords(bytes);
    const cutBytes = bytes.length - size;
    if (cutBytes > 0) await writeFile(`${path}.cut-at-${size}`, bytes.subarray(size));
    await file.truncate(size);
    await file.datasync();
    return { size, cutBytes };
  } finally {
    await file.close();
  }
}

/**
 * Records from a place on. Damage is kept in a file beside the segment, told, and passed over:
 * one bit must not keep back all that was taken after it.
 */
export async function readRecords(
  folder: string,
  sizes: SegmentSizes,
  from: SpoolPlace,
  bytesMax: number,
  onDamage: (damage: SpoolDamage) => void,
): Promise<readonly SpoolRecord[]> {
  const { segment, offset } = placeOfNext(sizes, from);
  const size = sizes.get(segment) ?? 0;
  if (offset >= size) return [];
  const path = segmentPath(folder, segment);
  const bytes = await readPart(path, offset, Math.min(size - offset, readLength(bytesMax)));
  const found = unframe(bytes, { segment, offset });
  if (found.length > 0) return found;
  const rest = await readPart(path, offset, size - offset);
  const skipped = nextWhole(rest, 1) ?? size - offset;
  await writeFile(`${path}.damaged-at-${offset}`, rest.subarray(0, skipped));
  onDamage({ segment, offset, bytes: skipped });
  const next = { segment, offset: offset + skipped };
  return readRecords(folder, sizes, next, bytesMax, onDamage);
}

/** What to throw for a segment that holds what is no record. */
export function damagedSegment(folder: string, segment: number): CodedError {
  return new CodedError('STORE_CORRUPT', `${segmentPath(folder, segment)} is damaged`);
}

function endOfRecords(bytes: Buffer): number {
  const place = (offset: number): SpoolPlace => ({ segment: 1, offset });
  let end = 0;
  let next: number | undefined = 0;
  while (next !== undefined) {
    end = unframe(bytes.subarray(next), place(next)).at(-1)?.next.offset ?? end;
    next = nextWhole(bytes, Math.max(end, next + 1));
  }
  return end;
}

function readLength(bytesMax: number): number {
  return Math.max(bytesMax, FRAME_BYTES_MAX);
}

async function readPart(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** At the end of a segment, the beginning of the next. */
function placeOfNext(sizes: SegmentSizes, { segment, offset }: SpoolPlace): SpoolPlace {
  const last = Math.max(...sizes.keys());
  let at = segment;
  while (at < last && (at > segment ? 0 : offset) >= (sizes.get(at) ?? 0)) at += 1;
  return { segment: at, offset: at > segment ? 0 : offset };
}
