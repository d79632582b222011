import type { AccessLog, AccessLogQuery, LoggedRead, PrivilegedRead } from '@triflow/api';
import { merkleRoot } from '@triflow/crypto';
import { CodedError, encodeCanonical, hexFromBytes, limits } from '@triflow/protocol';
import {
  type LogBytes,
  type LogLine,
  type LogView,
  memoryLog,
  openLogFile,
} from './accessLogBytes.js';
import {
  type Entry,
  emptyLog,
  entryAfter,
  firstLineAfter,
  type LogBase,
  type LogState,
  lineOf,
  noEntry,
  type ReadLine,
  readLine,
} from './accessLogLines.js';

/** What `governance.anchor_access_log` takes: the entries from and to, and their Merkle root. */
export interface AccessLogAnchor {
  readonly from: number;
  readonly to: number;
  /** RFC 9162 root over the entries' hashes, `sha256:` and hexadecimal. */
  readonly root: string;
}

export interface AnchoredAccessLog extends AccessLog {
  /** The entries that no anchor covers yet; undefined when there are none. */
  pendingAnchor(): Promise<AccessLogAnchor | undefined>;
  /** Remembers that the chain holds the anchor up to an entry. */
  noteAnchored(to: number): Promise<void>;
  /** Places of the file that are held in memory: one for many entries. */
  marks(): number;
  close(): Promise<void>;
}

/**
 * The log of privileged reads (domain section 6): a line an entry, each with the hash of the one
 * before, on disk before the answer leaves. Memory holds the end of the chain of hashes and a place
 * in the file for every so many entries; a query reads the file. Opening checks the whole chain, a
 * query what it reads of it; an altered, missing or reordered entry is STORE_CORRUPT. Over
 * `bytesMax` the oldest entries that are anchored on chain go; what no anchor covers stays, and a
 * log full of that is STORE_FULL. Without a folder it lives in memory.
 */
export async function openAccessLog(
  folder: string | undefined,
  bytesMax: number = limits.accessLogBytesMax,
): Promise<AnchoredAccessLog> {
  const file = folder === undefined ? memoryLog() : await openLogFile(folder);
  const log = await openLog(file, bytesMax);
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  // Only the beginning of a read takes a turn: nobody waits for its end.
  const reading = async <T>(read: (part: LogPart) => Promise<T>, after?: number): Promise<T> => {
    const part = await inTurn(() => log.partAfter(after));
    try {
      return await read(part);
    } finally {
      await part.close();
    }
  };
  return {
    append: (read) => inTurn(() => log.append(read)),
    query: (wanted) => reading((part) => select(part, wanted), wanted.after ?? 0),
    pendingAnchor: () => reading(anchorOf),
    noteAnchored: (to) => inTurn(() => log.noteAnchored(to)),
    marks: () => log.marks(),
    close: async () => {
      await turn;
      await file.close();
    },
  };
}

/** A place of the file: the state before the line that begins there. */
interface Mark {
  readonly last: LogBase;
  readonly at: number;
}

const atBegin: Mark = { last: noEntry, at: 0 };

interface CheckedLine {
  readonly line: LogLine;
  /** The entry before it. */
  readonly last: LogBase;
  readonly read: ReadLine;
}

/** The entries after one, as they stood when somebody began to read them. */
interface LogPart {
  readonly anchoredTo: number;
  /** Throws STORE_CORRUPT. */
  entries(): AsyncGenerator<Entry>;
  close(): Promise<void>;
}

class LogFile {
  readonly #file: LogBytes;
  readonly #bytesMax: number;
  #state: LogState = emptyLog;
  #marks: Mark[] = [];

  constructor(file: LogBytes, bytesMax: number) {
    this.#file = file;
    this.#bytesMax = bytesMax;
  }

  /** Reads all of it, from its first line on. */
  async load(): Promise<void> {
    const view = await this.#file.view();
    try {
      for await (const { read, line, last } of this.#checked(view, atBegin)) {
        if (read.entry !== undefined) this.#mark(last, line.at);
        this.#state = read.state;
      }
    } finally {
      await view.close();
    }
  }

  marks(): number {
    return this.#marks.length;
  }

