import type { QueryReader } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../../defineContract.js';
import { lotIdSchema } from '../traceIds.js';
import { unitCodeSchema, unitIdSchema } from '../unitSchema.js';
import { createGraph, type Graph, STEPS_MAX } from './provenanceGraph.js';
import { visitEpc, visitLot, visitUnit } from './provenanceVisits.js';

/**
 * Where goods came from (`up`) or went (`down`): a graph of lots, units, transformations and
 * events, whole or with its gaps named. At most 8 steps and 256 nodes; beyond stands the gap
 * `search_incomplete` (R14).
 */
export const provenance = query({
  params: z.strictObject({
    lot: lotIdSchema.optional(),
    unit: unitIdSchema.optional(),
    epc: unitCodeSchema.optional(),
    direction: z.enum(['up', 'down']).default('up'),
    depth: z.coerce.number().int().min(1).max(STEPS_MAX).default(STEPS_MAX),
  }),
  run: async (reader, { lot, unit, epc, direction, depth }) => {
    const graph = createGraph();
    if (lot !== undefined) graph.add(lot, 'lot', {});
    if (unit !== undefined) graph.add(unit, 'unit', {});
    if (epc !== undefined) await visitEpc(reader, graph, epc);
    const start = graph.nodes.size;
    await walk(reader, graph, direction, depth);
    const { nodes, edges, gaps, keys } = graph;
    const data = { nodes: [...nodes.values()], edges, gaps, complete: gaps.length === 0 };
    return { data: start === 0 ? null : data, proofRef: keys };
  },
});

/** Breadth first, so that a bound cuts what is farthest. */
async function walk(
  reader: QueryReader,
  graph: Graph,
  direction: 'up' | 'down',
  depth: number,
): Promise<void> {
  let frontier = [...graph.nodes.keys()];
  for (let step = 0; step < depth && frontier.length > 0; step += 1) {
    const known = new Set(graph.nodes.keys());
    for (const id of frontier) {
      if (id.startsWith('lt_')) await visitLot(reader, graph, id, direction);
      if (id.startsWith('vu_')) await visitUnit(reader, graph, id, direction);
    }
    frontier = [...graph.nodes.keys()].filter((id) => !known.has(id));
  }
  const further = frontier.filter((id) => id.startsWith('lt_') || id.startsWith('vu_'));
  for (const subject of further) graph.gap('search_incomplete', subject);
}
