import type { StateAnswer, stateRoutes } from '../../routes/state.js';
import type { RouteHandler } from '../call.js';
import { errorFromFault, invalidRequest } from '../problems.js';
import { proofJson } from '../proofJson.js';
import type { ServerContext } from '../serverContext.js';

const STATE_KEY = /^[\x21-\x7e]+(\/[\x21-\x7e]+)+$/;

/** Proofs of raw state keys, present or absent. */
export function getState({
  backend,
}: ServerContext): RouteHandler<(typeof stateRoutes)['getState']> {
  return async ({ query, access }) => {
    const keys = typeof query.key === 'string' ? [query.key] : query.key;
    for (const key of keys) {
      if (!STATE_KEY.test(key)) throw invalidRequest('key', 'is no state key');
    }
    if (new Set(keys).size !== keys.length) throw invalidRequest('key', 'stands twice');
    const reader = await backend.reader(query.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    for (const key of keys) {
      if (!(await access.mayReadKey(reader.value, key))) throw access.refuse(key);
    }
    const proofs = await backend.proofs(keys, reader.value.height);
    if (!proofs.ok) throw errorFromFault(proofs.fault);
    const body: StateAnswer = { ...proofJson(proofs.value), keys };
    return { status: 200, body, height: body.height };
  };
}
