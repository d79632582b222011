import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CodedError,
  decodeCanonical,
  encodeCanonical,
  isCborMap,
  isCodedError,
} from '@triflow/protocol';
import { type Reading, readingOfRow, readingRowSchema, rowOf } from '../devices/readingRow.js';
import {
  type ArchiveEntry,
  addEntry,
  archiveFileName,
  entriesFrom,
  readArchiveIndex,
  removeEntry,
  takeSpare,
} from './archiveIndex.js';
import { syncFolder } from './syncFolder.js';

/** What a file takes of a disk at least, and by steps of this. */
const BLOCK_BYTES = 4_096;
/** Beside the batch that was committed, tries that were cut otherwise may reach as far. */
const TRIES_MAX = 8;

export interface ArchivedBatch {
  readonly device: string;
  /** Of the last reading. */
  readonly toSeq: number;
  readonly anchored: boolean;
  readonly readings: readonly Reading[];
}

/** Readings of batches as they were committed to, kept so that each can be proved. */
export interface Archive {
  /**
   * Durable when it resolves. Throws `STORE_FULL` over the bound: then batches whose readings are
   * in their transactions make room first, anchored ones never.
   */
  save(batches: readonly ArchivedBatch[]): Promise<void>;
  /**
   * Batches that hold a number, the shortest first: mostly one. More when a batch was cut
   * otherwise after trouble; the chain knows which it has.
   */
  find(device: string, seq: number): Promise<readonly ArchivedBatch[]>;
  /** Whether something is kept that reaches as far as a number. */
  reaches(device: string, seq: number): boolean;
  /** For a batch that was not committed. */
  remove(batch: ArchivedBatch): Promise<void>;
  /** It was committed: tries of the same numbers that were not are deleted. */
  settle(batch: ArchivedBatch): Promise<void>;
  /** Of disk, in whole blocks. */
  readonly bytes: number;
}

/** Opens an archive, or makes it. */
export async function openArchive(folder: string, bytesMax: number): Promise<Archive> {
  await mkdir(folder, { recursive: true });
  const index = await readArchiveIndex(folder);
  const blocksMax = Math.floor(bytesMax / BLOCK_BYTES);
  const pathOf = (device: string, entry: ArchiveEntry): string => {
    return join(folder, device, archiveFileName(entry));
  };
  const drop = async (device: string, entry: Omit<ArchiveEntry, 'blocks'>): Promise<void> => {
    const known = removeEntry(index, device, entry);
    if (known !== undefined) await rm(pathOf(device, known), { force: true });
  };
  /** Counts a batch in before it is written, so that those written beside it see it. */
  const reserve = async (device: string, entry: ArchiveEntry): Promise<void> => {
    while (index.blocks + entry.blocks > blocksMax) {
      const spare = takeSpare(index);
      if (spare === undefined) {
        throw new CodedError('STORE_FULL', `${folder} holds its ${bytesMax} bytes of readings`);
      }
      await rm(pathOf(spare.device, spare.entry), { force: true });
    }
    addEntry(index, device, entry);
  };
  const saveOne = async (batch: ArchivedBatch): Promise<void> => {
    const { device, toSeq, anchored } = batch;
    const bytes = encodeBatch(batch);
    const entry = { toSeq, blocks: Math.ceil(bytes.length / BLOCK_BYTES), anchored };
    const before = removeEntry(index, device, entry);
    try {
      await reserve(device, entry);
      const made = await mkdir(join(folder, device), { recursive: true });
      if (made !== undefined) await syncFolder(folder);
      await writeSynced(pathOf(device, entry), bytes);
    } catch (cause) {
      removeEntry(index, device, entry);
      if (before !== undefined) addEntry(index, device, before);
      if (isCodedError(cause)) throw cause;
      throw new CodedError('STORE_FULL', `${folder}: cannot write`, { cause });
    }
    if (before === undefined || before.blocks === entry.blocks) return;
    await rm(pathOf(device, before), { force: true });
  };
  return {
    async save(batches) {
      await Promise.all(batches.map(saveOne));
      const folders = new Set(batches.map(({ device }) => join(folder, device)));
      await Promise.all([...folders].map(syncFolder));
    },
    async find(device, seq) {
      const found: ArchivedBatch[] = [];
      for (const entry of entriesFrom(index, device, seq, TRIES_MAX)) {
        const readings = await readBatch(pathOf(device, entry));
        if (readings?.some((reading) => reading.seq === seq) !== true) continue;
        found.push({ device, toSeq: entry.toSeq, anchored: entry.anchored, readings });
      }
      return found;
    },
    reaches: (device, seq) => entriesFrom(index, device, seq, 1).length > 0,
    remove: (batch) => drop(batch.device, batch),
    async settle({ device, toSeq, readings }) {
      for (const entry of entriesFrom(index, device, readings[0]?.seq ?? toSeq, TRIES_MAX)) {
        if (entry.toSeq < toSeq) await drop(device, entry);
      }
    },
    get bytes() {
      return index.blocks * BLOCK_BYTES;
    },
  };
}

function encodeBatch({ device, readings }: ArchivedBatch): Uint8Array {
  return encodeCanonical({ device, readings: readings.map(rowOf) });
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readBatch(path: string): Promise<readonly Reading[] | undefined> {
  let content: Uint8Array;
  try {
    content = await readFile(path);
  } catch {
    return undefined;
  }
  const decoded = decodeCanonical(content);
  const rows = decoded.ok && isCborMap(decoded.value) ? decoded.value.readings : undefined;
  const parsed = readingRowSchema.array().safeParse(rows);
  if (!parsed.success) throw new CodedError('STORE_CORRUPT', `${path} is damaged`);
  return parsed.data.map(readingOfRow);
}
