import { isKeyPart, limits, type QueryReader, type Table } from '@triflow/protocol';
import type { TraceAnswer, TraceNode } from '../routes/trace.js';
import { placeOf, type RecordPlace, tableByName } from './access/recordPlace.js';
import type { BackendRegistry } from './backend.js';
import { jsonFromRecord } from './plainJson.js';

type Edge = TraceAnswer['edges'][number];
type Flag = TraceAnswer['flags'][number];

const MONEY = new Set(['payment', 'receivable', 'pledge-facility', 'lien', 'finance']);
const GOODS = new Set(['warehouse-receipt', 'trace', 'livestock', 'custody-items', 'monitoring']);

export interface TraceWish {
  readonly id: string;
  readonly direction: TraceAnswer['direction'];
  readonly depth: number;
}

export type TraceTree = Pick<TraceAnswer, 'nodes' | 'edges' | 'flags'>;

interface Walk {
  readonly registry: BackendRegistry;
  readonly view: QueryReader;
  readonly nodes: Map<string, TraceNode>;
  readonly records: Map<string, RecordPlace>;
  readonly edges: Map<string, Edge>;
  readonly flags: Set<Flag>;
}

/**
 * The chains of origin that tables declare, walked from one object breadth first, each object with
 * what stands on it (liens, facilities, obligations, events). Bounded by nodes and steps; a search
 * that was cut is flagged. Undefined when there is no such record.
 */
export async function traceTree(
  registry: BackendRegistry,
  view: QueryReader,
  { id, direction, depth }: TraceWish,
): Promise<TraceTree | undefined> {
  const root = await placeOf(registry, view, id);
  if (root === undefined) return undefined;
  const walk: Walk = {
    registry,
    view,
    nodes: new Map(),
    records: new Map(),
    edges: new Map(),
    flags: new Set(),
  };
  addNode(walk, root, 0);
  if (direction !== 'down') await follow(walk, root, depth, originsOf);
  if (direction !== 'up') await follow(walk, root, depth, outcomesOf);
  for (const place of [...walk.records.values()]) await attach(walk, place);
  if (isCyclic(walk.edges.values())) walk.flags.add('cycle');
  return {
    nodes: [...walk.nodes.values()],
    edges: [...walk.edges.values()],
    flags: [...walk.flags],
  };
}

interface Link {
  readonly place: RecordPlace;
  readonly by: string;
}

type Step = (walk: Walk, place: RecordPlace) => Promise<readonly Link[]>;

async function follow(walk: Walk, root: RecordPlace, depth: number, step: Step): Promise<void> {
  let frontier: RecordPlace[] = [root];
  const seen = new Set([nameOf(root)]);
  for (let steps = 1; frontier.length > 0; steps += 1) {
    const next: RecordPlace[] = [];
    for (const place of frontier) {
      for (const link of await step(walk, place)) {
        const isUp = step === originsOf;
        if (steps > depth || walk.nodes.size >= limits.traceNodesMax) {
          walk.flags.add('search-incomplete');
          continue;
        }
        addEdge(walk, isUp ? link.place : place, isUp ? place : link.place, 'origin', link.by);
        addNode(walk, link.place, steps);
        if (seen.has(nameOf(link.place))) continue;
        seen.add(nameOf(link.place));
        next.push(link.place);
      }
    }
    frontier = next;
  }
}

/** What a record came from: the objects under which an index of an `originOf` finds it. */
async function originsOf(walk: Walk, { table, record }: RecordPlace): Promise<readonly Link[]> {
  const found: Link[] = [];
  for (const origin of walk.registry.tables.values()) {
    for (const { table: name, index } of origin.visibility?.originOf ?? []) {
      if (name !== `${table.contract}/${table.name}`) continue;
      for (const id of table.indexes?.[index]?.(record) ?? []) {
        const key = `${origin.contract}/${origin.name}/${id}`;
        const place = await placeOf(walk.registry, walk.view, key);
        if (place !== undefined) found.push({ place, by: `${name}.${index}` });
      }
    }
  }
  return found;
}

