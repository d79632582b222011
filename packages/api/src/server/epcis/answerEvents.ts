import type { EventQuery } from '@triflow/epcis';
import { CodedError, compareText, limits } from '@triflow/protocol';
import { EPCIS_BASE } from '../../routes/epcis.js';
import type { EpcisAnswer, EpcisCall } from './epcisCall.js';
import type { EpcisService } from './epcisService.js';
import type { EventView } from './eventView.js';
import { type PagePosition, pageToken, readPageToken } from './pageToken.js';
import { queryDocument } from './queryDocument.js';
import type { Paging, QueryRequest } from './queryParameters.js';
import { readEventPage } from './readEventPage.js';

/** A page of what a query asks for, and where the next one is. */
export async function answerEvents(
  service: EpcisService,
  call: EpcisCall,
  asked: QueryRequest & { readonly paging: Paging; readonly queryName: string },
): Promise<EpcisAnswer> {
  const { paging, query, queryName } = asked;
  const identity = `${call.path}?${identityOf(asked.parameters)}`;
  const start = startOf(service, paging.token, identity);
  const view = await service.views(call.access, start?.height);
  if (start === undefined && query.maxEventCount !== undefined) {
    await checkCount(view, query, query.maxEventCount);
  }
  const given = start?.given ?? 0;
  const left = (query.eventCountLimit ?? Number.POSITIVE_INFINITY) - given;
  const limit = Math.min(paging.perPage, left);
  const page = await readEventPage(view, query, { after: start?.after, limit });
  const total = given + page.events.length;
  const isOver = page.next === undefined || total >= (query.eventCountLimit ?? total + 1);
  const token =
    isOver || page.next === undefined
      ? undefined
      : pageToken({ height: view.height, after: page.next, given: total }, identity);
  const facts = { queryName, nowMs: service.nowMs(), epcFormat: call.form.epcFormat };
  return {
    status: 200,
    body: queryDocument(page.events, facts),
    height: view.height,
    headers: {
      'gs1-epc-format': call.form.epcFormat,
      ...(token !== undefined && { link: nextLink(call, token) }),
    },
  };
}

/** Where the page after a token's is; relative, so that it holds behind a gateway, too. */
export function nextLink({ path, search }: EpcisCall, token: string): string {
  const parameters = search.split('&').filter((part) => {
    return part !== '' && !part.startsWith('nextPageToken=');
  });
  const url = `${EPCIS_BASE}/${path}?${[...parameters, `nextPageToken=${token}`].join('&')}`;
  return `<${url}>; rel="next"`;
}

/** Reads the token of a page. Throws EPCIS_NO_SUCH_RESOURCE for one that was ended. */
export function startOf(
  service: EpcisService,
  token: string | undefined,
  identity: string,
): PagePosition | undefined {
  if (token === undefined) return undefined;
  if (service.endedTokens.has(token)) {
    throw new CodedError('EPCIS_NO_SUCH_RESOURCE', 'this nextPageToken was ended');
  }
  return readPageToken(token, identity);
}

/** EPCIS 2.0 section 8.2.7.1: more than maxEventCount is an error, not a cut. */
async function checkCount(view: EventView, query: EventQuery, countMax: number): Promise<void> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page = await readEventPage(view, query, { after, limit: limits.epcisPageMax });
    count += page.events.length;
    if (page.complete && page.next === undefined && count <= countMax) return;
    if (!page.complete || count > countMax) break;
    after = page.next;
  }
  throw new CodedError('EPCIS_QUERY_TOO_LARGE', `more than ${countMax} events match`);
}

function identityOf(parameters: ReadonlyMap<string, readonly string[]>): string {
  const sorted = [...parameters].sort(([a], [b]) => compareText(a, b));
  return JSON.stringify(sorted);
}
