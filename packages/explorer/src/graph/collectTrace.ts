import { readChainTables } from '../data/contractTables.js';
import { getJson, isRecord } from '../data/nodeApi.js';
import { readHistory, readLinked, readObject } from '../data/readLists.js';
import { type Flow, flowOfSegment } from '../format/flows.js';
import { segmentOfId } from '../format/ids.js';
import { linksOf, reverseLinksOf } from './links.js';

export interface TraceNode {
  readonly id: string;
  readonly segment: string;
  readonly flow: Flow;
  readonly data: Readonly<Record<string, unknown>>;
  /** When it came to be: block time, and the height that orders it. */
  readonly timeMs: number;
  readonly height: number;
  /** Steps from the root. */
  readonly distance: number;
}

export interface TraceEdge {
  readonly from: string;
  readonly to: string;
  /** The member that makes the connection. */
  readonly by: string;
}

export interface Trace {
  readonly nodes: readonly TraceNode[];
  readonly edges: readonly TraceEdge[];
  readonly isCut: boolean;
  /** Records that the reader may not see, or that are gone. */
  readonly hidden: number;
}

/** Which way from the root: to what came before it, to what came after, or both. */
export type Direction = 'up' | 'down' | 'both';

interface Collecting {
  readonly nodes: Map<string, TraceNode>;
  readonly edges: Map<string, TraceEdge>;
  hidden: number;
  isCut: boolean;
}

const NODES_MAX = 80;
const AT_ONCE = 6;
/** What feeds many records, such as a price: shown, but not walked through. */
const NOT_WALKED = new Set(['prices', 'devices', 'proposals']);

/** Walks from a record to those that it names and that name it, breadth first, bounded. */
export async function collectTrace(
  root: string,
  depth: number,
  direction: Direction,
  signal: AbortSignal,
): Promise<Trace> {
  await readChainTables();
  const state: Collecting = { nodes: new Map(), edges: new Map(), hidden: 0, isCut: false };
  let wave: readonly string[] = [root];
  for (let distance = 0; distance <= depth && wave.length > 0; distance += 1) {
    const next: string[] = [];
    for (let start = 0; start < wave.length; start += AT_ONCE) {
      const some = wave.slice(start, start + AT_ONCE);
      const found = await Promise.all(some.map((id) => visit(state, id, distance, signal)));
      if (distance === 0 && state.nodes.size === 0) await readObject(segmentOf(root), root, signal);
      next.push(...found.flat());
    }
    wave = [...new Set(next)].filter((id) => !state.nodes.has(id));
    if (distance === depth && wave.length > 0) break;
  }
  return finish(state, root, direction);
}

/** Reads one record and its connections; gives the records to go on with. */
async function visit(
  state: Collecting,
  id: string,
  distance: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (state.nodes.has(id)) return [];
  if (state.nodes.size >= NODES_MAX) {
    state.isCut = true;
    return [];
  }
  const segment = segmentOf(id);
  const node = await readNode(segment, id, distance, signal);
  if (node === undefined) {
    state.hidden += 1;
    return [];
  }
  state.nodes.set(id, node);
  const named = linksOf(node.data, id);
  for (const { to, by } of named) addEdge(state, { from: id, to, by });
  if (NOT_WALKED.has(segment)) return [];
  const lists = reverseLinksOf(segment).map(({ segment: other, filter }) => {
    return { segment: other, query: { [filter]: id } };
  });
  const naming = await readLinked(lists, signal);
  const following: string[] = [];
  for (const { segment: other, row } of naming) {
    // What is packed into another unit travels with that one, and would only crowd the graph.
    if (row.id === id || (other === 'units' && row.data.parent !== undefined)) continue;
    const link = linksOf(row.data, row.id).find(({ to }) => to === id);
    addEdge(state, { from: row.id, to: id, by: link?.by ?? other });
    following.push(row.id);
  }
  const proofs = await proofsFor(id, node, signal);
  for (const proof of proofs) addEdge(state, { from: proof, to: id, by: 'allocations' });
  return [...named.map(({ to }) => to), ...following, ...proofs];
}

async function readNode(
  segment: string,
  id: string,
  distance: number,
  signal: AbortSignal,
): Promise<TraceNode | undefined> {
  try {
    const [answer, history] = await Promise.all([
      readObject(segment, id, signal),
      readHistory(segment, id, signal).catch(() => []),
    ]);
    const [first] = history;
    const timeMs = first === undefined ? 0 : Date.parse(first.time);
    const flow = flowOfSegment(segment);
    const height = first?.height ?? 0;
    return { id, segment, flow, data: answer.data, timeMs, height, distance };
  } catch {
    return undefined;
  }
}

/** Payments name what they pay; what is paid does not name them, so the payer's are looked at. */
async function proofsFor(id: string, node: TraceNode, signal: AbortSignal): Promise<string[]> {
  const { segment, data } = node;
  const payer = segment === 'obligations' ? data.debtor : data.pledgor;
  if (!['obligations', 'pledges'].includes(segment) || typeof payer !== 'string') return [];
  const rows = await readLinked([{ segment: 'proofs', query: { payer } }], signal);
  return rows
    .filter(({ row }) => linksOf(row.data, row.id).some(({ to }) => to === id))
    .map(({ row }) => row.id);
}

function addEdge(state: Collecting, edge: TraceEdge): void {
  const key = [edge.from, edge.to].sort((one, other) => (one < other ? -1 : 1)).join(' ');
  if (!state.edges.has(key)) state.edges.set(key, edge);
}

function finish(state: Collecting, root: string, direction: Direction): Trace {
  const start = state.nodes.get(root);
  const all = [...state.nodes.values()];
  const nodes = all.filter(({ id, height }) => {
    if (direction === 'both' || start === undefined || id === root) return true;
    return direction === 'up' ? height <= start.height : height >= start.height;
  });
  const kept = new Set(nodes.map(({ id }) => id));
  const edges = [...state.edges.values()].filter(({ from, to }) => kept.has(from) && kept.has(to));
  return { nodes, edges, isCut: state.isCut, hidden: state.hidden };
}

function segmentOf(id: string): string {
  return segmentOfId(id) ?? 'objects';
}

/** Physical events that were linked to a lot, as the trace contract keeps them. */
export interface PhysicalEvent {
  readonly key: string;
  readonly lot: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The physical events of lots; a chain without the trace contract has none. */
export async function readPhysicalEvents(
  lots: readonly string[],
  signal: AbortSignal,
): Promise<readonly PhysicalEvent[]> {
  const found = await Promise.all(
    lots.map(async (lot) => {
      try {
        const path = `/v1/queries/trace.eventsOfLot?${new URLSearchParams({ lot, limit: '100' })}`;
        const { data } = await getJson<{ data: { items?: unknown } }>(path, signal);
        return Array.isArray(data.items) ? data.items.filter(isRecord) : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat().flatMap(({ event, lot, facts }) => {
    if (typeof event !== 'string' || typeof lot !== 'string' || !isRecord(facts)) return [];
    return [{ key: event, lot, facts }];
  });
}