/** What came of a record, by the indexes of its own `originOf`. */
async function outcomesOf(walk: Walk, { table, parts }: RecordPlace): Promise<readonly Link[]> {
  const found: Link[] = [];
  for (const { table: name, index } of table.visibility?.originOf ?? []) {
    const later = tableByName(walk.registry, name);
    if (later !== undefined) found.push(...(await listUnder(walk, later, index, parts)));
  }
  return found;
}

/** What stands on an object: records of other tables that an index finds under its id. */
async function attach(walk: Walk, place: RecordPlace): Promise<void> {
  const lineage = new Set(
    (place.table.visibility?.originOf ?? []).map(({ table, index }) => `${table}.${index}`),
  );
  let exclusive = 0;
  for (const raw of walk.registry.tables.values()) {
    const table = raw as unknown as Table<unknown>;
    if (table.name === 'pending') continue;
    for (const index of Object.keys(table.indexes ?? {})) {
      if (lineage.has(`${table.contract}/${table.name}.${index}`)) continue;
      for (const link of await listUnder(walk, table, index, place.parts)) {
        if (walk.nodes.size >= limits.traceNodesMax) {
          walk.flags.add('search-incomplete');
          return;
        }
        if (isExclusiveLien(link.place)) exclusive += 1;
        addEdge(walk, place, link.place, 'attached', link.by);
        addNode(walk, link.place, (walk.nodes.get(nameOf(place))?.depth ?? 0) + 1);
      }
    }
  }
  if (exclusive > 1) walk.flags.add('double-financing');
}

async function listUnder(
  { view }: Walk,
  table: Table<unknown>,
  index: string,
  parts: readonly string[],
): Promise<readonly Link[]> {
  const [value] = parts;
  if (value === undefined || parts.length !== 1 || !isKeyPart(value)) return [];
  const limit = limits.traceBranchesMax;
  const rows = await view.list(table, { index: { name: index, value }, limit });
  const by = `${table.contract}/${table.name}.${index}`;
  return rows.map(({ id, record }) => ({ place: { table, parts: id.split('/'), record }, by }));
}

function addNode(walk: Walk, place: RecordPlace, depth: number): void {
  const id = nameOf(place);
  if (walk.nodes.has(id)) return;
  const { table, parts, record } = place;
  walk.records.set(id, place);
  walk.nodes.set(id, {
    id,
    contract: table.contract,
    table: table.name,
    flow: flowOf(table.contract),
    depth,
    stateKey: [table.contract, table.name, ...parts].join('/'),
    data: jsonFromRecord(table, record),
  });
}

function addEdge(
  walk: Walk,
  from: RecordPlace,
  to: RecordPlace,
  kind: Edge['kind'],
  by: string,
): void {
  const edge = { from: nameOf(from), to: nameOf(to), kind, by };
  walk.edges.set(JSON.stringify([edge.from, edge.to, kind]), edge);
}

function nameOf({ table, parts }: RecordPlace): string {
  const [id = ''] = parts;
  return table.objectKind === undefined ? [table.contract, table.name, ...parts].join('/') : id;
}

function flowOf(contract: string): TraceNode['flow'] {
  if (MONEY.has(contract)) return 'money';
  return GOODS.has(contract) ? 'goods' : 'data';
}

/** Live and exclusive: two of them on one asset are one asset pledged twice. */
function isExclusiveLien({ table, record }: RecordPlace): boolean {
  if (table.contract !== 'lien' || table.objectKind !== 'ln') return false;
  const { exclusive, state } = record as { exclusive?: unknown; state?: unknown };
  return exclusive === true && (state === 'EFFECTIVE' || state === 'PROPOSED');
}

/** Whether a chain of origin comes back to where it began. */
function isCyclic(edges: Iterable<Edge>): boolean {
  const later = new Map<string, string[]>();
  for (const { from, to, kind } of edges) {
    if (kind === 'origin') later.set(from, [...(later.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const onPath = new Set<string>();
  const visit = (id: string): boolean => {
    if (onPath.has(id)) return true;
    if (done.has(id)) return false;
    onPath.add(id);
    const found = (later.get(id) ?? []).some(visit);
    onPath.delete(id);
    done.add(id);
    return found;
  };
  return [...later.keys()].some(visit);
}
