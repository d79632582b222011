import { CodedError, limits } from '@triflow/protocol';
import type { QueryAnswerBody, queryRoutes } from '../../routes/queries.js';
import { filteredReader } from '../access/filteredReader.js';
import type { RouteHandler } from '../call.js';
import { paramsFromQuery, shapeOf } from '../paramsFromQuery.js';
import { plainJson } from '../plainJson.js';
import { errorFromFault } from '../problems.js';
import { proveKeys } from '../proofJson.js';
import { queryByName, runnable } from '../queryByName.js';
import { positionOf, queryPage, withPinnedNext } from '../queryCursor.js';
import type { ServerContext } from '../serverContext.js';

/** Runs a contract's query at one height; its parameters come from the URL. */
export function runQuery({
  backend,
}: ServerContext): RouteHandler<(typeof queryRoutes)['runQuery']> {
  return async ({ params, query, filters, access }) => {
    const handler = queryByName(backend.registry, params.name);
    if (handler === undefined) {
      throw new CodedError('ROUTE_NOT_FOUND', `there is no query ${params.name}`);
    }
    const position = positionOf(shapeOf(handler.params));
    const { name } = params;
    const page = queryPage(name, query, filters, position);
    const wanted = paramsFromQuery(handler.params, page.members);
    const reader = await backend.reader(page.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    const { height } = reader.value;
    const view = handler.openTo === 'anyone' ? reader.value : filteredReader(reader.value, access);
    const { data, proofRef } = await runnable(handler)(view, wanted);
    const answer: QueryAnswerBody = {
      data: plainJson(withPinnedNext(data, { name, height, members: filters })),
      height,
      proofRef: [...proofRef],
      ...(access.redacted > 0 && { redacted: access.redacted }),
    };
    if (query.proof !== true || proofRef.length === 0) {
      return { status: 200, body: answer, height };
    }
    if (proofRef.length > limits.stateKeysPerProofMax) {
      throw new CodedError('REQUEST_INVALID', `the answer was read from ${proofRef.length} keys`, {
        details: { proofRef, keysMax: limits.stateKeysPerProofMax },
      });
    }
    for (const key of proofRef) {
      if (!(await access.mayReadKey(reader.value, key))) throw access.refuse(key);
    }
    const proof = await proveKeys(backend, proofRef, height);
    return { status: 200, body: { ...answer, proof } satisfies QueryAnswerBody, height };
  };
}
