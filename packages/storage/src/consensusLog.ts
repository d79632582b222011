import { join } from 'node:path';
import { assert, limits } from '@triflow/protocol';
import type { FileSystem, OpenFile } from './fileSystem.js';
import {
  encodeFileHead,
  encodeLogRecord,
  type LogDamage,
  type LogRecord,
  scanLog,
} from './logRecords.js';
import { storeClosed, storeCorrupt, storeFull } from './storeErrors.js';

/** The log's file in its directory. */
export const LOG_NAME = 'consensus.log';
const NEW_LOG_NAME = 'consensus.log.new';

/** Inputs and sign slots of one height, in one file (P4, P12). */
export interface ConsensusLog {
  readonly height: number;
  /** Buffers a record, copying the payload; at most `limits.logRecordBytesMax`. */
  append(type: number, payload: Uint8Array): void;
  /** Makes everything appended so far durable. After any error every later call fails too (P9). */
  flush(): Promise<void>;
  /** Replaces the file atomically by one for another height; what was not flushed is gone. */
  rotate(height: number, initial: readonly LogRecord[]): Promise<void>;
  /** Flushes what can be flushed and closes the file. */
  close(): Promise<void>;
}

export interface OpenedLog {
  readonly log: ConsensusLog;
  /** The log's own height; the expected one when its head is damaged. */
  readonly height: number;
  /** Good records up to the end or the first bad one. */
  readonly records: LogRecord[];
  /** Something never flushed stood at the end and was removed. */
  readonly tornTail: boolean;
  /** The log cannot be trusted: sign nothing (P10). It then takes no records, only `rotate`. */
  readonly damage?: LogDamage;
}

interface LogPlace {
  readonly fs: FileSystem;
  readonly dir: string;
}

/** Whether a directory has a consensus log: a validator's key without one is quarantined (P10). */
export async function hasConsensusLog({ fs, dir }: LogPlace): Promise<boolean> {
  return (await fs.list(dir)).includes(LOG_NAME);
}

/**
 * Opens the log and reads it back, removing a torn tail. Throws STORE_CORRUPT when there is none:
 * ask `hasConsensusLog` first.
 */
export async function openConsensusLog(
  options: LogPlace & { readonly height: number },
): Promise<OpenedLog> {
  const { fs, dir } = options;
  const path = join(dir, LOG_NAME);
  const bytes = await fs.read(path);
  if (bytes === undefined) throw storeCorrupt(`there is no consensus log in ${dir}`, { dir });
  if (bytes.length > limits.logBytesMax + limits.logRecordBytesMax) {
    throw storeCorrupt(`the consensus log in ${dir} is over its maximum size`, { dir });
  }
  const { records, end, rest, height = options.height } = scanLog(bytes);
  const file = await fs.open(path, 'existing');
  const tornTail = rest === 'torn';
  if (tornTail) {
    await file.truncate(end);
    await file.sync('all');
  }
  const isDamaged = rest !== 'none' && rest !== 'torn';
  const log = new FileLog(options, file, { height, records: records.length, end }, isDamaged);
  const opened = { log, height, records, tornTail };
  return isDamaged ? { ...opened, damage: rest } : opened;
}

/** Creates a log, or atomically replaces the one that is there (P8, P12). */
export async function createConsensusLog(
  options: LogPlace & { readonly height: number; readonly initial: readonly LogRecord[] },
): Promise<ConsensusLog> {
  await options.fs.createDirectory(options.dir);
  const { file, place } = await writeLog(options, options.height, options.initial);
  return new FileLog(options, file, place, false);
}

interface LogEnd {
  readonly height: number;
  readonly records: number;
  readonly end: number;
}

class FileLog implements ConsensusLog {
  readonly #at: LogPlace;
  #file: OpenFile;
  #height: number;
  #sequence: number;
  /** Records before this number are durable. */
  #synced: number;
  #end: number;
  #buffer: Uint8Array[] = [];
  #bufferBytes = 0;
  #isUnsynced = false;
  #isDamaged: boolean;
  #failure: Error | undefined;
  #isClosed = false;
  /** All file work, one after another. */
  #work: Promise<void> = Promise.resolve();

