import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const DIGITS = 16;
const NAME = /^(\d{16})-(\d{1,9})\.(kept|sent)$/;

/** A batch on disk: its last number, the blocks of disk that it takes, whether it is anchored. */
export interface ArchiveEntry {
  readonly toSeq: number;
  readonly blocks: number;
  readonly anchored: boolean;
}

/** One device's batches in the order of their numbers: 16 bytes of memory each. */
interface DeviceEntries {
  /** Numbers only, packed: a full archive holds millions. */
  readonly toSeqs: number[];
  /** Twice the blocks, and one more when it is anchored. */
  readonly packed: number[];
  spare: number;
}

/** Which batches are on disk, held in memory so that a search reads no directory. */
export interface ArchiveIndex {
  readonly devices: Map<string, DeviceEntries>;
  /** Of disk, all batches together. */
  blocks: number;
}

/** Puts a batch in its place; one of the same number and kind gives way. */
export function addEntry(index: ArchiveIndex, device: string, entry: ArchiveEntry): void {
  removeEntry(index, device, entry);
  const { toSeq, blocks, anchored } = entry;
  const entries = index.devices.get(device) ?? { toSeqs: [], packed: [], spare: 0 };
  index.devices.set(device, entries);
  const at = firstFrom(entries.toSeqs, toSeq);
  entries.toSeqs.splice(at, 0, toSeq);
  entries.packed.splice(at, 0, blocks * 2 + (anchored ? 1 : 0));
  if (!anchored) entries.spare += 1;
  index.blocks += blocks;
}

/** Takes out the batch of a number and kind; gives what was there. */
export function removeEntry(
  index: ArchiveIndex,
  device: string,
  { toSeq, anchored }: Pick<ArchiveEntry, 'toSeq' | 'anchored'>,
): ArchiveEntry | undefined {
  const entries = index.devices.get(device);
  const near = entriesFrom(index, device, toSeq, 2);
  const place = near.findIndex((entry) => entry.toSeq === toSeq && entry.anchored === anchored);
  const found = near[place];
  if (found === undefined || entries === undefined) return undefined;
  const at = firstFrom(entries.toSeqs, toSeq) + place;
  entries.toSeqs.splice(at, 1);
  entries.packed.splice(at, 1);
  if (!anchored) entries.spare -= 1;
  if (entries.toSeqs.length === 0) index.devices.delete(device);
  index.blocks -= found.blocks;
  return found;
}

/** The first batches of a device that reach as far as a number. */
export function entriesFrom(
  index: ArchiveIndex,
  device: string,
  seq: number,
  most: number,
): readonly ArchiveEntry[] {
  const entries = index.devices.get(device);
  if (entries === undefined) return [];
  const at = firstFrom(entries.toSeqs, seq);
  return entries.toSeqs.slice(at, at + most).map((toSeq, place) => {
    const packed = entries.packed[at + place] ?? 0;
    return { toSeq, blocks: Math.floor(packed / 2), anchored: packed % 2 === 1 };
  });
}

/** Takes out the oldest batch that may go, of one device after the other. */
export function takeSpare(
  index: ArchiveIndex,
): { readonly device: string; readonly entry: ArchiveEntry } | undefined {
  for (const [device, entries] of index.devices) {
    if (entries.spare === 0) continue;
    const at = entries.packed.findIndex((packed) => packed % 2 === 0);
    const toSeq = entries.toSeqs[at] ?? 0;
    const entry = removeEntry(index, device, { toSeq, anchored: false });
    if (entry === undefined) return undefined;
    // The device goes to the end of the row, so that all give in turn.
    if (index.devices.delete(device)) index.devices.set(device, entries);
    return { device, entry };
  }
  return undefined;
}

/** The file name of a batch: it tells all that the index holds. */
export function archiveFileName({ toSeq, blocks, anchored }: ArchiveEntry): string {
  return `${String(toSeq).padStart(DIGITS, '0')}-${blocks}.${anchored ? 'kept' : 'sent'}`;
}

/** Reads the names of what is in a folder; no file is opened. */
export async function readArchiveIndex(folder: string): Promise<ArchiveIndex> {
  const index: ArchiveIndex = { devices: new Map(), blocks: 0 };
  for (const device of await readdir(folder)) {
    for (const name of (await readdir(join(folder, device))).sort()) {
      const [, toSeq, blocks, kind] = NAME.exec(name) ?? [];
      if (kind === undefined) continue;
      const anchored = kind === 'kept';
      addEntry(index, device, { toSeq: Number(toSeq), blocks: Number(blocks), anchored });
    }
  }
  return index;
}

/** Where the first number stands that is not below another. */
function firstFrom(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
