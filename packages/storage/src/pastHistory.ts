import { stateKey, validatorSetsTable, type WriteOperation } from '@triflow/protocol';
import { type CheckedStore, deleteRecord, putRecord } from './checkedStore.js';
import { type Prefix, prefixes } from './prefixes.js';
import { heightBytes, prefixRange, readHeight, textKey } from './recordKeys.js';

/** Whoever follows the validators from genesis asks for each of their sets. */
const KEPT_FOREVER = stateKey(validatorSetsTable, ['all']);
const KEPT_PAST = textKey(prefixes.statePast, KEPT_FOREVER, Uint8Array.of(0));

const FLOOR_NAME = textKey(prefixes.meta, 'stateFrom');
const SWEPT_NAME = textKey(prefixes.meta, 'sweptTo');
const SWEEP: readonly Prefix[] = [prefixes.statePast, prefixes.indexPast];

/** What one step of removing read and removed. */
export interface PruneStep {
  readonly read: number;
  readonly removed: number;
  /** The keys that were looked at, for whoever compacts them; undefined when there were none. */
  readonly range: { readonly from: Uint8Array; readonly to: Uint8Array } | undefined;
  /** Nothing below the lowest height kept is left. */
  readonly isDone: boolean;
}

/** Which heights of the past can still be read, and the removal of the others. */
export interface PastHistory {
  /** The lowest height whose state is kept. */
  stateFrom(): number;
  /** Whether a state key is kept at all heights. */
  isKeptForever(key: string): boolean;
  /**
   * From now on nothing below this height is answered; durable before anything is removed, so that
   * a crash at any moment leaves each height either whole or refused.
   */
  forgetBefore(height: number): Promise<void>;
  /** Looks at no more than so many past versions and removes those that no kept height needs. */
  pruneStep(recordsMax: number): Promise<PruneStep>;
}

interface Sweep {
  /** The lowest height kept when it began. */
  readonly floor: number;
  at: number;
  cursor: Uint8Array;
}

/** Reads where an earlier process stood; a sweep that it did not end begins anew. */
export async function createPastHistory(store: CheckedStore): Promise<PastHistory> {
  let floor = await readMeta(store, FLOOR_NAME);
  let swept = await readMeta(store, SWEPT_NAME);
  let sweep: Sweep | undefined;

  async function endRange(current: Sweep): Promise<boolean> {
    const next = SWEEP[current.at + 1];
    if (next !== undefined) {
      current.at += 1;
      current.cursor = prefixRange(next).from;
      return false;
    }
    sweep = undefined;
    await store.write([putRecord(SWEPT_NAME, heightBytes(current.floor))]);
    swept = current.floor;
    return swept >= floor;
  }

  return {
    stateFrom: () => floor,
    isKeptForever: (key) => key === KEPT_FOREVER,
    async forgetBefore(height) {
      if (height <= floor) return;
      await store.write([putRecord(FLOOR_NAME, heightBytes(height))]);
      floor = height;
    },
    async pruneStep(recordsMax) {
      if (swept >= floor) return { read: 0, removed: 0, range: undefined, isDone: true };
      sweep ??= { floor, at: 0, cursor: prefixRange(prefixes.statePast).from };
      const current = sweep;
      const from = current.cursor;
      const { removals, read, last } = await endedVersions(store, current, recordsMax);
      if (removals.length > 0) await store.write(removals);
      if (last !== undefined) current.cursor = behind(last);
      const isDone = read < recordsMax && (await endRange(current));
      const range = last === undefined ? undefined : { from, to: behind(last) };
      return { read, removed: removals.length, range, isDone };
    },
  };
}

/** Versions from the cursor on that ended at or below the floor: no kept height reads them. */
async function endedVersions(
  store: CheckedStore,
  { at, cursor, floor }: Sweep,
  recordsMax: number,
): Promise<{ removals: WriteOperation[]; read: number; last: Uint8Array | undefined }> {
  const removals: WriteOperation[] = [];
  let read = 0;
  let last: Uint8Array | undefined;
  const { to } = prefixRange(SWEEP[at] ?? prefixes.statePast);
  for await (const [key, record] of store.range({ from: cursor, to, limit: recordsMax })) {
    read += 1;
    last = key;
    if (readHeight(record, 0) <= floor && !isKeptPast(key)) removals.push(deleteRecord(key));
  }
  return { removals, read, last };
}

function isKeptPast(key: Uint8Array): boolean {
  return KEPT_PAST.every((byte, index) => key[index] === byte);
}

/** The least key that is greater. */
function behind(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

async function readMeta(store: CheckedStore, key: Uint8Array): Promise<number> {
  const bytes = await store.get(key);
  return bytes === undefined ? 0 : readHeight(bytes, 0);
}
