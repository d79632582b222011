import type { Flow } from '../format/flows.js';
import type { Trace, TraceEdge, TraceNode } from './collectTrace.js';

export interface PlacedNode {
  readonly node: TraceNode;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: TraceEdge;
  readonly path: string;
}

export interface Lane {
  readonly flow: Flow;
  readonly y: number;
  readonly height: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly lanes: readonly Lane[];
  /** Where a new time begins. */
  readonly times: readonly { readonly x: number; readonly timeMs: number }[];
}

export const NODE_WIDTH = 152;
export const NODE_HEIGHT = 46;
const GAP_X = 34;
const GAP_Y = 14;
const LANE_PAD = 16;
const TOP = 30;
const LEFT = 92;
const FLOWS: readonly Flow[] = ['goods', 'documents', 'money', 'system'];

/**
 * Lays a trace out over time: a lane for each flow, a column for each moment in which something
 * came to be. What happened first stands left; what belongs to one block stands in one column.
 */
export function layOut(trace: Trace): Drawing {
  const nodes = [...trace.nodes].sort(byTime);
  const moments = [...new Set(nodes.map(({ height }) => height))];
  const columnOf = new Map(moments.map((height, column) => [height, column]));
  const placed: PlacedNode[] = [];
  const lanes: Lane[] = [];
  let y = TOP;
  for (const flow of FLOWS) {
    const members = nodes.filter((node) => node.flow === flow);
    if (members.length === 0) continue;
    const counts = new Map<number, number>();
    let rows = 1;
    for (const node of members) {
      const column = columnOf.get(node.height) ?? 0;
      const row = counts.get(column) ?? 0;
      counts.set(column, row + 1);
      rows = Math.max(rows, row + 1);
      const top = y + LANE_PAD + row * (NODE_HEIGHT + GAP_Y);
      placed.push({ node, x: LEFT + column * (NODE_WIDTH + GAP_X), y: top });
    }
    const height = LANE_PAD * 2 + rows * NODE_HEIGHT + (rows - 1) * GAP_Y;
    lanes.push({ flow, y, height });
    y += height;
  }
  const at = new Map(placed.map((one) => [one.node.id, one]));
  const edges = trace.edges.flatMap((edge): readonly PlacedEdge[] => {
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    return from === undefined || to === undefined ? [] : [{ edge, path: curve(from, to) }];
  });
  const width = LEFT + Math.max(1, moments.length) * (NODE_WIDTH + GAP_X);
  return { width, height: y, nodes: placed, edges, lanes, times: timesOf(nodes, columnOf) };
}

function byTime(one: TraceNode, other: TraceNode): number {
  return one.height - other.height || (one.id < other.id ? -1 : 1);
}

/** From the older record's right side to the younger one's left; up and down inside a column. */
function curve(one: PlacedNode, other: PlacedNode): string {
  const [left, right] = one.x <= other.x ? [one, other] : [other, one];
  if (left.x === right.x) {
    const [upper, lower] = left.y <= right.y ? [left, right] : [right, left];
    const x = upper.x + NODE_WIDTH / 2;
    return `M${x} ${upper.y + NODE_HEIGHT}L${x} ${lower.y}`;
  }
  const start = { x: left.x + NODE_WIDTH, y: left.y + NODE_HEIGHT / 2 };
  const end = { x: right.x, y: right.y + NODE_HEIGHT / 2 };
  const bend = Math.max(24, (end.x - start.x) / 2);
  const [a, b] = [start.x + bend, end.x - bend];
  return `M${start.x} ${start.y}C${a} ${start.y} ${b} ${end.y} ${end.x} ${end.y}`;
}

function timesOf(
  nodes: readonly TraceNode[],
  columnOf: ReadonlyMap<number, number>,
): Drawing['times'] {
  const seen = new Set<number>();
  return nodes.flatMap(({ height, timeMs }) => {
    if (seen.has(height)) return [];
    seen.add(height);
    return [{ x: LEFT + (columnOf.get(height) ?? 0) * (NODE_WIDTH + GAP_X), timeMs }];
  });
}
