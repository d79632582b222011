import { limits, objectKinds, type QueryReader } from '@triflow/protocol';
import { PARTY_SEGMENT } from '../../routes/objects.js';
import type { SearchAnswer, searchRoutes } from '../../routes/search.js';
import { filteredReader } from '../access/filteredReader.js';
import type { RouteHandler } from '../call.js';
import { errorFromFault } from '../problems.js';
import type { ObjectTable, ServerContext } from '../serverContext.js';

type Found = SearchAnswer['data'][number];

const ID_TEXT = /^[a-z0-9_-]{1,63}$/;

/** Objects by the beginning of their id and parties by name, a few of each kind. */
export function search(context: ServerContext): RouteHandler<(typeof searchRoutes)['search']> {
  return async ({ query, access }) => {
    const reader = await context.backend.reader();
    if (!reader.ok) throw errorFromFault(reader.fault);
    const { height } = reader.value;
    const seen = filteredReader(reader.value, access);
    const text = query.q.toLowerCase();
    const data: Found[] = [];
    for (const [objects, table] of context.objects) {
      const found =
        objects === PARTY_SEGMENT
          ? await partiesNamed(seen, table, text)
          : await idsBeginning(seen, objects, table, text);
      data.push(...found);
    }
    const body: SearchAnswer = { data: data.slice(0, limits.searchFoundMax), height };
    return { status: 200, body, height };
  };
}

/** People say `wr_0007` or `0007`: without a kind, each kind is tried. */
async function idsBeginning(
  reader: QueryReader,
  objects: string,
  { table }: ObjectTable,
  text: string,
): Promise<Found[]> {
  const kind = Object.entries(objectKinds).find(([, segment]) => segment === objects)?.[0];
  const begin = text.startsWith(`${kind}_`) ? text : `${kind}_${text}`;
  if (!ID_TEXT.test(begin)) return [];
  const exact = await reader.get(table, begin);
  const later = await reader.list(table, { after: begin, limit: limits.searchPerKindMax });
  const ids = later.map(({ id }) => id).filter((id) => id.startsWith(begin));
  return [...(exact === undefined ? [] : [begin]), ...ids]
    .slice(0, limits.searchPerKindMax)
    .map((id) => ({ objects, id }));
}

/** Names have no index: as many parties are looked at as a list may look at. */
async function partiesNamed(
  reader: QueryReader,
  { table }: ObjectTable,
  text: string,
): Promise<Found[]> {
  const found: Found[] = [];
  let after: string | undefined;
  for (let scanned = 0; scanned < limits.listScanMax; scanned += limits.listPageMax) {
    const options = { limit: limits.listPageMax, ...(after !== undefined && { after }) };
    const batch = await reader.list(table, options);
    for (const { id, record } of batch) {
      const name = nameOf(record);
      if (!id.toLowerCase().includes(text) && !name.toLowerCase().includes(text)) continue;
      found.push({ objects: PARTY_SEGMENT, id, name });
      if (found.length === limits.searchPerKindMax) return found;
    }
    if (batch.length < limits.listPageMax) return found;
    after = batch.at(-1)?.id;
  }
  return found;
}

function nameOf(record: unknown): string {
  if (typeof record !== 'object' || record === null || !('name' in record)) return '';
  return typeof record.name === 'string' ? record.name : '';
}
