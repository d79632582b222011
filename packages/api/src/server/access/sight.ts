import { viewIndexValue, views } from '@triflow/contracts/schemas';
import { isKeyPart, limits, type QueryReader, type Table } from '@triflow/protocol';
import type { BackendRegistry } from '../backend.js';
import { namedParties, objectsInKey } from './namedParties.js';
import type { Reader } from './reader.js';
import { keyOfPlace, placeOf, type RecordPlace, tableByName, tableOfId } from './recordPlace.js';

const VIEW_TABLE = 'party-registry/view';

/**
 * Why a reader sees a record (domain section 6). `privileged` is what only a role opens, and goes
 * to the access log before the answer leaves.
 */
export type Sight = 'anyone' | 'own' | 'shown' | 'privileged' | 'hidden';

type Reach = 'named' | 'linked' | 'shown' | 'order';

interface Search {
  readonly registry: BackendRegistry;
  readonly view: QueryReader;
  readonly party: string;
  readonly seen: Set<string>;
}

/** How a reader sees a record at the height of a view; bounded by R14's search limits. */
export async function sightOf(
  registry: BackendRegistry,
  view: QueryReader,
  reader: Reader,
  place: RecordPlace,
): Promise<Sight> {
  if (isForAnyone(place)) return 'anyone';
  const { party, roles } = reader;
  if (party === undefined) return 'hidden';
  if (roles.has('REGULATOR')) return partiesOf(place).has(party) ? 'own' : 'privileged';
  const search: Search = { registry, view, party, seen: new Set() };
  const reach = await reachOf(search, place, 0);
  const byRole = roles.has('COURT') || roles.has('AUDITOR');
  if (reach === 'named') return 'own';
  if (reach === 'order') return 'privileged';
  if (reach !== undefined && byRole) return 'privileged';
  if (reach === 'linked') return 'own';
  return reach === 'shown' ? 'shown' : 'hidden';
}

/** Whether a record is for anyone, also without a login. */
export function isForAnyone({ table, record }: Pick<RecordPlace, 'table' | 'record'>): boolean {
  const anyone = table.visibility?.anyone;
  return typeof anyone === 'function' ? anyone(record) : anyone === true;
}

/** The parties that a record is for by its own words. */
export function partiesOf({ table, parts, record }: RecordPlace): ReadonlySet<string> {
  const declared = table.visibility?.parties;
  if (declared !== undefined) return new Set(declared(record, parts));
  return namedParties(parts, namedParties(record));
}

async function reachOf(
  search: Search,
  place: RecordPlace,
  steps: number,
): Promise<Reach | undefined> {
  const key = keyOfPlace(place);
  const { seen, party } = search;
  if (seen.has(key) || seen.size >= limits.visibilityNodesMax) return undefined;
  seen.add(key);
  const named = partiesOf(place);
  if (named.has(party)) return steps === 0 ? 'named' : 'linked';
  const shown = await viewReach(search, place);
  if (shown !== undefined || steps >= limits.visibilityStepsMax) return shown;
  for (const reference of referencesOf(place, named)) {
    const next = await placeOf(search.registry, search.view, reference);
    const found = next === undefined ? undefined : await reachOf(search, next, steps + 1);
    if (found !== undefined) return found;
  }
  return originReach(search, place, steps);
}

/** Records whose readers may read this one, too. */
function referencesOf(place: RecordPlace, named: ReadonlySet<string>): readonly string[] {
  const { table, parts, record } = place;
  const { visibility } = table;
  const own = parts.length === 1 ? parts[0] : undefined;
  if (visibility?.as !== undefined) return visibility.as(record, parts);
  if (visibility?.parties !== undefined || named.size > 0) return [];
  return objectsInKey(parts).filter((id) => id !== own || table.objectKind === undefined);
}

/** Whether a later record that came from this one is in the reader's sight. */
async function originReach(
  search: Search,
  { table, parts }: RecordPlace,
  steps: number,
): Promise<Reach | undefined> {
  const [value] = parts;
  if (value === undefined || parts.length !== 1 || !isKeyPart(value)) return undefined;
  for (const source of table.visibility?.originOf ?? []) {
    const later = tableByName(search.registry, source.table);
    if (later === undefined) continue;
    const limit = limits.visibilityNodesMax;
    const index = { name: source.index, value };
    for (const { id, record } of await search.view.list(later, { index, limit })) {
      const place = { table: later, parts: id.split('/'), record };
      const found = await reachOf(search, place, steps + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A view counts while it runs, and while its giver may read the object or is the court. */
async function viewReach(search: Search, place: RecordPlace): Promise<Reach | undefined> {
  const [object] = place.parts;
  if (place.table.objectKind === undefined || object === undefined) return undefined;
  if (tableByName(search.registry, VIEW_TABLE) === undefined) return undefined;
  const index = { name: 'for', value: viewIndexValue(object, search.party) };
  const given = await search.view.list(views, { index, limit: limits.viewsLookedAtMax });
  for (const { record } of given) {
    if (record.until <= search.view.timeMs) continue;
    if (partiesOf(place).has(record.by)) return 'shown';
    if (record.order !== undefined && (await isCourt(search, record.by))) return 'order';
  }
  return undefined;
}

async function isCourt({ registry, view }: Search, party: string): Promise<boolean> {
  const table = tableOfId(registry, party) as Table<{ roles?: readonly string[] }> | undefined;
  const record = table === undefined ? undefined : await view.get(table, party);
  return record?.roles?.includes('COURT') === true;
}
