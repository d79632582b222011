import { limits } from '@triflow/protocol';
import {
  cursorFromText,
  type EventCursor,
  endOfBlock,
  textFromCursor,
} from '../../routes/eventCursor.js';
import {
  EVENT_STREAM_MEDIA_TYPE,
  type EventPageAnswer,
  type eventRoutes,
  LATEST,
} from '../../routes/events.js';
import type { RequestAccess } from '../access/requestAccess.js';
import type { EventsOptions, NodeBackend, PlacedEvent } from '../backend.js';
import type { RouteHandler } from '../call.js';
import { chainHeaders, securityHeaders } from '../commonHeaders.js';
import { jsonFromPlacedEvent } from '../plainJson.js';
import { errorFromFault, invalidRequest } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Filter = Pick<EventsOptions, 'types' | 'subject'>;

/** Events after a cursor: one page, or a stream when the client accepts one. */
export function getEvents(context: ServerContext): RouteHandler<(typeof eventRoutes)['getEvents']> {
  const { backend, streams } = context;
  return async ({ query, request, reply, access }) => {
    const { types, subject } = query;
    const filter: Filter = {
      ...(types !== undefined && { types }),
      ...(subject !== undefined && { subject }),
    };
    const streamed = (request.headers.accept ?? '').includes(EVENT_STREAM_MEDIA_TYPE);
    const resumed = streamed ? request.headers['last-event-id'] : undefined;
    const from = resumed === undefined ? query.after : String(resumed);
    const after = startOf(backend, from, resumed === undefined ? 'after' : 'Last-Event-ID');
    if (!streamed) {
      const body = await eventPage(backend, after, { filter, limit: query.limit, access });
      return { status: 200, body, height: body.page.atHeight };
    }
    const headers = {
      ...securityHeaders,
      ...chainHeaders(backend.info(), request.id),
      'content-type': `${EVENT_STREAM_MEDIA_TYPE}; charset=utf-8`,
      'x-accel-buffering': 'no',
    };
    const visible = async (events: readonly PlacedEvent[]) => {
      const now = await context.access.of(request.raw);
      const seen = await visibleEvents(now, events);
      await now.settle('getEvents', request.id, events.at(-1)?.cursor.height ?? 0);
      return seen;
    };
    const wanted = { response: reply.raw, headers, after, filter, visible };
    await streams.open(wanted, () => reply.hijack());
    return undefined;
  };
}

/** One page of the stored log. */
export async function eventPage(
  backend: NodeBackend,
  after: EventCursor | undefined,
  options: {
    readonly filter: Filter;
    readonly limit?: number | undefined;
    readonly access: RequestAccess;
  },
): Promise<EventPageAnswer> {
  const { filter, limit = limits.listPageDefault, access } = options;
  const atHeight = backend.info().height;
  const page = await backend.events(after, { ...filter, limit });
  if (!page.ok) throw errorFromFault(page.fault);
  const { events, next, more } = page.value;
  const seen = await visibleEvents(access, events);
  const redacted = events.length - seen.length;
  // Under a filter the number would tell a stranger of an object that it may not see.
  const isCounted = redacted > 0 && filter.types === undefined && filter.subject === undefined;
  return {
    data: seen.map(jsonFromPlacedEvent),
    page: { next: textFromCursor(next), more, atHeight },
    ...(isCounted && { redacted }),
  };
}

async function visibleEvents(
  access: RequestAccess,
  events: readonly PlacedEvent[],
): Promise<readonly PlacedEvent[]> {
  if (access.isOpen) return events;
  const seen: PlacedEvent[] = [];
  for (const event of events) {
    if (await access.maySeeEvent({ ...event, height: event.cursor.height })) seen.push(event);
  }
  return seen;
}

/** Reads a cursor's text. Throws REQUEST_INVALID. */
export function cursorOf(text: string, path: string): EventCursor {
  const cursor = cursorFromText(text);
  if (cursor === undefined) throw invalidRequest(path, 'is no cursor');
  return cursor;
}

function startOf(
  backend: NodeBackend,
  from: string | undefined,
  path: string,
): EventCursor | undefined {
  if (from === undefined) return undefined;
  return from === LATEST ? endOfBlock(backend.info().height) : cursorOf(from, path);
}
