import type { PrivilegedRead } from '@triflow/api';
import { hashOf } from '@triflow/crypto';
import {
  CodedError,
  encodeCanonical,
  isPartyId,
  type PartyId,
  textFromHash,
} from '@triflow/protocol';
import { z } from 'zod';

const DOMAIN = 'triflow/access-log/1';

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
const baseSchema = z.strictObject({ seq: z.number().int().min(0), hash: digest });
const firstLineSchema = z.strictObject({ after: baseSchema });
const anchorSchema = z.strictObject({ anchoredTo: z.number().int().min(1) });

/** One privileged read, with its place in the chain of hashes. */
export type Entry = z.infer<typeof entrySchema>;
/** The entry that a log begins after, by number and hash. */
export type LogBase = z.infer<typeof baseSchema>;

/** A log as its lines say it. */
export interface LogLines {
  readonly base: LogBase;
  readonly entries: readonly Entry[];
  readonly anchoredTo: number;
}

/** A log from which nothing was dropped begins after this. */
export const noEntry: LogBase = { seq: 0, hash: textFromHash(hashOf(encodeCanonical([DOMAIN]))) };

/** The entry of a read that follows another. */
export function entryAfter(last: LogBase, read: PrivilegedRead): Entry {
  const subjects = [...read.subjects];
  const linked = { ...read, subjects, seq: last.seq + 1, previous: last.hash };
  return { ...linked, hash: hashOfEntry(linked) };
}

/** A line as it stands in the file. */
export function lineOf(value: Entry | { readonly anchoredTo: number }): string {
  return `${JSON.stringify(value)}\n`;
}

/** A whole file. */
export function textOf({ base, entries, anchoredTo }: LogLines): string {
  const first = base.seq === 0 ? '' : `${JSON.stringify({ after: base })}\n`;
  const anchored = anchoredTo === 0 ? '' : lineOf({ anchoredTo });
  return first + entries.map(lineOf).join('') + anchored;
}

/**
 * Reads a file and checks the whole chain. Throws STORE_CORRUPT. A torn last line, one whose answer
 * never left, is left out.
 */
export function readLines(text: string, path: string): LogLines {
  const entries: Entry[] = [];
  let base = noEntry;
  let anchoredTo = 0;
  const lines = text.split('\n');
  lines.pop();
  for (const [index, line] of lines.entries()) {
    const value: unknown = parseLine(line);
    const first = firstLineSchema.safeParse(value);
    if (index === 0 && first.success) {
      base = first.data.after;
      anchoredTo = base.seq;
      continue;
    }
    const anchor = anchorSchema.safeParse(value);
    if (anchor.success) {
      anchoredTo = anchor.data.anchoredTo;
      continue;
    }
    const parsed = entrySchema.safeParse(value);
    const last = entries.at(-1) ?? base;
    const fits =
      parsed.success &&
      parsed.data.seq === last.seq + 1 &&
      parsed.data.previous === last.hash &&
      parsed.data.hash === hashOfEntry(parsed.data);
    if (!fits) throw new CodedError('STORE_CORRUPT', `${path} was changed at line ${index + 1}`);
    entries.push(parsed.data);
  }
  return { base, entries, anchoredTo };
}

function hashOfEntry(entry: Omit<Entry, 'hash'>): string {
  const { seq, timeMs, reader, route, requestId, subjects, more, height, previous } = entry;
  const facts = [seq, timeMs, reader, route, requestId, subjects, more, height];
  return textFromHash(hashOf(encodeCanonical([DOMAIN, previous, ...facts])));
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
