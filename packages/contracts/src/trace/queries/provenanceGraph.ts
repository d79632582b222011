import { limits } from '@triflow/protocol';

/** Steps of a search, as R14 bounds them. */
export const STEPS_MAX = 8;

export type NodeKind = 'lot' | 'warehouse_lot' | 'unit' | 'transformation' | 'event' | 'epc';
export type GapKind =
  | 'search_incomplete'
  | 'record_missing'
  | 'commissioning_event_missing'
  | 'shipping_event_missing'
  | 'receiving_event_missing';

export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Graph {
  readonly nodes: Map<string, GraphNode>;
  readonly edges: { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly gaps: { readonly kind: GapKind; readonly subject: string; readonly after?: string }[];
  readonly keys: string[];
  /** Adds a node, or tells more of it; false when there is no room. */
  readonly add: (id: string, kind: NodeKind, facts: GraphNode['facts']) => boolean;
  readonly link: (from: string, to: string, kind: string) => void;
  readonly gap: (kind: GapKind, subject: string, after?: string) => void;
}

/** An empty graph that holds at most 256 nodes. */
export function createGraph(): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges: Graph['edges'] = [];
  const gaps: Graph['gaps'] = [];
  const gap: Graph['gap'] = (kind, subject, after) => {
    const known = gaps.some((one) => one.kind === kind && one.subject === subject);
    if (!known) gaps.push({ kind, subject, ...(after === undefined ? {} : { after }) });
  };
  return {
    nodes,
    edges,
    gaps,
    keys: [],
    gap,
    add: (id, kind, facts) => {
      const known = nodes.get(id);
      if (known === undefined && nodes.size >= limits.provenanceNodesMax) {
        gap('search_incomplete', id);
        return false;
      }
      nodes.set(id, { id, kind, facts: { ...known?.facts, ...facts } });
      return true;
    },
    link: (from, to, kind) => {
      const known = edges.some((one) => one.from === from && one.to === to && one.kind === kind);
      if (!known) edges.push({ from, to, kind });
    },
  };
}
