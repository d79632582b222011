import { CodedError, limits, type QueryReader } from '@triflow/protocol';
import type { TraceAnswer, traceRoutes } from '../../routes/trace.js';
import { filteredReader } from '../access/filteredReader.js';
import { placeOf } from '../access/recordPlace.js';
import type { RouteHandler } from '../call.js';
import { plainJson } from '../plainJson.js';
import { errorFromFault } from '../problems.js';
import { proveKeys } from '../proofJson.js';
import { queryByName, runnable } from '../queryByName.js';
import type { ServerContext } from '../serverContext.js';
import { traceTree } from '../traceTree.js';

/** The spanning queries whose answers belong to a trace, with how they take its root. */
const SPANNING = ['penetrate', 'provenance'] as const;

/** Where an object came from, what came of it, and what stands on it. */
export function getTrace(context: ServerContext): RouteHandler<(typeof traceRoutes)['getTrace']> {
  const { backend } = context;
  return async ({ params, query, access }) => {
    const reader = await backend.reader(query.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    const { height } = reader.value;
    const root = await placeOf(backend.registry, reader.value, params.id);
    if (root === undefined) {
      throw new CodedError('OBJECT_NOT_FOUND', `${params.id} does not exist at height ${height}`);
    }
    if (!(await access.mayRead(reader.value, root))) throw access.refuse(params.id);
    const view = filteredReader(reader.value, access);
    const { direction = 'both', depth = limits.traceDepthMax } = query;
    const wish = { id: params.id, direction, depth };
    const tree = await traceTree(backend.registry, view, wish);
    if (tree === undefined) throw access.refuse(params.id);
    const body: TraceAnswer = {
      root: params.id,
      direction,
      height,
      ...tree,
      views: await spanningViews(context, view, params.id, direction),
      ...(access.redacted > 0 && { redacted: access.redacted }),
    };
    if (query.proof !== true) return { status: 200, body, height };
    const keys = body.nodes.slice(0, limits.stateKeysPerProofMax).map((node) => node.stateKey);
    return {
      status: 200,
      body: { ...body, proof: await proveKeys(backend, keys, height) },
      height,
    };
  };
}

/** What the queries of domain section 6 say of the root; those that do not take it are left out. */
async function spanningViews(
  { backend }: ServerContext,
  view: QueryReader,
  id: string,
  direction: TraceAnswer['direction'],
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of SPANNING) {
    const handler = queryByName(backend.registry, name);
    if (handler === undefined) continue;
    const oneWay = direction === 'both' ? 'up' : direction;
    const wishes = [
      { root: id, direction: oneWay },
      { id, direction: oneWay },
      { root: id },
      { id },
      { lot: id, direction: oneWay },
      { lot: id },
    ];
    const params = wishes
      .map((wish) => handler.params.safeParse(wish))
      .find((parsed) => parsed.success);
    if (params?.success !== true) continue;
    found[name] = plainJson((await runnable(handler)(view, params.data)).data);
  }
  return found;
}
