import type { PrivilegedRead } from '@triflow/api';
import { hashOf } from '@triflow/crypto';
import { encodeCanonical, isPartyId, type PartyId, textFromHash } from '@triflow/protocol';
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

/** What the lines of a log say so far. */
export interface LogState {
  /** The entry that the log begins after. */
  readonly base: LogBase;
  readonly last: LogBase;
  readonly anchoredTo: number;
}

/** A line as it was read: the state after it, and its entry if it holds one. */
export interface ReadLine {
  readonly state: LogState;
  readonly entry?: Entry;
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

/** The first line of a log whose oldest entries were dropped. */
export function firstLineAfter({ seq, hash }: LogBase): string {
  return `${JSON.stringify({ after: { seq, hash } })}\n`;
}

/** Before the first line. */
export const emptyLog: LogState = { base: noEntry, last: noEntry, anchoredTo: 0 };

/** Reads the line that follows; undefined when it does not follow: it was changed. */
export function readLine(before: LogState, text: string, isFirst: boolean): ReadLine | undefined {
  const value = parseLine(text);
  const first = isFirst ? firstLineSchema.safeParse(value).data?.after : undefined;
  if (first !== undefined) {
    return { state: { base: first, last: first, anchoredTo: first.seq } };
  }
  const anchor = anchorSchema.safeParse(value).data;
  if (anchor !== undefined) return { state: { ...before, anchoredTo: anchor.anchoredTo } };
  const entry = entrySchema.safeParse(value).data;
  if (entry === undefined || entry.hash !== hashOfEntry(entry)) return undefined;
  if (entry.seq !== before.last.seq + 1 || entry.previous !== before.last.hash) return undefined;
  const { seq, hash } = entry;
  return { state: { ...before, last: { seq, hash } }, entry };
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
