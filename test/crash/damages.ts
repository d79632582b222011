import { assert, type KeyValueStore, type WriteOperation } from '@triflow/protocol';
import { FILE_HEAD_BYTES, prefixes, RECORD_HEAD_BYTES } from '@triflow/storage';

/**
 * What may happen to a record on a disk. `stale`: what lay there before came back, for a record that
 * is written once nothing; `swap`: two places changed their bytes; `misplaced`: another record was
 * written in its place.
 */
export const damageKinds = ['bit flip', 'truncation', 'stale copy', 'swap', 'misplaced'] as const;
export type DamageKind = (typeof damageKinds)[number];

/** Record types of the database. */
export const storedTypes = [
  'block',
  'certificate',
  'header',
  'results',
  'state',
  'state node',
  'index',
  'head',
  'genesis copy',
] as const;
export type StoredType = (typeof storedTypes)[number];

type Entry = readonly [key: Uint8Array, value: Uint8Array];

const PREFIX_OF = {
  block: prefixes.block,
  certificate: prefixes.certificate,
  header: prefixes.header,
  results: prefixes.results,
  state: prefixes.state,
  'state node': prefixes.bucket,
  index: prefixes.index,
  head: prefixes.head,
  'genesis copy': prefixes.meta,
} as const;

/** Everything in a database. */
export async function entriesIn(kv: KeyValueStore): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of kv.range({ from: new Uint8Array(), to: Uint8Array.of(0xff) })) {
    entries.push(entry);
  }
  return entries;
}

/** Damages one record of a type; `older` is what the database held some heights before. */
export async function damageStore(
  kv: KeyValueStore,
  type: StoredType,
  kind: DamageKind,
  older: readonly Entry[],
): Promise<void> {
  const entries = await entriesIn(kv);
  const [victim, other] = pick(entries, type, older);
  const [key, value] = victim;
  await kv.write(operations(kind, victim, other, older), { sync: true });
  const after = await kv.get(key);
  assert(after === undefined || Buffer.compare(after, value) !== 0, `${type}, ${kind}: no damage`);
}

function operations(
  kind: DamageKind,
  [key, value]: Entry,
  [otherKey, otherValue]: Entry,
  older: readonly Entry[],
): WriteOperation[] {
  const put = (at: Uint8Array, bytes: Uint8Array): WriteOperation => {
    return { kind: 'put', key: at, value: bytes };
  };
  if (kind === 'bit flip') return [put(key, flipped(value))];
  if (kind === 'truncation') return [put(key, value.subarray(0, value.length - 1))];
  if (kind === 'swap') return [put(key, otherValue), put(otherKey, value)];
  if (kind === 'misplaced') return [put(key, otherValue)];
  const before = valueAt(older, key);
  const isChanged = before !== undefined && Buffer.compare(before, value) !== 0;
  return [isChanged ? put(key, before) : { kind: 'delete', key }];
}

/** The record to damage, and another one of its kind. */
function pick(
  entries: readonly Entry[],
  type: StoredType,
  older: readonly Entry[],
): readonly [Entry, Entry] {
  const prefix = PREFIX_OF[type];
  let ofType = entries.filter(([key]) => key[0] === prefix);
  if (type === 'head') ofType = [...ofType, ...entries.filter(([key]) => isNamed(key, 'storeF'))];
  if (type === 'genesis copy') ofType.sort(([key]) => (isNamed(key, 'genesisHash') ? -1 : 1));
  if (type === 'state') ofType = ofType.filter(([key]) => isNamed(key, 'counter/'));
  // A bucket that the next block needs.
  if (type === 'state node') ofType = changedSince(ofType, older);
  const isByHeight = ['block', 'certificate', 'header', 'results'].includes(type);
  const [victim, other] = isByHeight ? ofType.slice(3) : ofType;
  assert(victim !== undefined && other !== undefined, `there are not two records of ${type}`);
  return [victim, other];
}

function changedSince(entries: readonly Entry[], older: readonly Entry[]): Entry[] {
  return entries.filter(([key, value]) => {
    const before = valueAt(older, key);
    return before !== undefined && Buffer.compare(before, value) !== 0;
  });
}

function valueAt(entries: readonly Entry[], key: Uint8Array): Uint8Array | undefined {
  return entries.find(([one]) => Buffer.compare(one, key) === 0)?.[1];
}

function isNamed(key: Uint8Array, text: string): boolean {
  return Buffer.from(key).includes(text);
}

function flipped(value: Uint8Array): Uint8Array {
  const at = value.length >> 1;
  return value.with(at, (value[at] ?? 0) ^ 4);
}

/** Record types of the consensus log. */
export const loggedTypes = ['log', 'slot'] as const;
export type LoggedType = (typeof loggedTypes)[number];

/** A damaged copy of a log; `older` is an earlier one, `foreign` another validator's. */
export function damageLog(
  log: Uint8Array,
  type: LoggedType,
  kind: DamageKind,
  others: { readonly older: Uint8Array; readonly foreign: Uint8Array },
): Uint8Array {
  const records = recordsIn(log);
  const slot = records.findIndex((record) => record.type === SLOT);
  const index = type === 'slot' ? slot : 0;
  const [one, next] = [records[index], records[index + 1]];
  assert(one !== undefined && next !== undefined, 'a log with slots and something behind them');
  if (kind === 'stale copy') return type === 'log' ? others.older : log.slice(0, one.from);
  if (kind === 'misplaced') return type === 'log' ? others.foreign : placed(log, next, one);
  if (kind === 'truncation') return log.slice(0, type === 'log' ? FILE_HEAD_BYTES : one.to - 8);
  if (kind === 'swap') {
    const parts = [log.subarray(0, one.from), log.subarray(next.from, next.to)];
    return joined([...parts, log.subarray(one.from, one.to), log.subarray(next.to)]);
  }
  const at = one.from + RECORD_HEAD_BYTES + 3;
  return log.with(at, (log[at] ?? 0) ^ 1);
}

const SLOT = 2;

interface Place {
  readonly from: number;
  readonly to: number;
  readonly type: number;
}

function recordsIn(log: Uint8Array): Place[] {
  const places: Place[] = [];
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  for (let from = FILE_HEAD_BYTES; from + RECORD_HEAD_BYTES <= log.length; ) {
    const length = view.getUint32(from);
    if (length === 0) break;
    const to = from + Math.ceil((RECORD_HEAD_BYTES + length) / 8) * 8;
    places.push({ from, to, type: view.getUint16(from + RECORD_HEAD_BYTES - 4) });
    from = to;
  }
  return places;
}

/** A record's bytes in the place of another. */
function placed(log: Uint8Array, from: Place, to: Place): Uint8Array {
  const record = log.subarray(from.from, from.to);
  return joined([log.subarray(0, to.from), record, log.subarray(to.to)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
