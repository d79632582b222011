import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createFakeNode } from '../../testing/fakeBackend.js';
import { fakeEvents } from '../../testing/fakeEvents.js';
import { createTestServer, type TestServer } from '../../testing/inject.js';
import type { QueryFile } from './savedQueries.js';

const BASE = '/v1/epcis';
const epc = (serial: number): string => `urn:epc:id:sgtin:4012345.011111.${serial}`;

function object(serial: number, members: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'ObjectEvent',
    eventTime: `2026-03-0${serial}T00:00:00Z`,
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    epcList: [epc(serial)],
    'ex:n': serial,
    ...members,
  };
}

function serverOver(events: readonly Record<string, unknown>[], file?: QueryFile): TestServer {
  const node = createFakeNode({ blocks: events.length, replace: fakeEvents(events) });
  return createTestServer(node, file === undefined ? {} : { epcis: { file } });
}

async function numbers(server: TestServer, path: string): Promise<unknown[]> {
  const { status, text } = await server.get(BASE + path);
  expect(status, text).toBe(200);
  const { epcisBody } = JSON.parse(text);
  const list: Record<string, unknown>[] = epcisBody.queryResults.resultsBody.eventList;
  return list.map((event) => event['ex:n']);
}

const documentBody = z.looseObject({
  queryResults: z.looseObject({ resultsBody: z.looseObject({ eventList: z.array(z.unknown()) }) }),
});

const nextOf = (link: string | undefined): string => {
  return /<\/v1\/epcis([^>]+)>; rel="next"/.exec(link ?? '')?.[1] ?? '';
};

