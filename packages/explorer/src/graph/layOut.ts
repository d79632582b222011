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
const LEFT = 112;
/** A later moment lies at least this much further right, whatever its lane. */
const STEP_X = 44;
const TIME_WIDTH = 76;
const FLOWS: readonly Flow[] = ['goods', 'documents', 'money', 'system'];

/**
 * Lays a trace out over time: a lane for each flow, a column for each moment in which something
 * came to be. What happened first stands left; what belongs to one block stands in one column.
 */
export function layOut(trace: Trace): Drawing {
  const nodes = [...trace.nodes].sort(byTime);
  const columnOf = momentPositions(nodes);
  const placed: PlacedNode[] = [];
  const lanes: Lane[] = [];
  let y = TOP;
  for (const flow of FLOWS) {
    const members = nodes.filter((node) => node.flow === flow);
    if (members.length === 0) continue;
    const counts = new Map<number, number>();
    let rows = 1;
    for (const node of members) {
      const x = columnOf.get(node.height) ?? LEFT;
      const row = counts.get(x) ?? 0;
      counts.set(x, row + 1);
      rows = Math.max(rows, row + 1);
      const top = y + LANE_PAD + row * (NODE_HEIGHT + GAP_Y);
      placed.push({ node, x, y: top });
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
  const width = Math.max(LEFT, ...columnOf.values()) + NODE_WIDTH + GAP_X;
  return { width, height: y, nodes: placed, edges, lanes, times: timesOf(nodes, columnOf) };
}

/**
 * Where each moment lies: right of all earlier ones, and clear of what its lanes hold already.
 * Moments in different lanes may lie closer than a box is wide.
 */
function momentPositions(nodes: readonly TraceNode[]): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  const freeFrom = new Map<Flow, number>();
  let least = LEFT;
  for (const { height } of nodes) {
    if (positions.has(height)) continue;
    const flows = nodes.filter((node) => node.height === height).map(({ flow }) => flow);
    const x = Math.max(least, ...flows.map((flow) => freeFrom.get(flow) ?? LEFT));
    positions.set(height, x);
    for (const flow of flows) freeFrom.set(flow, x + NODE_WIDTH + GAP_X);
    least = x + STEP_X;
  }
  return positions;
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

/** Times to write over the lanes: as many as do not run into one another. */
function timesOf(
  nodes: readonly TraceNode[],
  columnOf: ReadonlyMap<number, number>,
): Drawing['times'] {
  const times: { x: number; timeMs: number }[] = [];
  for (const { height, timeMs } of nodes) {
    const x = columnOf.get(height) ?? LEFT;
    const last = times.at(-1);
    if (timeMs !== 0 && (last === undefined || x - last.x >= TIME_WIDTH)) times.push({ x, timeMs });
  }
  return times;
}
