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
    { from: 'wr_1', to: 'gone_1', by: 'lien' },
    { from: 'in_1', to: 'in_2', by: 'x' },
  ];
  const drawing = layOut({ nodes, edges, isCut: false, hidden: 0 });
  const at = new Map(drawing.nodes.map((one) => [one.node.id, one]));

  it('what came first stands left, what one block made stands in one column', () => {
    const xs = ['po_1', 'lt_1', 'wr_1', 'ob_1'].map((id) => at.get(id)?.x ?? 0);
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect(at.get('in_1')?.x).toBe(at.get('wr_1')?.x);
    expect(drawing.times[0]?.timeMs).toBe(1_000);
    expect(drawing.width).toBeLessThan(4 * (NODE_WIDTH + 34) + 112);
  });

  it('each flow has its lane and no two records overlap', () => {
    expect(drawing.lanes.map(({ flow }) => flow)).toEqual(['goods', 'documents', 'money']);
    for (const one of drawing.nodes) {
      for (const other of drawing.nodes) {
        if (one === other) continue;
        const apart =
          Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT;
        expect(apart, `${one.node.id} ${other.node.id}`).toBe(true);
      }
    }
  });

  it('an edge to a record that is not there is not drawn', () => {
    expect(drawing.edges.map(({ edge }) => edge.to)).toEqual(['lt_1', 'in_2']);
    expect(drawing.edges.every(({ path }) => /^M[\d .]+[CL][\d .]+$/.test(path))).toBe(true);
  });
});