describe('the reading part of EPCIS', () => {
  it('gives the newest first, or in the order asked for, by either time', async () => {
    const late = object(1, { eventTime: '2026-03-09T00:00:00Z' });
    const server = serverOver([object(3), object(2), late]);
    expect(await numbers(server, '/events')).toEqual([1, 2, 3]);
    expect(await numbers(server, '/events?orderDirection=ASC')).toEqual([3, 2, 1]);
    expect(await numbers(server, '/events?orderBy=eventTime')).toEqual([1, 3, 2]);
    const range = 'GE_eventTime=2026-03-02T00:00:00Z&LT_eventTime=2026-03-09T00:00:00Z';
    expect(await numbers(server, `/events?orderBy=eventTime&${range}`)).toEqual([3, 2]);
    expect(await numbers(server, `/events?orderBy=eventTime&orderDirection=ASC&${range}`)).toEqual([
      2, 3,
    ]);
  });

  it('finds what the index of EPCs does not hold', async () => {
    const many = Array.from({ length: limits.epcsIndexedPerEventMax + 2 }, (_, at) => epc(at + 10));
    const server = serverOver([object(1), object(2, { epcList: many })]);
    expect(await numbers(server, `/events?MATCH_epc=${many.at(-1)}`)).toEqual([2]);
    expect(await numbers(server, `/events?MATCH_epc=${epc(1)}`)).toEqual([1]);
  });

  it('pages a looked-up answer like a scanned one', async () => {
    const list = [1, 2, 3, 4, 5].map((at) => object(at, { bizStep: 'receiving' }));
    const server = serverOver(list);
    for (const query of ['EQ_bizStep=receiving', 'EQ_action=OBSERVE']) {
      const seen: unknown[] = [];
      let path = `/events?${query}&perPage=2`;
      while (path !== '') {
        seen.push(...(await numbers(server, path)));
        path = nextOf((await server.get(BASE + path)).headers.link);
      }
      expect(seen).toEqual([5, 4, 3, 2, 1]);
    }
  });

  it('takes a token for its own query only, until it is ended', async () => {
    const server = serverOver([object(1), object(2), object(3)]);
    const first = await server.get(`${BASE}/events?EQ_action=OBSERVE&perPage=1`);
    const next = nextOf(first.headers.link);
    const other = next.replace('OBSERVE', 'ADD');
    expect((await server.get(BASE + other)).status).toBe(400);
    const token = /nextPageToken=([^&]+)/.exec(next)?.[1] ?? '';
    const ended = await server.apps.api.inject({
      method: 'DELETE',
      url: `${BASE}/nextPageToken/${token}`,
    });
    expect(ended.statusCode).toBe(204);
    expect((await server.get(BASE + next)).status).toBe(404);
  });

  it('finds a parent that is longer than the index holds, and nothing for a longer one', async () => {
    const parent = `https://e.org/${'p'.repeat(2 * limits.indexTextMax)}`;
    const packed = (serial: number, parentID: string) => ({
      ...object(serial, { type: 'AggregationEvent', childEPCs: [epc(serial)], parentID }),
      epcList: undefined,
    });
    const server = serverOver([packed(1, parent), packed(2, epc(9)), object(3)]);
    for (const name of ['MATCH_parentID', 'MATCH_anyEPC']) {
      expect(await numbers(server, `/events?${name}=${parent}`)).toEqual([1]);
      expect(await numbers(server, `/events?${name}=${parent}|${epc(9)}`)).toEqual([2, 1]);
      expect(await numbers(server, `/events?${name}=${parent}p`)).toEqual([]);
    }
  });

  it('counts before it answers where a maximum is given', async () => {
    const server = serverOver([object(1), object(2), object(3)]);
    expect(await numbers(server, '/events?maxEventCount=3')).toEqual([3, 2, 1]);
    const over = await server.get(`${BASE}/events?maxEventCount=2`);
    expect([over.status, over.body.type]).toEqual([413, 'epcisException:QueryTooLargeException']);
  });

  it('finds an event by its ID or its hash, the latest declaration first', async () => {
    const plain = object(1, { eventID: 'urn:uuid:1' });
    const errorDeclaration = { declarationTime: '2026-04-01T00:00:00Z' };
    const server = serverOver([plain, object(2), { ...plain, errorDeclaration }]);
    const found = await server.get(`${BASE}/events/urn:uuid:1`);
    expect(found.body).toMatchObject({ type: 'EPCISQueryDocument' });
    const { eventList } = z.looseObject({ epcisBody: documentBody }).parse(found.body).epcisBody
      .queryResults.resultsBody;
    expect(eventList).toMatchObject([
      { eventID: 'urn:uuid:1', errorDeclaration },
      { eventID: 'urn:uuid:1' },
    ]);
    expect(eventList).toHaveLength(2);
    expect((await server.get(`${BASE}/events/urn:uuid:2`)).status).toBe(404);
    expect(await numbers(server, '/events?EXISTS_errorDeclaration=')).toEqual([1]);
  });

  it('answers a method that is not served with those that are', async () => {
    const server = serverOver([object(1)]);
    const put = await server.apps.api.inject({ method: 'PUT', url: `${BASE}/events` });
    expect([put.statusCode, put.headers.allow]).toEqual([405, 'GET, OPTIONS']);
    const capture = await server.get(`${BASE}/capture`);
    expect([capture.status, capture.body.type]).toEqual([
      404,
      'epcisException:NoSuchResourceException',
    ]);
  });

  it('keeps named queries and subscriptions across restarts', async () => {
    let kept: string | undefined;
    const file: QueryFile = {
      load: async () => kept,
      save: async (text) => {
        kept = text;
      },
    };
    const type = { 'content-type': 'application/json' };
    const first = serverOver([object(1), object(2)], file);
    const query = { name: 'two', query: { 'EQ_ex:n': 2, '@context': { ex: 'https://e.org/' } } };
    expect((await first.post(`${BASE}/queries`, JSON.stringify(query), type)).status).toBe(201);
    const subscription = JSON.stringify({ dest: 'http://127.0.0.1:9/', schedule: { hour: '3' } });
    const made = await first.post(`${BASE}/queries/two/subscriptions`, subscription, type);
    expect(made.status, made.text).toBe(201);
    await first.apps.api.close();
    const second = serverOver([object(1), object(2)], file);
    expect(await numbers(second, '/queries/two/events')).toEqual([2]);
    const listed = JSON.parse((await second.get(`${BASE}/queries/two/subscriptions`)).text);
    expect(listed).toMatchObject([{ dest: 'http://127.0.0.1:9/', schedule: { hour: '3' } }]);
    await second.apps.api.close();
  });
});
