import { CodedError, isPartyId, limits, type QueryReader, textFromTime } from '@triflow/protocol';
import type { AccessLogAnswer, accessRoutes } from '../../routes/access.js';
import type { LoggedRead } from '../access/accessPorts.js';
import { placeOf } from '../access/recordPlace.js';
import type { RequestAccess } from '../access/requestAccess.js';
import { partiesOf } from '../access/sight.js';
import type { RouteHandler } from '../call.js';
import { errorFromFault } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

/**
 * The privileged reads that this node has let out (domain section 6, `accessLog`). A REGULATOR
 * sees all entries, everybody else those it made and those that read records naming it.
 */
export function getAccessLog(
  context: ServerContext,
): RouteHandler<(typeof accessRoutes)['getAccessLog']> {
  return async ({ query, access }) => {
    const { ports } = context.access;
    if (ports === undefined || access.isOpen) {
      throw new CodedError('ROUTE_NOT_FOUND', 'this node reads openly and logs no reads');
    }
    if (access.reader.party === undefined) throw access.refuse('the access log');
    const reader = await context.backend.reader();
    if (!reader.ok) throw errorFromFault(reader.fault);
    const limit = Math.min(query.limit ?? limits.listPageDefault, limits.accessLogPageMax);
    const { subject, reader: by, after } = query;
    const found = await ports.log.query({
      limit,
      ...(subject !== undefined && { subject }),
      ...(by !== undefined && { reader: by }),
      ...(after !== undefined && { after }),
    });
    const shown: LoggedRead[] = [];
    for (const entry of found) {
      if (await seesEntry(context, reader.value, access, entry)) shown.push(entry);
    }
    const last = found.at(-1);
    const redacted = found.length - shown.length;
    const body: AccessLogAnswer = {
      data: shown.map(({ timeMs, subjects, ...entry }) => {
        return { ...entry, subjects: [...subjects], time: textFromTime(timeMs) };
      }),
      page: { next: last !== undefined && found.length === limit ? last.seq : null },
      ...(redacted > 0 && { redacted }),
    };
    return { status: 200, body, height: reader.value.height };
  };
}

async function seesEntry(
  { backend }: ServerContext,
  view: QueryReader,
  access: RequestAccess,
  entry: LoggedRead,
): Promise<boolean> {
  const { party, roles } = access.reader;
  if (party === undefined) return false;
  if (entry.reader === party || roles.has('REGULATOR')) return true;
  for (const subject of entry.subjects) {
    if (isPartyId(subject) && subject === party) return true;
    const place = await placeOf(backend.registry, view, subject);
    if (place !== undefined && partiesOf(place).has(party)) return true;
  }
  return false;
}