  constructor(at: LogPlace, file: OpenFile, place: LogEnd, isDamaged: boolean) {
    this.#at = at;
    this.#file = file;
    this.#height = place.height;
    this.#sequence = place.records;
    this.#synced = place.records;
    this.#end = place.end;
    this.#isDamaged = isDamaged;
  }

  get height(): number {
    return this.#height;
  }

  append(type: number, payload: Uint8Array): void {
    this.#requireUsable();
    const place = { height: this.#height, sequence: this.#sequence, synced: this.#synced };
    const bytes = encodeLogRecord({ type, payload }, place);
    if (this.#end + this.#bufferBytes + bytes.length > limits.logBytesMax) {
      throw this.#fail(storeFull('writing the consensus log over limits.logBytesMax'));
    }
    this.#sequence += 1;
    this.#buffer.push(bytes);
    this.#bufferBytes += bytes.length;
    if (this.#bufferBytes < limits.logBufferBytesMax) return;
    // Too much to keep in memory: written early, durable with the next flush, which also reports.
    this.#enqueue(() => this.#write()).catch(() => undefined);
  }

  async flush(): Promise<void> {
    this.#requireUsable();
    await this.#enqueue(async () => {
      await this.#write();
      if (!this.#isUnsynced) return;
      const written = this.#sequence - this.#buffer.length;
      await this.#file.sync('data');
      this.#synced = written;
      this.#isUnsynced = false;
    });
  }

  async rotate(height: number, initial: readonly LogRecord[]): Promise<void> {
    assert(height >= this.#height, 'rotate: a log never goes back');
    this.#requireOpen();
    await this.#enqueue(async () => {
      this.#buffer = [];
      this.#bufferBytes = 0;
      const before = this.#file;
      const { file, place } = await writeLog(this.#at, height, initial);
      this.#file = file;
      this.#height = height;
      this.#sequence = place.records;
      this.#synced = place.records;
      this.#end = place.end;
      this.#isUnsynced = false;
      this.#isDamaged = false;
      await before.close();
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const isFlushable = this.#failure === undefined && !this.#isDamaged;
    const flushed = isFlushable ? this.flush() : this.#work;
    this.#isClosed = true;
    try {
      await flushed;
    } finally {
      await this.#file.close();
    }
  }

  /** One large write for all that has gathered. */
  async #write(): Promise<void> {
    if (this.#buffer.length === 0) return;
    const bytes = Buffer.concat(this.#buffer);
    this.#buffer = [];
    this.#bufferBytes = 0;
    const offset = this.#end;
    this.#end += bytes.length;
    this.#isUnsynced = true;
    await this.#file.write(offset, bytes);
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await step();
      } catch (error) {
        throw this.#fail(error);
      }
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  #fail(error: unknown): Error {
    this.#failure ??= storeFull('writing the consensus log', error);
    return this.#failure;
  }

  #requireOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isClosed) throw storeClosed();
  }

  #requireUsable(): void {
    this.#requireOpen();
    if (this.#isDamaged) throw storeCorrupt('the consensus log is damaged', { dir: this.#at.dir });
  }
}

/** A complete new file, durable before its name is, and its name before anything else (P8). */
async function writeLog(
  { fs, dir }: LogPlace,
  height: number,
  initial: readonly LogRecord[],
): Promise<{ file: OpenFile; place: LogEnd }> {
  const parts = initial.map((record, sequence) =>
    encodeLogRecord(record, { height, sequence, synced: initial.length }),
  );
  const bytes = Buffer.concat([encodeFileHead(height), ...parts]);
  const path = join(dir, NEW_LOG_NAME);
  const file = await fs.open(path, 'truncate');
  await file.write(0, bytes);
  await file.sync('all');
  await fs.rename(path, join(dir, LOG_NAME));
  await fs.syncDirectory(dir);
  return { file, place: { height, records: initial.length, end: bytes.length } };
}
