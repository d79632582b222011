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
  const lists = await Promise.all(
    assets.map(async (asset) => {
      const record = await stateRecord(`monitoring/onAsset/${asset}`);
      const bindings = Array.isArray(record?.bindings) ? record.bindings : [];
      return bindings.filter(isRecord).map(({ device }) => String(device));
    }),
  );
  return [...new Set(lists.flat())];
}

/** Temperature limits that rules set to the assets, each once. */
export async function temperatureLimits(
  assets: readonly string[],
): Promise<readonly ReadingLimit[]> {
  const lists = await Promise.all(
    assets.map(async (asset) => {
      const record = await stateRecord(`monitoring/rulesFor/${asset}`);
      return Array.isArray(record?.rules) ? record.rules.map(String) : [];
    }),
  );
  const ids = [...new Set(lists.flat())];
  const rules = await Promise.all(ids.map((id) => stateRecord(`monitoring/rule/${id}`)));
  const limits = rules.flatMap((rule): ReadingLimit[] => {
    const { condition, severity } = rule ?? {};
    if (!isRecord(condition) || !TEMPERATURE_RULES.includes(String(condition.kind))) return [];
    const value = scaledReading('TEMPERATURE', condition.threshold);
    return [{ value, compare: String(condition.compare), severity: String(severity) }];
  });
  return [...new Map(limits.map((one) => [`${one.compare} ${one.value}`, one])).values()];
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

/** A record that has no page of its own, read with proof; none for a reader who may not see it. */
async function stateRecord(key: string): Promise<Record<string, unknown> | undefined> {
  try {
    const { json } = await (await chainClient()).record(key);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
