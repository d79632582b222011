import { indexText, traceEvents } from '@triflow/contracts/schemas';
import type { Condition, EventQuery } from '@triflow/epcis';
import { limits } from '@triflow/protocol';
import type { EventView } from './eventView.js';

/** Indexes of `trace/event` that hold a field's canonical value whenever it is not too long. */
const fieldIndexes: ReadonlyMap<string, string> = new Map([
  ['eventID', 'eventId'],
  ['bizStep', 'bizStep'],
  ['disposition', 'disposition'],
  ['readPoint', 'readPoint'],
  ['bizLocation', 'bizLocation'],
]);
const EPC_MEMBERS: ReadonlySet<string> = new Set([
  'epcList',
  'childEPCs',
  'parentID',
  'inputEPCList',
  'outputEPCList',
]);
const HASH = /^ni:\/\/\/sha-256;([0-9a-f]{64})\?ver=CBV2\.0$/;
/** The longest declaration time in milliseconds sorts before this. */
const BEHIND_ALL = '.:';

/**
 * Keys of all events that can match by one of the query's conditions, looked up in its index.
 * Undefined when no condition has an index, or each has more than `limits.epcisCandidatesMax`.
 */
export async function candidateKeys(
  view: EventView,
  { conditions }: EventQuery,
): Promise<ReadonlySet<string> | undefined> {
  for (const condition of conditions) {
    const keys = await keysOf(view, condition);
    if (keys !== undefined) return keys;
  }
  return undefined;
}

/** An event's key, and those of its error declarations, by its hash. */
export async function keysOfHash(view: EventView, hashId: string): Promise<readonly string[]> {
  const [, hex] = HASH.exec(hashId) ?? [];
  if (hex === undefined) return [];
  const keys: string[] = (await view.record(hex)) === undefined ? [] : [hex];
  const limit = limits.epcisCandidatesMax;
  for (const { id } of await view.reader.list(traceEvents, { after: hex, limit })) {
    if (!id.startsWith(`${hex}.`) || id > hex + BEHIND_ALL) break;
    keys.push(id);
  }
  return keys;
}

async function keysOf(
  view: EventView,
  condition: Condition,
): Promise<ReadonlySet<string> | undefined> {
  if (condition.kind === 'epc') {
    if (!condition.members.every((member) => EPC_MEMBERS.has(member))) return undefined;
    const links = condition.patterns.map((one) => (one.kind === 'exact' ? one.link : undefined));
    return indexed(view, 'epc', links, [['unindexed', 'epc']]);
  }
  const index = condition.kind === 'values' ? fieldIndexes.get(condition.field) : undefined;
  if (condition.kind !== 'values' || index === undefined) return undefined;
  const keys = await indexed(view, index, [...condition.values], []);
  if (keys === undefined || condition.field !== 'eventID') return keys;
  const all = new Set(keys);
  for (const value of condition.values) {
    for (const key of await keysOfHash(view, value)) all.add(key);
  }
  return all;
}

async function indexed(
  view: EventView,
  index: string,
  values: readonly (string | undefined)[],
  more: readonly (readonly [index: string, value: string])[],
): Promise<ReadonlySet<string> | undefined> {
  const places = [...more];
  for (const value of values) {
    if (value === undefined || value.length > limits.indexTextMax) return undefined;
    places.push([index, indexText(value)]);
  }
  const keys = new Set<string>();
  const limit = limits.epcisCandidatesMax + 1;
  for (const [name, value] of places) {
    const found = await view.entries({ index: name, after: value, limit });
    const own = found.filter((entry) => entry.value === value);
    for (const { id } of own) keys.add(id);
    if (keys.size > limits.epcisCandidatesMax) return undefined;
  }
  return keys;
}
