import type { Archive, ArchivedBatch } from '../store/archive.js';
import type { DeviceDirectory } from './deviceDirectory.js';
import { isSameReading } from './pendingReadings.js';
import type { Reading } from './readingRow.js';

/** What a reading is whose number the chain has passed. */
export type PastVerdict = 'duplicate' | 'conflict' | 'late';

export interface PastParts {
  readonly archive: Pick<Archive, 'find'>;
  readonly directory: Pick<DeviceDirectory, 'coverage'>;
}

type Span = Awaited<ReturnType<DeviceDirectory['coverage']>>;

/**
 * Judges readings at or before a device's last number: the chain has them, or has others under
 * their numbers, or they came too late behind a gap. What is no longer in the archive is asked of
 * the chain, which knows the numbers of a batch and not always what they say.
 */
export async function judgePast<T extends { readonly reading: Reading }>(
  device: string,
  past: readonly T[],
  { archive, directory }: PastParts,
): Promise<readonly (readonly [T, PastVerdict])[]> {
  let kept = new Map<number, Reading[]>();
  let span: Span;
  const verdictOf = async (reading: Reading): Promise<PastVerdict> => {
    if (!kept.has(reading.seq)) kept = byNumber(await archive.find(device, reading.seq));
    const same = kept.get(reading.seq);
    if (same?.some((other) => isSameReading(other, reading)) === true) return 'duplicate';
    if (same !== undefined) return 'conflict';
    if (!covers(span, reading.seq)) span = await directory.coverage(device, reading.seq);
    return covers(span, reading.seq) ? 'duplicate' : 'late';
  };
  const judged: (readonly [T, PastVerdict])[] = [];
  for (const one of past) judged.push([one, await verdictOf(one.reading)]);
  return judged;
}

function byNumber(batches: readonly ArchivedBatch[]): Map<number, Reading[]> {
  const found = new Map<number, Reading[]>();
  for (const { readings } of batches) {
    for (const reading of readings) {
      found.set(reading.seq, [...(found.get(reading.seq) ?? []), reading]);
    }
  }
  return found;
}

function covers(span: Span, seq: number): boolean {
  if (span === undefined || seq < span.fromSeq || seq > span.toSeq) return false;
  return !span.gaps.some((gap) => gap.fromSeq <= seq && seq <= gap.toSeq);
}
