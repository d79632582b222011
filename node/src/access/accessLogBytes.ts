import { copyFile, type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, limits } from '@triflow/protocol';

const FILE = 'access.log';
const READ_BYTES = 256 * 1_024;
const NEWLINE = 0x0a;

/** A line without its end, and where it begins and the next one does. */
export interface LogLine {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** The bytes behind an access log: lines, appended one by one. */
export interface LogBytes {
  readonly path: string;
  /** Bytes of whole lines. */
  size(): number;
  /** Durable when it resolves; what could not be written whole is not there. */
  append(line: string): Promise<void>;
  /** A new first line, then what stands from a place on: all of it at once, or nothing. */
  cut(first: string, from: number): Promise<void>;
  /** What stands there now; it stays readable while the log goes on. */
  view(): Promise<LogView>;
  close(): Promise<void>;
}

export interface LogView {
  lines(from: number): AsyncGenerator<LogLine>;
  close(): Promise<void>;
}

/** A log's file in a folder, mode 0600; a torn last line, whose answer never left, is cut off. */
export async function openLogFile(folder: string): Promise<LogBytes> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  let file = await open(path, 'a+', 0o600);
  let size = (await file.stat()).size;
  let isTorn = false;
  const whole = await endOfLastLine(file, size);
  if (whole < size) await file.truncate(whole);
  size = whole;
  return {
    path,
    size: () => size,
    append: (line) =>
      written(async () => {
        if (isTorn) await file.truncate(size);
        isTorn = true;
        await file.appendFile(line);
        await file.datasync();
        isTorn = false;
        size += Buffer.byteLength(line);
      }),
    cut: (first, from) =>
      written(async () => {
        const beside = await open(`${path}.new`, 'w', 0o600);
        try {
          await beside.appendFile(first);
          for await (const bytes of chunksOf(file, from, size)) await beside.appendFile(bytes);
          await beside.sync();
        } finally {
          await beside.close();
        }
        await copyFile(path, `${path}.old`);
        await rename(`${path}.new`, path);
        await file.close();
        file = await open(path, 'a+', 0o600);
        size = Buffer.byteLength(first) + size - from;
      }),
    view: async () => {
      const to = size;
      const own = await open(path, 'r');
      return { lines: (from) => linesOf(own, from, to), close: () => own.close() };
    },
    close: () => file.close(),
  };
}

/** A log of a node without a folder. */
export function memoryLog(): LogBytes {
  let held: LogLine[] = [];
  const size = (): number => held.at(-1)?.end ?? 0;
  const put = (text: string): void => {
    const at = size();
    held.push({ text, at, end: at + Buffer.byteLength(text) + 1 });
  };
  return {
    path: 'memory',
    size,
    append: async (line) => put(line.slice(0, -1)),
    cut: async (first, from) => {
      const kept = held.filter(({ at }) => at >= from);
      held = [];
      put(first.slice(0, -1));
      for (const { text } of kept) put(text);
    },
    view: async () => {
      const now = [...held];
      return {
        async *lines(from) {
          for (const line of now) if (line.at >= from) yield line;
        },
        close: async () => undefined,
      };
    },
    close: async () => undefined,
  };
}

/** Where the last whole line ends, looking from the end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const at = Math.max(0, end - READ_BYTES);
    const newline = (await readAt(file, at, end - at)).lastIndexOf(NEWLINE);
    if (newline >= 0) return at + newline + 1;
    end = at;
  }
  return 0;
}

async function* linesOf(file: FileHandle, from: number, to: number): AsyncGenerator<LogLine> {
  let at = from;
  let rest = Buffer.alloc(0);
  for await (const chunk of chunksOf(file, from, to)) {
    rest = Buffer.concat([rest, chunk]);
    let begin = 0;
    for (;;) {
      const newline = rest.indexOf(NEWLINE, begin);
      if (newline < 0) break;
      const end = at + newline + 1 - begin;
      yield { text: rest.toString('utf8', begin, newline), at, end };
      at = end;
      begin = newline + 1;
    }
    rest = rest.subarray(begin);
    if (rest.length > limits.accessLogLineMax) {
      throw new CodedError('STORE_CORRUPT', `the access log has no line end after byte ${at}`);
    }
  }
}

async function* chunksOf(file: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; at += READ_BYTES) {
    yield await readAt(file, at, Math.min(READ_BYTES, to - at));
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) throw new CodedError('STORE_CORRUPT', 'the access log became shorter');
    done += bytesRead;
  }
  return buffer;
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
