import { compareText, type WriteOperation } from '@triflow/protocol';
import { type CheckedStore, deleteRecord, putRecord } from './checkedStore.js';
import type { Prefix } from './prefixes.js';
import {
  HEIGHT_BYTES,
  heightBytes,
  readHeight,
  textKey,
  textOfKey,
  writeHeight,
} from './recordKeys.js';

/** Past versions of one key to step over before the scan jumps to the next key. */
const VERSIONS_SCANNED = 32;
const TAIL_BYTES = 1 + HEIGHT_BYTES;
/** Follows a key and all its versions, but no longer key: NUL ends a key, and none holds one. */
const NEXT_KEY = Uint8Array.of(1);
/** No UTF-8 byte is greater. */
const LAST_KEY = Uint8Array.of(0xff);

/** A value and the height of the block that wrote it. */
export interface Version {
  readonly height: number;
  readonly value: Uint8Array;
}

export interface ListOptions {
  readonly prefix: string;
  /** A full key; the list starts behind it. */
  readonly after?: string;
  readonly limit: number;
  readonly height: number;
}

interface Found {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Text keys with a value for each height: the current one, and past ones by [from, to). */
export interface VersionedTable {
  currentSync(key: string): Version | undefined;
  currentMany(keys: readonly string[]): Promise<(Version | undefined)[]>;
  /** The value at a height, of a key whose current version is newer or gone; or undefined. */
  pastAt(key: string, height: number): Promise<Uint8Array | undefined>;
  /** Keys with a value at a height, ascending by bytes. `isNewest`: nothing newer was written. */
  list(options: ListOptions, isNewest: () => boolean): Promise<Found[]>;
}

/** Reads a table of versions under two prefixes, current and past. */
export function createVersionedTable(
  store: CheckedStore,
  current: Prefix,
  past: Prefix,
): VersionedTable {
  const scan = { store, current, past };
  return {
    currentSync: (key) => versionFrom(store.getSync(textKey(current, key))),
    async currentMany(keys) {
      const records = await store.getMany(keys.map((key) => textKey(current, key)));
      return records.map(versionFrom);
    },
    pastAt: (key, height) => pastVersion(scan, key, height),
    async list(options, isNewest) {
      // No key holds a NUL, so nothing lies under or behind such a text.
      if (options.prefix.includes('\0') || options.after?.includes('\0')) return [];
      const page = await listCurrent(scan, options);
      // The page was read first, so whatever left it since then is found among the past.
      if (isNewest()) return page;
      return merge(page, await listPast(scan, options), options.limit);
    },
  };
}

/**
 * The writes that replace a key's current version by a new value, or by none: the superseded one
 * moves to the past with the height at which it ended. A key written once costs one record.
 */
export function replaceVersion(
  prefixes: { readonly current: Prefix; readonly past: Prefix | undefined },
  key: string,
  old: Version | undefined,
  next: Version | { readonly height: number; readonly value: null },
): WriteOperation[] {
  const operations: WriteOperation[] = [];
  const currentKey = textKey(prefixes.current, key);
  if (old !== undefined && prefixes.past !== undefined) {
    const pastKey = textKey(prefixes.past, key, tail(old.height));
    operations.push(putRecord(pastKey, heightBytes(next.height), old.value));
  }
  if (next.value !== null) {
    operations.push(putRecord(currentKey, heightBytes(next.height), next.value));
  } else {
    operations.push(deleteRecord(currentKey));
  }
  return operations;
}

interface Scan {
  readonly store: CheckedStore;
  readonly current: Prefix;
  readonly past: Prefix;
}

async function listCurrent(scan: Scan, options: ListOptions): Promise<Found[]> {
  const found: Found[] = [];
  for await (const [key, record] of scan.store.range(bounds(scan.current, options))) {
    const version = versionFrom(record);
    if (version === undefined || version.height > options.height) continue;
    found.push({ key: textOfKey(key), value: version.value });
    if (found.length >= options.limit) break;
  }
  return found;
}

/** Keys whose value at the height has been superseded since; at most `limit`. */
async function listPast(scan: Scan, options: ListOptions): Promise<Found[]> {
  const found: Found[] = [];
  const { from, to } = bounds(scan.past, options);
  let cursor: Uint8Array | undefined = from;
  while (cursor !== undefined && found.length < options.limit) {
    cursor = await scanPast(scan, { from: cursor, to }, options, found);
  }
  return found;
}

/** Reads on from a cursor; a key with many versions ends it early, with the cursor behind it. */
async function scanPast(
  scan: Scan,
  range: { readonly from: Uint8Array; readonly to: Uint8Array },
  { height, limit }: ListOptions,
  found: Found[],
): Promise<Uint8Array | undefined> {
  let key: string | undefined;
  let versions = 0;
  for await (const [pastKey, record] of scan.store.range(range)) {
    const next = textOfKey(pastKey, TAIL_BYTES);
    versions = next === key ? versions + 1 : 0;
    key = next;
    if (versions === VERSIONS_SCANNED && found.at(-1)?.key !== key) {
      const value = await pastVersion(scan, key, height);
      if (value !== undefined) found.push({ key, value });
    }
    if (versions >= VERSIONS_SCANNED) return textKey(scan.past, key, NEXT_KEY);
    const value = valueAt(pastKey, record, height);
    if (value !== undefined) found.push({ key, value });
    if (found.length >= limit) return undefined;
  }
  return undefined;
}

async function pastVersion(
  { store, past }: Scan,
  key: string,
  height: number,
): Promise<Uint8Array | undefined> {
  const range = { from: textKey(past, key, tail(0)), to: textKey(past, key, tail(height + 1)) };
  for await (const [pastKey, record] of store.range({ ...range, limit: 1, reverse: true })) {
    return valueAt(pastKey, record, height);
  }
  return undefined;
}

/** Two sorted lists as one; a key in both was superseded while we read and counts once. */
function merge(a: readonly Found[], b: readonly Found[], limit: number): Found[] {
  const merged = new Map<string, Found>();
  for (const found of b) merged.set(found.key, found);
  for (const found of a) merged.set(found.key, found);
  return [...merged.values()].sort((x, y) => compareText(x.key, y.key)).slice(0, limit);
}

function bounds(prefix: Prefix, { prefix: text, after }: ListOptions) {
  const start = after === undefined || compareText(after, text) < 0 ? undefined : after;
  return {
    from: start === undefined ? textKey(prefix, text) : textKey(prefix, start, NEXT_KEY),
    to: textKey(prefix, text, LAST_KEY),
  };
}

function tail(height: number): Uint8Array {
  const bytes = new Uint8Array(TAIL_BYTES);
  writeHeight(bytes, 1, height);
  return bytes;
}

function valueAt(pastKey: Uint8Array, record: Uint8Array, height: number): Uint8Array | undefined {
  const from = readHeight(pastKey, pastKey.length - HEIGHT_BYTES);
  const to = readHeight(record, 0);
  return from <= height && height < to ? record.subarray(HEIGHT_BYTES) : undefined;
}

function versionFrom(record: Uint8Array | undefined): Version | undefined {
  if (record === undefined) return undefined;
  return { height: readHeight(record, 0), value: record.subarray(HEIGHT_BYTES) };
}
