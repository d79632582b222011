import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { FRAME_BYTES_MAX, type SpoolPlace, type SpoolRecord, unframe } from './spoolFrames.js';

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

/**
 * After a crash the last segment may end inside a record that was never acknowledged: what is no
 * record is cut off there, and kept in a file beside it for people to look at.
 */
export async function cutTornEnd(
  folder: string,
  segment: number,
): Promise<{ readonly size: number; readonly cutBytes: number }> {
  const path = segmentPath(folder, segment);
  const file = await open(path, 'a+');
  try {
    const bytes = await readFile(path);
    const size = unframe(bytes, { segment, offset: 0 }).at(-1)?.next.offset ?? 0;
    const cutBytes = bytes.length - size;
    if (cutBytes > 0) await writeFile(`${path}.cut-at-${size}`, bytes.subarray(size));
    await file.truncate(size);
    await file.datasync();
    return { size, cutBytes };
  } finally {
    await file.close();
  }
}

/** Records from a place on. Throws `STORE_CORRUPT` where there should be one and is none. */
export async function readRecords(
  folder: string,
  sizes: SegmentSizes,
  from: SpoolPlace,
  bytesMax: number,
): Promise<readonly SpoolRecord[]> {
  const { segment, offset } = placeOfNext(sizes, from);
  const size = sizes.get(segment) ?? 0;
  if (offset >= size) return [];
  const bytes = Buffer.alloc(Math.min(size - offset, Math.max(bytesMax, FRAME_BYTES_MAX)));
  const file = await open(segmentPath(folder, segment), 'r');
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    const found = unframe(bytes.subarray(0, bytesRead), { segment, offset });
    if (found.length === 0) throw damagedSegment(folder, segment);
    return found;
  } finally {
    await file.close();
  }
}

/** What to throw for a segment that holds what is no record. */
export function damagedSegment(folder: string, segment: number): CodedError {
  return new CodedError('STORE_CORRUPT', `${segmentPath(folder, segment)} is damaged`);
}

/** At the end of a segment, the beginning of the next. */
function placeOfNext(sizes: SegmentSizes, { segment, offset }: SpoolPlace): SpoolPlace {
  const last = Math.max(...sizes.keys());
  let at = segment;
  while (at < last && (at > segment ? 0 : offset) >= (sizes.get(at) ?? 0)) at += 1;
  return { segment: at, offset: at > segment ? 0 : offset };
}
