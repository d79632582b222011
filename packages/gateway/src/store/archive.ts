import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, decodeCanonical, encodeCanonical, isCborMap } from '@triflow/protocol';
import { type Reading, readingOfRow, readingRowSchema, rowOf } from '../devices/readingRow.js';

const DIGITS = 16;

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
  save(batch: ArchivedBatch): Promise<void>;
  load(device: string, toSeq: number): Promise<ArchivedBatch | undefined>;
  /** The first batch that reaches as far as a number, if it is kept. */
  find(device: string, seq: number): Promise<ArchivedBatch | undefined>;
  /** For a batch that was not committed. */
  remove(batch: ArchivedBatch): Promise<void>;
  readonly bytes: number;
}

/** Opens an archive, or makes it. */
export async function openArchive(folder: string, bytesMax: number): Promise<Archive> {
  await mkdir(folder, { recursive: true });
  /** Batches that may be deleted, oldest first, with their sizes. */
  const spare = new Map<string, number>();
  let bytes = 0;
  for (const device of (await readdir(folder)).sort()) {
    for (const name of (await readdir(join(folder, device))).sort()) {
      const path = join(folder, device, name);
      const { size } = await stat(path);
      bytes += size;
      if (name.endsWith('.sent')) spare.set(path, size);
    }
  }
  const makeRoom = async (wanted: number): Promise<void> => {
    for (const [path, size] of spare) {
      if (bytes + wanted <= bytesMax) return;
      await rm(path, { force: true });
      spare.delete(path);
      bytes -= size;
    }
    if (bytes + wanted > bytesMax) {
      throw new CodedError('STORE_FULL', `${folder} holds its ${bytesMax} bytes of readings`);
    }
  };
  const load: Archive['load'] = async (device, toSeq) => {
    for (const anchored of [true, false]) {
      const wanted = { device, toSeq, anchored };
      const found = await readBatch(pathOf(folder, wanted));
      if (found !== undefined) return { ...wanted, readings: found };
    }
    return undefined;
  };
  return {
    load,
    async save(batch) {
      const path = pathOf(folder, batch);
      const content = encodeCanonical({
        device: batch.device,
        readings: batch.readings.map(rowOf),
      });
      await makeRoom(content.length);
      await mkdir(join(folder, batch.device), { recursive: true });
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(content);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      bytes += content.length;
      if (!batch.anchored) spare.set(path, content.length);
    },
    async find(device, seq) {
      const last = await toSeqAfter(join(folder, device), seq);
      return last === undefined ? undefined : load(device, last);
    },
    async remove(batch) {
      const path = pathOf(folder, batch);
      const size = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
      await rm(path, { force: true });
      spare.delete(path);
      bytes -= size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function pathOf(
  folder: string,
  { device, toSeq, anchored }: Omit<ArchivedBatch, 'readings'>,
): string {
  const name = String(toSeq).padStart(DIGITS, '0');
  return join(folder, device, `${name}.${anchored ? 'kept' : 'sent'}`);
}

async function toSeqAfter(folder: string, seq: number): Promise<number | undefined> {
  const wanted = String(seq).padStart(DIGITS, '0');
  const names = await readdir(folder).catch((): string[] => []);
  let best: string | undefined;
  for (const name of names) {
    const digits = name.slice(0, DIGITS);
    if (name.endsWith('.new') || digits < wanted) continue;
    if (best === undefined || digits < best) best = digits;
  }
  return best === undefined ? undefined : Number(best);
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
