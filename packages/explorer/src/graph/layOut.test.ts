import { describe, expect, it } from 'vitest';
import type { Flow } from '../format/flows.js';
import type { TraceNode } from './collectTrace.js';
import { layOut, NODE_HEIGHT, NODE_WIDTH } from './layOut.js';

const node = (id: string, flow: Flow, height: number): TraceNode => ({
  id,
  segment: 'x',
  flow,
  data: {},
  timeMs: height * 1_000,
  height,
  distance: 0,
});

describe('a trace over time', () => {
  const nodes = [
    node('wr_1', 'goods', 9),
    node('lt_1', 'goods', 4),
    node('po_1', 'documents', 1),
    node('in_1', 'documents', 9),
    node('in_2', 'documents', 9),
    node('ob_1', 'money', 12),
  ];
  const edges = [
    { from: 'wr_1', to: 'lt_1', by: 'lot' },
    { from: 'lt_1', to: 'po_1', by: 'lineage' },
    { from: 'wr_1', to: 'gone_1', by: 'lien' },
    { from: 'in_1', to: 'in_2', by: 'x' },
    { from: 'ob_1', to: 'in_1', by: 'sourceRef' },
  ];
  const drawing = layOut({ nodes, edges, isCut: false, hidden: 0 });
  const at = new Map(drawing.nodes.map((one) => [one.node.id, one]));
  const xOf = (id: string) => at.get(id)?.x ?? Number.NaN;

  it('what came first stands left of what it is connected with, whoever names whom', () => {
    expect(xOf('po_1')).toBeLessThan(xOf('lt_1'));
    expect(xOf('lt_1')).toBeLessThan(xOf('wr_1'));
    expect(xOf('in_1')).toBeLessThan(xOf('ob_1'));
  });

  it('no two records overlap and all lie inside the drawing', () => {
    for (const one of drawing.nodes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + NODE_WIDTH).toBeLessThanOrEqual(drawing.width);
      expect(one.y + NODE_HEIGHT).toBeLessThanOrEqual(drawing.height);
      for (const other of drawing.nodes) {
        if (one === other) continue;
        const apart =
          Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT;
        expect(apart, `${one.node.id} ${other.node.id}`).toBe(true);
      }
    }
  });

  it('an edge to a record that is not there is not drawn', () => {
    expect(drawing.edges.map(({ edge }) => edge.to)).toEqual(['lt_1', 'po_1', 'in_2', 'in_1']);
    expect(drawing.edges.every(({ path }) => path.startsWith('M'))).toBe(true);
  });

  it('a connection that a longer way tells as well is left out', () => {
    const shortcut = { from: 'wr_1', to: 'po_1', by: 'root' };
    const all = layOut({ nodes, edges: [...edges, shortcut], isCut: false, hidden: 0 });
    expect(all.edges).toHaveLength(drawing.edges.length);
  });

  it('nothing is drawn of nothing, and a record alone stands alone', () => {
    expect(layOut({ nodes: [], edges: [], isCut: false, hidden: 0 }).nodes).toEqual([]);
    const alone = layOut({ nodes: nodes.slice(0, 1), edges: [], isCut: false, hidden: 0 });
    expect(alone.nodes).toHaveLength(1);
  });
});
