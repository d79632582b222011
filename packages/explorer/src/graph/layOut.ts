import { Graph, layout } from '@dagrejs/dagre';
import { curveMonotoneX, line } from 'd3-shape';
import type { Trace, TraceEdge, TraceNode } from './collectTrace.js';

export interface PlacedNode {
  readonly node: TraceNode;
  /** The upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: TraceEdge;
  readonly path: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 58;
const GAP_X = 46;
const GAP_Y = 16;
const PAD = 12;

/**
 * Lays a trace out from left to right: each connection runs from the record that came to be first
 * to the later one, so that every path through the drawing is a path through time.
 */
export function layOut(trace: Trace): Drawing {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    nodesep: GAP_Y,
    edgesep: GAP_Y / 2,
    ranksep: GAP_X,
    marginx: PAD,
    marginy: PAD,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = [...trace.nodes].sort(byTime);
  const order = new Map(nodes.map(({ id }, index) => [id, index]));
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const known = trace.edges.filter(({ from, to }) => order.has(from) && order.has(to));
  const edges = withoutShortcuts(known, order);
  for (const edge of edges) graph.setEdge(...inTime(edge, order));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id);
      const corner = { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
      return { node, ...corner, width: NODE_WIDTH, height: NODE_HEIGHT };
    }),
    edges: edges.map((edge) => {
      const ends = inTime(edge, order);
      const bends = graph.edge(...ends).points.slice(1, -1);
      const [left, right] = ends.map((id) => graph.node(id));
      const start = { x: (left?.x ?? 0) + NODE_WIDTH / 2, y: left?.y ?? 0 };
      const end = { x: (right?.x ?? 0) - NODE_WIDTH / 2, y: right?.y ?? 0 };
      return { edge, path: smooth([start, ...bends, end]) };
    }),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const smooth = (points: readonly Point[]): string =>
  line<Point>(
    ({ x }) => x,
    ({ y }) => y,
  ).curve(curveMonotoneX)(points) ?? '';

/**
 * A connection that says no more than a longer way does is not drawn: who follows the lines still
 * comes from each record to all that it is connected with.
 */
function withoutShortcuts(
  edges: readonly TraceEdge[],
  order: ReadonlyMap<string, number>,
): readonly TraceEdge[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = inTime(edge, order);
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from) || (order.get(from) ?? 0) > (order.get(to) ?? 0)) return false;
    seen.add(from);
    return (next.get(from) ?? []).some((one) => reaches(one, to, seen));
  };
  return edges.filter((edge) => {
    const [from, to] = inTime(edge, order);
    const others = (next.get(from) ?? []).filter((one) => one !== to);
    return !others.some((one) => reaches(one, to, new Set()));
  });
}

/** Both ends of a connection, the earlier first. */
function inTime({ from, to }: TraceEdge, order: ReadonlyMap<string, number>): [string, string] {
  return (order.get(from) ?? 0) <= (order.get(to) ?? 0) ? [from, to] : [to, from];
}

function byTime(one: TraceNode, other: TraceNode): number {
  return one.height - other.height || (one.id < other.id ? -1 : 1);
}
