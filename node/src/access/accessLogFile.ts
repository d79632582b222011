import { copyFile, type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessLog, AccessLogQuery, LoggedRead } from '@triflow/api';
import { merkleRoot } from '@triflow/crypto';
import { CodedError, encodeCanonical, hexFromBytes, limits } from '@triflow/protocol';
import {
  type Entry,
  entryAfter,
  type LogBase,
  lineOf,
  readLines,
  textOf,
} from './accessLogLines.js';

const FILE = 'access.log';

/** What `governance.anchor_access_log` takes: the entries from and to, and their Merkle root. */
export interface AccessLogAnchor {
  readonly from: number;
  readonly to: number;
  /** RFC 9162 root over the entries' hashes, `sha256:` and hexadecimal. */
  readonly root: string;
}

export interface AnchoredAccessLog extends AccessLog {
  /** The entries that no anchor covers yet; undefined when there are none. */
  pendingAnchor(): AccessLogAnchor | undefined;
  /** Remembers that the chain holds the anchor up to an entry. */
  noteAnchored(to: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The log of privileged reads (domain section 6): a line an entry, each with the hash of the one
 * before, on disk before the answer leaves. Opening checks the whole chain; an altered, missing or
 * reordered entry is STORE_CORRUPT. Without a folder it lives in memory. Over `bytesMax` the oldest
 * entries that are anchored on chain go; what no anchor covers stays, and a log full of that is
 * STORE_FULL.
 */
export async function openAccessLog(
  folder: string | undefined,
  bytesMax: number = limits.accessLogBytesMax,
): Promise<AnchoredAccessLog> {
  const file = folder === undefined ? memoryFile : await openFile(folder);
  const log = await openLog(file, bytesMax);
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    append: (read) => inTurn(() => log.append((last) => entryAfter(last, read))),
    query: async (wanted) => log.select(wanted),
    pendingAnchor: () => log.pendingAnchor(),
    noteAnchored: (to) => inTurn(() => log.noteAnchored(to)),
    close: async () => {
      await turn;
      await file.close();
    },
  };
}

/** The bytes behind a log. */
interface LogBytes {
  /** What stands there, without a torn end. */
  readonly text: string;
  readonly path: string;
  /** Durable when it resolves. */
  append(line: string): Promise<void>;
  /** All of it at once, in the place of what was there. */
  replace(text: string): Promise<void>;
  close(): Promise<void>;
}

const memoryFile: LogBytes = {
  text: '',
  path: 'memory',
  append: async () => undefined,
  replace: async () => undefined,
  close: async () => undefined,
};

class LogFile {
  readonly #file: LogBytes;
  readonly #bytesMax: number;
  #base: LogBase;
  #entries: Entry[];
  #anchoredTo: number;
  #bytes: number;

  constructor(file: LogBytes, bytesMax: number) {
    const { base, entries, anchoredTo } = readLines(file.text, file.path);
    this.#file = file;
    this.#bytesMax = bytesMax;
    this.#base = base;
    this.#entries = [...entries];
    this.#anchoredTo = anchoredTo;
    this.#bytes = Buffer.byteLength(file.text);
  }

  async append(make: (last: LogBase) => Entry): Promise<void> {
    const entry = make(this.#entries.at(-1) ?? this.#base);
    const line = lineOf(entry);
    if (this.#bytes + line.length > this.#bytesMax) await this.#dropAnchored();
    if (this.#bytes + line.length > this.#bytesMax) {
      const message = 'the access log is full of entries that no anchor on chain covers';
      throw new CodedError('STORE_FULL', message, { details: { anchoredTo: this.#anchoredTo } });
    }
    await this.#write(line);
    this.#entries.push(entry);
  }

  select({ subject, reader, after = 0, limit }: AccessLogQuery): LoggedRead[] {
    const found: LoggedRead[] = [];
    for (const entry of this.#entries.slice(Math.max(0, after - this.#base.seq))) {
      if (reader !== undefined && entry.reader !== reader) continue;
      if (subject !== undefined && !isAbout(entry, subject)) continue;
      found.push({ ...entry, anchored: entry.seq <= this.#anchoredTo });
      if (found.length === limit) break;
    }
    return found;
  }

  pendingAnchor(): AccessLogAnchor | undefined {
    const start = this.#anchoredTo - this.#base.seq;
    const entries = this.#entries.slice(start, start + limits.accessLogAnchorMax);
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const root = merkleRoot(entries.map(({ hash }) => encodeCanonical(hash)));
    return { from: first.seq, to: last.seq, root: `sha256:${hexFromBytes(root)}` };
  }

  async noteAnchored(to: number): Promise<void> {
    if (to <= this.#anchoredTo) return;
    const lastSeq = (this.#entries.at(-1) ?? this.#base).seq;
    if (to > lastSeq) {
      const message = `the chain anchors entry ${to} of a log that ends at ${lastSeq}`;
      throw new CodedError('STORE_CORRUPT', message, { details: { to, lastSeq } });
    }
    await this.#write(lineOf({ anchoredTo: to }));
    this.#anchoredTo = to;
  }

  async #write(line: string): Promise<void> {
    await this.#file.append(line);
    this.#bytes += Buffer.byteLength(line);
  }

  /** The oldest entries that the chain has anchors for go until half the room is free. */
  async #dropAnchored(): Promise<void> {
    let left = this.#bytes;
    let count = 0;
    for (const entry of this.#entries) {
      if (entry.seq > this.#anchoredTo || left <= this.#bytesMax / 2) break;
      left -= Buffer.byteLength(lineOf(entry));
      count += 1;
    }
    const base = this.#entries[count - 1];
    if (base === undefined) return;
    const kept = { base: { seq: base.seq, hash: base.hash }, entries: this.#entries.slice(count) };
    const text = textOf({ ...kept, anchoredTo: this.#anchoredTo });
    await this.#file.replace(text);
    this.#base = kept.base;
    this.#entries = kept.entries;
    this.#bytes = Buffer.byteLength(text);
  }
}

async function openLog(file: LogBytes, bytesMax: number): Promise<LogFile> {
  try {
    return new LogFile(file, bytesMax);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(folder: string): Promise<LogBytes> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  const found = await readFile(path, 'utf8').catch(() => '');
  // A torn end is cut off, so that the next entry begins a line of its own.
  const text = found.slice(0, found.lastIndexOf('\n') + 1);
  let file: FileHandle = await open(path, 'a', 0o600);
  if (text.length < found.length) await file.truncate(Buffer.byteLength(text));
  return {
    text,
    path,
    append: (line) => {
      return written(async () => {
        await file.appendFile(line);
        await file.datasync();
      });
    },
    replace: (whole) =>
      written(async () => {
        const beside = await open(`${path}.new`, 'w', 0o600);
        await beside.writeFile(whole);
        await beside.sync();
        await beside.close();
        await copyFile(path, `${path}.old`);
        await rename(`${path}.new`, path);
        await file.close();
        file = await open(path, 'a', 0o600);
      }),
    close: () => file.close(),
  };
}

/** A read that cannot be written down is refused for that reason: STORE_FULL. */
async function written(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('STORE_FULL', `writing the access log failed: ${why}`, { cause });
  }
}

/** A subject is a state key, or an object or party that such a key names. */
function isAbout(entry: Entry, subject: string): boolean {
  return entry.subjects.some((key) => key === subject || key.split('/').includes(subject));
}
