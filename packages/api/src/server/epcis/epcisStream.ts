import type { ServerResponse } from 'node:http';
import type { EventQuery } from '@triflow/epcis';
import { CodedError, limits } from '@triflow/protocol';
import { EVENT_STREAM_MEDIA_TYPE, streamCommentMs } from '../../routes/events.js';
import { chainHeaders, securityHeaders } from '../commonHeaders.js';
import type { EpcisCall } from './epcisCall.js';
import type { EpcisService } from './epcisService.js';
import { followQuery, positionBehind } from './followQuery.js';
import { queryDocument } from './queryDocument.js';

const POSITION = /^[0-9]{16}\/[0-9a-f.~]{1,90}$/;
const open = new WeakMap<EpcisService, Set<ServerResponse>>();

/**
 * Sends what a query asks for as it is recorded, an EPCISQueryDocument a message; its id says where
 * to resume (`Last-Event-ID`). Starts behind the head.
 */
export async function streamQuery(
  service: EpcisService,
  call: EpcisCall,
  asked: { readonly query: EventQuery; readonly queryName: string },
): Promise<undefined> {
  const clients = open.get(service) ?? new Set();
  open.set(service, clients);
  if (clients.size >= limits.sseClientsMax) {
    throw new CodedError('RATE_LIMITED', `${clients.size} streams are open already`);
  }
  const resumed = call.request.headers['last-event-id'];
  const start = resumed ?? positionBehind(service.backend.info().headTimeMs);
  if (typeof start !== 'string' || !POSITION.test(start)) {
    throw new CodedError('EPCIS_QUERY_PARAMETER', 'Last-Event-ID is none of this stream');
  }
  call.reply.hijack();
  const response = call.reply.raw;
  clients.add(response);
  response.once('close', () => clients.delete(response));
  response.writeHead(200, {
    ...securityHeaders,
    ...chainHeaders(service.backend.info(), call.request.id),
    'content-type': `${EVENT_STREAM_MEDIA_TYPE}; charset=utf-8`,
    'x-accel-buffering': 'no',
  });
  response.write('retry: 2000\n\n');
  pump(service, call, asked, start).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    service.logger.warn('epcis.stream_ended', { reason });
    response.end();
  });
  return undefined;
}

/** Ends all streams of a service, saying so. */
export function endStreams(service: EpcisService): void {
  for (const response of open.get(service) ?? []) response.end('event: bye\ndata: {}\n\n');
}

async function pump(
  service: EpcisService,
  call: EpcisCall,
  asked: { readonly query: EventQuery; readonly queryName: string },
  start: string,
): Promise<void> {
  const response = call.reply.raw;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let position = start;
  while (!gone.signal.aborted && !response.writableEnded) {
    const access = await service.access.of(call.request.raw);
    const view = await service.views(access);
    const page = await followQuery(view, asked.query, position, limits.epcisPageDefault);
    await access.settle('epcis.stream', call.request.id, view.height);
    position = page.position;
    if (page.events.length > 0) {
      const facts = { queryName: asked.queryName, nowMs: service.nowMs() };
      const data = queryDocument(page.events, { ...facts, epcFormat: call.form.epcFormat });
      const isTaken = response.write(`id: ${position}\ndata: ${data}\n\n`);
      if (!isTaken) await drained(response, gone.signal);
    }
    if (page.more) continue;
    const timeoutMs = streamCommentMs;
    await service.commits.above(view.height, { signal: gone.signal, timeoutMs });
    if (service.backend.info().height === view.height) response.write(': \n\n');
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      response.destroy();
      resolve();
    }, limits.sseStallMs);
    const done = (): void => {
      clearTimeout(late);
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