  async append(read: PrivilegedRead): Promise<void> {
    const { last } = this.#state;
    const entry = entryAfter(last, read);
    const line = lineOf(entry);
    const bytes = Buffer.byteLength(line);
    if (this.#file.size() + bytes > this.#bytesMax) await this.#dropAnchored();
    const at = this.#file.size();
    if (at + bytes > this.#bytesMax) {
      const { anchoredTo } = this.#state;
      const message =
        'the access log is full of entries that no anchor on chain covers: its operator sets ' +
        'access.anchorKey, or stops the node and moves access.log to an archive';
      throw new CodedError('STORE_FULL', message, { details: { anchoredTo } });
    }
    await this.#file.append(line);
    this.#mark(last, at);
    this.#state = { ...this.#state, last: { seq: entry.seq, hash: entry.hash } };
  }

  /** The entries after one; by default after the last that is anchored. */
  async partAfter(wanted?: number): Promise<LogPart> {
    const { anchoredTo } = this.#state;
    const after = wanted ?? anchoredTo;
    const mark = this.#marks.findLast(({ last }) => last.seq <= after) ?? atBegin;
    const view = await this.#file.view();
    const checked = this.#checked(view, mark);
    return {
      anchoredTo,
      entries: async function* () {
        for await (const { read } of checked) {
          if (read.entry !== undefined && read.entry.seq > after) yield read.entry;
        }
      },
      close: () => view.close(),
    };
  }

  async noteAnchored(to: number): Promise<void> {
    if (to <= this.#state.anchoredTo) return;
    const lastSeq = this.#state.last.seq;
    if (to > lastSeq) {
      const message = `the chain anchors entry ${to} of a log that ends at ${lastSeq}`;
      throw new CodedError('STORE_CORRUPT', message, { details: { to, lastSeq } });
    }
    await this.#file.append(lineOf({ anchoredTo: to }));
    this.#state = { ...this.#state, anchoredTo: to };
  }

  async *#checked(view: LogView, mark: Mark): AsyncGenerator<CheckedLine> {
    let state: LogState = { ...emptyLog, last: mark.last };
    for await (const line of view.lines(mark.at)) {
      const read = readLine(state, line.text, line.at === 0);
      if (read === undefined) {
        const message = `${this.#file.path} was changed at byte ${line.at}`;
        throw new CodedError('STORE_CORRUPT', message);
      }
      yield { line, last: state.last, read };
      state = read.state;
    }
  }

  #mark(last: LogBase, at: number): void {
    if (last.seq % limits.accessLogMarkEvery === 0) this.#marks.push({ last, at });
  }

  /** The oldest entries that the chain has anchors for go until half the room is free. */
  async #dropAnchored(): Promise<void> {
    const tooMany = this.#file.size() - this.#bytesMax / 2;
    let cut: Mark | undefined;
    const view = await this.#file.view();
    try {
      for await (const { read, line } of this.#checked(view, atBegin)) {
        const seq = read.entry?.seq ?? 0;
        if (seq > this.#state.anchoredTo || (seq > 0 && line.at >= tooMany)) break;
        cut = { last: read.state.last, at: line.end };
      }
    } finally {
      await view.close();
    }
    if (cut === undefined || cut.last.seq === this.#state.base.seq) return;
    const before = this.#file.size();
    await this.#file.cut(firstLineAfter(cut.last), cut.at);
    const moved = before - this.#file.size();
    const { at: from, last: base } = cut;
    this.#state = { ...this.#state, base };
    this.#marks = this.#marks.flatMap(({ last, at }) => {
      return at < from ? [] : [{ last, at: at - moved }];
    });
  }
}

async function openLog(file: LogBytes, bytesMax: number): Promise<LogFile> {
  const log = new LogFile(file, bytesMax);
  try {
    await log.load();
    return log;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function select(
  part: LogPart,
  { subject, reader, limit }: AccessLogQuery,
): Promise<LoggedRead[]> {
  const found: LoggedRead[] = [];
  for await (const entry of part.entries()) {
    if (reader !== undefined && entry.reader !== reader) continue;
    if (subject !== undefined && !isAbout(entry, subject)) continue;
    found.push({ ...entry, anchored: entry.seq <= part.anchoredTo });
    if (found.length === limit) break;
  }
  return found;
}

async function anchorOf(part: LogPart): Promise<AccessLogAnchor | undefined> {
  let from: number | undefined;
  let to = 0;
  const hashes: Uint8Array[] = [];
  for await (const { seq, hash } of part.entries()) {
    from ??= seq;
    to = seq;
    hashes.push(encodeCanonical(hash));
    if (hashes.length === limits.accessLogAnchorMax) break;
  }
  if (from === undefined) return undefined;
  return { from, to, root: `sha256:${hexFromBytes(merkleRoot(hashes))}` };
}

/** A subject is a state key, or an object or party that such a key names. */
function isAbout(entry: Entry, subject: string): boolean {
  return entry.subjects.some((key) => key === subject || key.split('/').includes(subject));
}
