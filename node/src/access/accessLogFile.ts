import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessLog, AccessLogQuery, LoggedRead, PrivilegedRead } from '@triflow/api';
import { hashOf, merkleRoot } from '@triflow/crypto';
import {
  CodedError,
  encodeCanonical,
  hexFromBytes,
  isPartyId,
  limits,
  type PartyId,
  textFromHash,
} from '@triflow/protocol';
import { z } from 'zod';

const DOMAIN = 'triflow/access-log/1';
const FIRST = textFromHash(hashOf(encodeCanonical([DOMAIN])));

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const entrySchema = z.strictObject({
  seq: z.number().int().min(1),
  timeMs: z.number().int(),
  reader: z.custom<PartyId>((value) => typeof value === 'string' && isPartyId(value)),
  route: z.string(),
  requestId: z.string(),
  subjects: z.array(z.string()),
  more: z.number().int(),
  height: z.number().int(),
  previous: digest,
  hash: digest,
});
const anchorSchema = z.strictObject({ anchoredTo: z.number().int().min(1) });

type Entry = z.infer<typeof entrySchema>;

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
 * reordered entry is STORE_CORRUPT. Without a folder it lives in memory.
 */
export async function openAccessLog(folder: string | undefined): Promise<AnchoredAccessLog> {
  const entries: Entry[] = [];
  let anchoredTo = 0;
  let file: FileHandle | undefined;
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'access.log');
    const text = await readFile(path, 'utf8').catch(() => '');
    const read = readEntries(text, path);
    // A torn end is cut off, so that the next entry begins a line of its own.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
    entries.push(...read.entries);
    anchoredTo = read.anchoredTo;
    file = await open(path, 'a', 0o600);
  }
  let turn: Promise<unknown> = Promise.resolve();
  const write = async (line: unknown): Promise<void> => {
    await file?.appendFile(`${JSON.stringify(line)}\n`);
    await file?.datasync();
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    append: (read) => {
      return inTurn(async () => {
        const entry = entryAfter(entries.at(-1), read);
        await write(entry);
        entries.push(entry);
      });
    },
    query: async (wanted) => select(entries, wanted, anchoredTo),
    pendingAnchor: () => {
      return anchorOf(entries.slice(anchoredTo, anchoredTo + limits.accessLogAnchorMax));
    },
    noteAnchored: (to) => {
      return inTurn(async () => {
        if (to <= anchoredTo) return;
        const lastSeq = entries.at(-1)?.seq ?? 0;
        if (to > lastSeq) {
          const message = `the chain anchors entry ${to} of a log that ends at ${lastSeq}`;
          throw new CodedError('STORE_CORRUPT', message, { details: { to, lastSeq } });
        }
        await write({ anchoredTo: to });
        anchoredTo = to;
      });
    },
    close: async () => {
      await turn;
      await file?.close();
    },
  };
}

function entryAfter(last: Entry | undefined, read: PrivilegedRead): Entry {
  const seq = (last?.seq ?? 0) + 1;
  const linked = { ...read, subjects: [...read.subjects], seq, previous: last?.hash ?? FIRST };
  return { ...linked, hash: hashOfEntry(linked) };
}

function hashOfEntry(entry: Omit<Entry, 'hash'>): string {
  const { seq, timeMs, reader, route, requestId, subjects, more, height, previous } = entry;
  return textFromHash(
    hashOf(
      encodeCanonical([
        DOMAIN,
        previous,
        seq,
        timeMs,
        reader,
        route,
        requestId,
        subjects,
        more,
        height,
      ]),
    ),
  );
}

function anchorOf(entries: readonly Entry[]): AccessLogAnchor | undefined {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const root = merkleRoot(entries.map(({ hash }) => encodeCanonical(hash)));
  return { from: first.seq, to: last.seq, root: `sha256:${hexFromBytes(root)}` };
}

function select(
  entries: readonly Entry[],
  { subject, reader, after = 0, limit }: AccessLogQuery,
  anchoredTo: number,
): LoggedRead[] {
  const found: LoggedRead[] = [];
  for (const entry of entries.slice(after)) {
    if (reader !== undefined && entry.reader !== reader) continue;
    if (subject !== undefined && !isAbout(entry, subject)) continue;
    found.push({ ...entry, anchored: entry.seq <= anchoredTo });
    if (found.length === limit) break;
  }
  return found;
}

/** A subject is a state key, or an object or party that such a key names. */
function isAbout(entry: Entry, subject: string): boolean {
  return entry.subjects.some((key) => key === subject || key.split('/').includes(subject));
}

/** A torn last line is one whose answer never left. */
function readEntries(text: string, path: string): { entries: Entry[]; anchoredTo: number } {
  const entries: Entry[] = [];
  let anchoredTo = 0;
  const lines = text.split('\n');
  lines.pop();
  for (const [index, line] of lines.entries()) {
    const value: unknown = parseLine(line);
    const anchor = anchorSchema.safeParse(value);
    if (anchor.success) {
      anchoredTo = anchor.data.anchoredTo;
      continue;
    }
    const parsed = entrySchema.safeParse(value);
    const last = entries.at(-1);
    const fits =
      parsed.success &&
      parsed.data.seq === (last?.seq ?? 0) + 1 &&
      parsed.data.previous === (last?.hash ?? FIRST) &&
      parsed.data.hash === hashOfEntry(parsed.data);
    if (!fits) throw new CodedError('STORE_CORRUPT', `${path} was changed at line ${index + 1}`);
    entries.push(parsed.data);
  }
  return { entries, anchoredTo };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
