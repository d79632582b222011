import { type DeviceReading, readingsOfBatch, scaledReading } from '../graph/readingsOfBatch.js';
import { chainClient } from './chainClient.js';
import { getJson, isRecord } from './nodeApi.js';
import type { FactPage } from './readLists.js';

/** A limit that a rule of the chain sets to a kind of reading of an asset. */
export interface ReadingLimit {
  readonly value: number;
  readonly compare: string;
  readonly severity: string;
}

interface BlockPart {
  readonly transactions: readonly {
    readonly commands?: readonly { readonly name: string; readonly params?: unknown }[];
  }[];
}

/** Batches of one device that are read at most: the newest ones. */
const BATCHES_MAX = 60;
const PAGE = 200;
const PAGES_MAX = 10;
const AT_ONCE = 6;
/** State keys that one proof answers. */
const KEYS_AT_ONCE = 64;
const TEMPERATURE_RULES = ['TEMP_SINGLE', 'TEMP_CUMULATIVE'];

/**
 * What a device measured, by the batches that the chain accepted from it, oldest first: readings of
 * submitted batches stand in their transactions, anchored ones tell least and greatest only.
 * `assets` leaves out what it measured while it watched something else.
 */
export async function readDeviceReadings(
  device: string,
  signal: AbortSignal,
  assets?: ReadonlySet<string>,
): Promise<readonly DeviceReading[]> {
  const accepted = await acceptedBatches(device, signal);
  const wanted = accepted.filter(({ data }) => assets?.has(String(data.asset)) ?? true);
  const places = [...new Map(wanted.map((fact) => [fact.txId, fact.cursor])).values()];
  const readings: DeviceReading[] = [];
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const some = places.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map((cursor) => commandsAt(cursor, signal)));
    readings.push(...found.flat().flatMap((params) => readingsOfBatch(params, device)));
  }
  return readings.sort((one, other) => one.timeMs - other.timeMs);
}

/** Devices that watch or have watched any of the assets, from the state's own lists. */
export async function devicesOf(assets: readonly string[]): Promise<readonly string[]> {
  const lists = await stateRecords(assets.map((asset) => `monitoring/onAsset/${asset}`));
  const bindings = lists.flatMap((record) => recordsIn(record.bindings));
  return [...new Set(bindings.map(({ device }) => String(device)))];
}

/** Temperature limits that rules set to the assets, each once. */
export async function temperatureLimits(
  assets: readonly string[],
): Promise<readonly ReadingLimit[]> {
  const lists = await stateRecords(assets.map((asset) => `monitoring/rulesFor/${asset}`));
  const ids = lists.flatMap(({ rules }) => (Array.isArray(rules) ? rules.map(String) : []));
  const rules = await stateRecords([...new Set(ids)].map((id) => `monitoring/rule/${id}`));
  const limits = rules.flatMap(({ condition, severity }): ReadingLimit[] => {
    if (!isRecord(condition) || !TEMPERATURE_RULES.includes(String(condition.kind))) return [];
    const value = scaledReading('TEMPERATURE', condition.threshold);
    return [{ value, compare: String(condition.compare), severity: String(severity) }];
  });
  return [...new Map(limits.map((one) => [`${one.compare} ${one.value}`, one])).values()];
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

async function acceptedBatches(device: string, signal: AbortSignal): Promise<FactPage['data']> {
  let facts: FactPage['data'] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const members = { types: 'batch.accepted', subject: device, limit: String(PAGE) };
    const query = new URLSearchParams({ ...members, ...(after && { after }) });
    const answer = await getJson<FactPage>(`/v1/events?${query}`, signal);
    facts = [...facts, ...answer.data].slice(-BATCHES_MAX);
    if (!answer.page.more) break;
    after = answer.page.next;
  }
  return facts;
}

/** Parameters of the commands of the transaction whose fact has this cursor. */
async function commandsAt(cursor: string, signal: AbortSignal): Promise<readonly unknown[]> {
  const [height = '', offset = ''] = cursor.split('.');
  const query = new URLSearchParams({ full: '1', limit: '1', offset });
  const block = await getJson<BlockPart>(`/v1/blocks/${height}?${query}`, signal);
  return block.transactions.flatMap(({ commands = [] }) => commands.map(({ params }) => params));
}

/**
 * Records that have no page of their own, read with proof; those that are there and that the reader
 * may see. One question says which of many keys exist.
 */
async function stateRecords(keys: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = await chainClient();
  const found: Record<string, unknown>[] = [];
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
    const some = keys.slice(start, start + KEYS_AT_ONCE);
    const state = await client.state(some).catch(() => undefined);
    const there = state?.items.filter(({ kind }) => kind === 'inclusion').map(({ key }) => key);
    const records = await Promise.all(
      (there ?? some).map((key) => client.record(key).catch(() => undefined)),
    );
    for (const record of records) if (isRecord(record?.json)) found.push(record.json);
  }
  return found;
}
