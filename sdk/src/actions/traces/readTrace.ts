import {
  type TraceAnswer,
  type TraceNode,
  traceAnswerSchema,
  traceRoutes,
} from '@triflow/api/routes';
import { limits, memoryFromJson } from '@triflow/protocol';
import { callNode } from '../../client/callNode.js';
import type { ClientCore } from '../../client/clientCore.js';
import { type ReadOptions, readState } from '../../client/readState.js';
import { type Verified, verifiedBy } from '../../client/verified.js';
import { underDeadline } from '../../deadline.js';
import { TriflowError } from '../../errors/triflowError.js';
import { recordTable } from '../../recordTable.js';
import { readRecord } from '../../verify/readRecord.js';

export interface TraceOptions extends ReadOptions {
  readonly direction?: 'up' | 'down' | 'both';
  readonly depth?: number;
  /** Checks every record of the tree against the validators that this client trusts. */
  readonly prove?: boolean;
}

/** An object of a trace with its neighbours; the same object is one node, however it is reached. */
export interface TracedNode extends TraceNode {
  readonly origins: readonly TracedNode[];
  readonly outcomes: readonly TracedNode[];
  /** What stands on it: liens, facilities, obligations, events. */
  readonly attached: readonly TracedNode[];
}

export interface Trace {
  readonly root: TracedNode;
  readonly nodes: readonly TracedNode[];
  readonly flags: TraceAnswer['flags'];
  /** Answers of the spanning queries about the root, by name: the node's own word. */
  readonly views: TraceAnswer['views'];
  readonly height: number;
  /** How many records this reader may not see. */
  readonly redacted: number;
  /** Of the records, with `prove`; that none is missing is not proved. */
  readonly verified: Verified | undefined;
}

interface Building extends TraceNode {
  readonly origins: TracedNode[];
  readonly outcomes: TracedNode[];
  readonly attached: TracedNode[];
}

/**
 * Where an object came from and what came of it, as one graph (穿透式查询). With `prove` each
 * record is read verified at the trace's height; one that is not there is `VERIFICATION_FAILED`.
 */
export async function readTrace(
  core: ClientCore,
  id: string,
  options: TraceOptions = {},
): Promise<Trace> {
  const { direction, depth, at, signal, timeoutMs = core.timeoutMs } = options;
  const answer = await underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const query = { direction, depth, at };
    const call = { route: traceRoutes.getTrace, params: { id }, query };
    return (await callNode(core, core.chain.expected(), deadline, call, traceAnswerSchema)).value;
  });
  const proved = options.prove === true ? await prove(core, answer, options) : undefined;
  const nodes = graphOf(answer, proved?.records);
  const root = nodes.get(answer.root);
  if (root === undefined) throw new TriflowError('VERIFICATION_FAILED', 'the trace has no root');
  const { flags, views, height, redacted = 0 } = answer;
  return {
    root,
    nodes: [...nodes.values()],
    flags,
    views,
    height,
    redacted,
    verified: proved?.verified,
  };
}

function graphOf(
  { nodes, edges }: TraceAnswer,
  proved: ReadonlyMap<string, unknown> | undefined,
): Map<string, Building> {
  const graph = new Map<string, Building>();
  for (const node of nodes) {
    const data = proved === undefined ? recordOfJson(node) : proved.get(node.stateKey);
    graph.set(node.id, { ...node, data, origins: [], outcomes: [], attached: [] });
  }
  for (const { from, to, kind } of edges) {
    const [first, second] = [graph.get(from), graph.get(to)];
    if (first === undefined || second === undefined) continue;
    if (kind === 'attached') {
      first.attached.push(second);
      continue;
    }
    first.outcomes.push(second);
    second.origins.push(first);
  }
  return graph;
}

interface Proved {
  readonly records: ReadonlyMap<string, unknown>;
  readonly verified: Verified | undefined;
}

/** The records themselves, under the header of the trace's height: the tree's own are set aside. */
async function prove(
  core: ClientCore,
  { nodes, height }: TraceAnswer,
  options: TraceOptions,
): Promise<Proved> {
  const keys = nodes.map(({ stateKey }) => stateKey);
  const records = new Map<string, unknown>();
  let verified: Verified | undefined;
  for (let from = 0; from < keys.length; from += limits.stateKeysPerProofMax) {
    const part = keys.slice(from, from + limits.stateKeysPerProofMax);
    const state = await readState(core, part, { ...options, at: height });
    for (const { key, value } of state.items) records.set(key, recordOfBytes(key, value));
    if (state.verified === undefined) continue;
    verified = verifiedBy(state.verified, 'inclusion', core.environment.nowMs());
  }
  return { records, verified };
}

function recordOfBytes(key: string, value: Uint8Array | null): unknown {
  const table = recordTable(key.split('/').slice(0, 2).join('/'));
  const record = table === undefined || value === null ? undefined : readRecord(table, value);
  if (record?.ok === true) return record.value;
  throw new TriflowError('VERIFICATION_FAILED', `the trace names ${key}, which is not proved`, {
    phase: 'verify',
    details: { reason: 'trace_node_not_proved' },
  });
}

/** A record as this client gives it, from the node's own words. */
function recordOfJson({ contract, table: name, data }: TraceNode): unknown {
  const table = recordTable(`${contract}/${name}`);
  return table === undefined ? data : memoryFromJson(table.schema, data);
}
