import { CodedError, stateKey } from '@triflow/protocol';
import type { EventPageAnswer } from '../../routes/events.js';
import type { ObjectAnswer, objectRoutes } from '../../routes/objects.js';
import type { RouteHandler } from '../call.js';
import { jsonFromRecord } from '../plainJson.js';
import { errorFromFault, invalidRequest } from '../problems.js';
import { proveKeys } from '../proofJson.js';
import type { ObjectTable, ServerContext } from '../serverContext.js';
import { cursorOf, eventPage } from './events.js';

type Routes = typeof objectRoutes;

/** One object at a height, with the proof of its record or of its absence when asked for. */
export function getObject(context: ServerContext): RouteHandler<Routes['getObject']> {
  const { backend } = context;
  return async ({ params, query, access }) => {
    const { table } = objectTable(context, params);
    const reader = await backend.reader(query.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    const { height } = reader.value;
    const record = await reader.value.get(table, params.id);
    const key = stateKey(table, [params.id]);
    if (record !== undefined) {
      const place = { table, parts: [params.id], record };
      if (!(await access.mayRead(reader.value, place))) throw access.refuse(params.id);
    }
    const proof = query.proof === true ? await proveKeys(backend, [key], height) : undefined;
    if (record === undefined) {
      throw new CodedError('OBJECT_NOT_FOUND', `${params.id} does not exist at height ${height}`, {
        details: { stateKey: key, height, ...(proof && { proof }) },
      });
    }
    const data = jsonFromRecord(table, record);
    const body: ObjectAnswer = { id: params.id, data, height, stateKey: key };
    return { status: 200, body: proof === undefined ? body : { ...body, proof }, height };
  };
}

/** The events whose subject is the object, oldest first. */
export function getHistory(context: ServerContext): RouteHandler<Routes['getHistory']> {
  return async ({ params, query, access }) => {
    objectTable(context, params);
    const after = query.after === undefined ? undefined : cursorOf(query.after, 'after');
    const filter = { subject: params.id };
    const body: EventPageAnswer = await eventPage(context.backend, after, {
      filter,
      limit: query.limit,
      access,
    });
    return { status: 200, body, height: body.page.atHeight };
  };
}

/** The table of a segment, for an id of its kind. Throws ROUTE_NOT_FOUND, REQUEST_INVALID. */
export function objectTable(
  context: ServerContext,
  params: { readonly objects: string; readonly id: string },
): ObjectTable {
  const found = context.objects.get(params.objects);
  if (found === undefined) throw unknownObjects(params.objects, context);
  if (!found.isId(params.id)) throw invalidRequest('/id', `is no id of ${params.objects}`);
  return found;
}

/** What to throw for a segment that no enabled contract fills. */
export function unknownObjects(segment: string, context: ServerContext): CodedError {
  return new CodedError('ROUTE_NOT_FOUND', `there are no objects called ${segment.slice(0, 64)}`, {
    details: { known: [...context.objects.keys()] },
  });
}
