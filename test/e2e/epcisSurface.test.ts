import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type Devnet, demoParty, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatewayHome, type RunningGateway, removeHome, startGateway } from './startGateway.js';
import { untilFound } from './untilTrue.js';

/**
 * Every path and method of the published OpenAPI document of EPCIS 2.0 (gs1/EPCIS, REST Bindings),
 * asked as a program would that knows nothing but that document.
 */
const BASE = '/v1/epcis';
const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const ALIAS = 'carrier';
const GLN = '9521234000013';
const PLACE = 'urn:epc:id:sgln:9521234.00001.0';
const ITEM = 'urn:epc:id:sgtin:9521234.011111.1';
const CLASS_ID = 'urn:epc:class:lgtin:9521234.011111.L1';
const HOOK = 'http://127.0.0.1:9/hook';
const problem = 'application/problem+json';

const event = {
  '@context': [CONTEXT, { ex: 'https://e.org/' }],
  type: 'ObjectEvent',
  eventID: 'urn:uuid:11111111-1111-4111-8111-111111111111',
  eventTime: '2026-03-01T07:30:00Z',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  bizStep: 'shipping',
  disposition: 'in_transit',
  epcList: [ITEM],
  quantityList: [{ epcClass: CLASS_ID, quantity: 2, uom: 'KGM' }],
  readPoint: { id: PLACE },
  bizLocation: { id: PLACE },
};

let net: Devnet;
let home: string;
let gateway: RunningGateway;
let captureID = '';
let subscriptionID = '';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(gateway.url + BASE + path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** What `fetch` does not send: headers of the connection. */
async function rawGet(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; body: z.infer<typeof problemSchema> }> {
  const asked = request(url, { headers });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of answer) text += String(piece);
  return { status: answer.statusCode, body: problemSchema.parse(JSON.parse(text)) };
}

const problemSchema = z.object({
  type: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string() })),
});
const documentSchema = z.object({
  '@context': z.array(z.unknown()),
  type: z.literal('EPCISQueryDocument'),
  schemaVersion: z.string(),
  creationDate: z.iso.datetime(),
  epcisBody: z.object({
    queryResults: z.object({
      queryName: z.string(),
      resultsBody: z.object({ eventList: z.array(z.looseObject({ type: z.string() })) }),
    }),
  }),
});
const collectionSchema = z.object({
  '@context': z.literal(CONTEXT),
  type: z.literal('Collection'),
  member: z.array(z.string()),
});
const jobSchema = z.object({
  captureID: z.string(),
  createdAt: z.iso.datetime(),
  running: z.boolean(),
  success: z.boolean(),
  errors: z.array(z.unknown()),
});
const querySchema = z.object({ name: z.string(), query: z.looseObject({}) }).loose();
const subscriptionSchema = z
  .object({ subscriptionID: z.string(), dest: z.string(), createdAt: z.iso.datetime() })
  .loose();

function eventsOf(text: string): Record<string, unknown>[] {
  return documentSchema.parse(JSON.parse(text)).epcisBody.queryResults.resultsBody.eventList;
}

beforeAll(async () => {
  net = await startDevnet({ nodes: 1 });
  home = await gatewayHome(net, ALIAS);
  gateway = await startGateway(home);
  const register = { contract: 'trace', name: 'register_location', params: { gln: GLN } };
  await (await net.client(ALIAS).transaction(register)).commit();
});

afterAll(async () => {
  await gateway?.stop();
  await net?.stop();
  if (home !== undefined) await removeHome(home);
});

describe('the surface of EPCIS 2.0, in the order of its OpenAPI document', () => {
  it('GET / lists the resources at the top', async () => {
    const answer = await ask('GET', '/');
    expect(answer.status).toBe(200);
    const { member } = collectionSchema.parse(JSON.parse(answer.text));
    expect([...member].sort()).toEqual([
      'bizLocations',
      'bizSteps',
      'capture',
      'dispositions',
      'epcs',
      'eventTypes',
      'events',
      'queries',
      'readPoints',
    ]);
  });

  it('POST /events: 201, Location, the event', async () => {
    const answer = await ask('POST', '/events', event);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.headers.get('location')).toBe(
      `${BASE}/events/${encodeURIComponent(event.eventID)}`,
    );
    expect(JSON.parse(answer.text)).toMatchObject(event);
  });

  it('POST /capture: 202, Location; GET /capture, /capture/{captureID}', async () => {
    const { '@context': context, ...members } = event;
    const list = [2, 3].map((at) => ({
      ...members,
      eventID: `urn:uuid:capture-${at}`,
      eventTime: `2026-03-0${at}T00:00:00Z`,
    }));
    const captured = await ask('POST', '/capture', {
      '@context': context,
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-03-01T08:00:00Z',
      epcisBody: { eventList: list },
    });
    expect(captured.status, captured.text).toBe(202);
    const location = defined(captured.headers.get('location') ?? undefined, 'a Location');
    captureID = location.slice(`${BASE}/capture/`.length);
    const job = await untilFound('the capture is done', async () => {
      const found = await ask('GET', `/capture/${captureID}`);
      expect(found.headers.get('gs1-capture-error-behaviour')).toBe('rollback');
      const read = jobSchema.parse(JSON.parse(found.text));
      return read.running ? undefined : read;
    });
    expect(job).toMatchObject({ captureID, success: true, errors: [] });
    const jobs = z.array(jobSchema).parse(JSON.parse((await ask('GET', '/capture')).text));
    expect(jobs.map((one) => one.captureID)).toContain(captureID);
  });

  it('POST /capture takes an EPCISQueryDocument, too: what was answered can be captured', async () => {
    const answered = await ask('GET', '/events?EQ_eventID=urn:uuid:capture-2');
    const captured = await ask('POST', '/capture', JSON.parse(answered.text));
    expect(captured.status, captured.text).toBe(202);
    const location = defined(captured.headers.get('location') ?? undefined, 'a Location');
    const job = await untilFound('the capture is done', async () => {
      const read = jobSchema.parse(await (await fetch(gateway.url + location)).json());
      return read.running ? undefined : read;
    });
    expect(job).toMatchObject({ success: true, errors: [] });
    expect(eventsOf((await ask('GET', '/events')).text)).toHaveLength(3);
  });

  it('GET /events, /events/{eventID}: a query document, of one event with its declarations', async () => {
    const all = await ask('GET', '/events');
    expect([all.status, eventsOf(all.text).length]).toEqual([200, 3]);
    const errorDeclaration = { declarationTime: '2026-03-05T00:00:00Z', reason: 'did_not_occur' };
    const declared = await ask('POST', '/events', { ...event, errorDeclaration });
    expect(declared.status, declared.text).toBe(201);
    const one = await ask('GET', `/events/${encodeURIComponent(event.eventID)}`);
    expect(eventsOf(one.text).map((found) => found.errorDeclaration)).toEqual([
      errorDeclaration,
      undefined,
    ]);
  });

  it.each<[collection: string, value: string]>([
    ['eventTypes', 'ObjectEvent'],
    ['epcs', ITEM],
    ['bizSteps', 'shipping'],
    ['bizLocations', PLACE],
    ['readPoints', PLACE],
    ['dispositions', 'in_transit'],
  ])('GET /%s, /{value}, /{value}/events', async (name, value) => {
    const top = await ask('GET', `/${name}`);
    expect(collectionSchema.parse(JSON.parse(top.text)).member).not.toEqual([]);
    const path = `/${name}/${encodeURIComponent(value)}`;
    const sub = await ask('GET', path);
    expect(collectionSchema.parse(JSON.parse(sub.text)).member).toEqual(['events']);
    const events = await ask('GET', `${path}/events?perPage=2`);
    expect(eventsOf(events.text)).toHaveLength(2);
    expect(events.headers.get('link')).toMatch(/^<[^>]+>; rel="next"$/);
    const narrowed = await ask('GET', `${path}/events?LT_eventTime=2026-03-01T12:00:00Z`);
    expect(eventsOf(narrowed.text)).toHaveLength(2);
    const none = await ask('GET', `/${name}/${encodeURIComponent('urn:x:none')}`);
    expect([none.status, none.headers.get('content-type')]).toEqual([404, problem]);
  });

  it('POST, GET /queries, GET /queries/{queryName}, its events', async () => {
    for (const name of ['one', 'two', 'three']) {
      const query = { eventType: ['ObjectEvent'], EQ_bizStep: ['shipping', 'receiving'] };
      const made = await ask('POST', '/queries', { name, query });
      expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/queries/${name}`]);
    }
    const names: string[] = [];
    let path: string | undefined = '/queries?perPage=2';
    while (path !== undefined) {
      const page = await ask('GET', path);
      names.push(
        ...z
          .array(querySchema)
          .parse(JSON.parse(page.text))
          .map(({ name }) => name),
      );
      path = /<\/v1\/epcis([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(names).toEqual(['one', 'three', 'two']);
    expect(querySchema.parse(JSON.parse((await ask('GET', '/queries/one')).text)).name).toBe('one');
    const events = await ask('GET', '/queries/one/events?perPage=1');
    expect(eventsOf(events.text)).toHaveLength(1);
  });

  it('POST, GET /queries/{queryName}/subscriptions, /{subscriptionID}; DELETE of all', async () => {
    const path = '/queries/one/subscriptions';
    const made = await ask('POST', path, { dest: HOOK, signatureToken: 's', stream: true });
    expect(made.status, made.text).toBe(201);
    const created = subscriptionSchema.parse(JSON.parse(made.text));
    expect(made.text).not.toContain('signatureToken');
    subscriptionID = created.subscriptionID;
    expect(made.headers.get('location')).toBe(`${BASE}${path}/${subscriptionID}`);
    await ask('POST', path, { dest: HOOK, schedule: { hour: '1', minute: '5' } });
    const first = await ask('GET', `${path}?perPage=1`);
    expect(z.array(subscriptionSchema).parse(JSON.parse(first.text))).toHaveLength(1);
    expect(first.headers.get('link')).toMatch(/rel="next"$/);
    const one = await ask('GET', `${path}/${subscriptionID}`);
    expect(subscriptionSchema.parse(JSON.parse(one.text))).toMatchObject({ stream: true });
    for (const body of [{ dest: HOOK }, { dest: HOOK, schedule: { hour: '25' } }]) {
      const wrong = await ask('POST', path, body);
      expect([wrong.status, JSON.parse(wrong.text).type]).toEqual([
        400,
        'epcisException:SubscriptionControlsException',
      ]);
    }
  });

  it('GET …/events?stream=true is a stream of server-sent events, not of a WebSocket', async () => {
    const stop = new AbortController();
    const url = `${gateway.url}${BASE}/queries/one/events?stream=true`;
    const headers = { accept: 'text/event-stream' };
    const answer = await fetch(url, { headers, signal: stop.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    stop.abort();
    const plain = await ask('GET', '/queries/one/events?stream=true');
    expect([plain.status, JSON.parse(plain.text).type]).toEqual([
      400,
      'epcisException:SubscriptionControlsException',
    ]);
  });

  it('a WebSocket, and times for a stream, are named as what is not there', async () => {
    const socket = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const [node = ''] = net.urls;
    for (const base of [gateway.url, node]) {
      for (const search of ['', '?stream=true', '?stream=true&second=0']) {
        const answer = await rawGet(`${base}${BASE}/queries/one/events${search}`, socket);
        expect([answer.status, answer.body.type]).toEqual([
          400,
          'epcisException:SubscriptionControlsException',
        ]);
        expect(answer.body.errors).toMatchObject([
          { path: '/stream', code: 'websocket_not_supported' },
        ]);
      }
    }
    for (const name of ['second', 'dayOfWeek', 'initialRecordTime']) {
      const timed = await rawGet(`${gateway.url}${BASE}/queries/one/events?${name}=0`, {
        accept: 'text/event-stream',
      });
      expect([timed.status, timed.body.type]).toEqual([
        400,
        'epcisException:SubscriptionControlsException',
      ]);
      expect(timed.body.errors).toMatchObject([{ path: `/${name}` }]);
    }
    const other = await ask('GET', '/queries/one/events?EQ_action=ADD');
    expect([other.status, JSON.parse(other.text).errors]).toMatchObject([
      400,
      [{ path: '/EQ_action', code: 'query_parameter_unknown' }],
    ]);
  });

  it('OPTIONS tells of a kind of path, not of what is there: the document names no 404 for it', async () => {
    for (const path of ['/epcs/urn:x:none', '/events/none', '/queries/none', '/capture/none']) {
      expect([path, (await ask('OPTIONS', path)).status]).toEqual([path, 204]);
      expect([path, (await ask('GET', path)).status]).toEqual([path, 404]);
    }
    expect((await ask('OPTIONS', '/nothing')).status).toBe(404);
  });

  it('OPTIONS on every resource: 204, what is allowed, which versions', async () => {
    const value = encodeURIComponent(PLACE);
    const subscriptions = '/queries/one/subscriptions';
    const allowed: Record<string, string> = {
      '/': 'GET',
      '/capture': 'GET, POST',
      [`/capture/${captureID}`]: 'GET',
      '/events': 'GET, POST',
      [`/events/${encodeURIComponent(event.eventID)}`]: 'GET',
      '/queries': 'GET, POST',
      '/queries/one': 'GET, DELETE',
      '/queries/one/events': 'GET',
      [subscriptions]: 'GET, POST',
      [`${subscriptions}/${subscriptionID}`]: 'GET, DELETE',
    };
    for (const name of ['eventTypes', 'epcs', 'bizSteps', 'bizLocations', 'readPoints']) {
      allowed[`/${name}`] = 'GET';
      allowed[`/${name}/${value}`] = 'GET';
      allowed[`/${name}/${value}/events`] = 'GET';
    }
    for (const [path, methods] of Object.entries(allowed)) {
      const { status, headers } = await ask('OPTIONS', path);
      expect([path, status, headers.get('allow')]).toEqual([path, 204, `${methods}, OPTIONS`]);
      for (const name of ['epcis-version', 'epcis-min', 'epcis-max', 'cbv-version', 'cbv-max']) {
        expect(headers.get(`gs1-${name}`), `${path} ${name}`).toBe('2.0.0');
      }
      expect(headers.get('gs1-epc-format')).not.toBeNull();
    }
  });

  it('DELETE: token, subscription, query; what is gone is 404', async () => {
    const page = await ask('GET', '/events?perPage=1');
    const token = /nextPageToken=([^&>]+)/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    const subscription = `/queries/one/subscriptions/${subscriptionID}`;
    for (const path of [`/nextPageToken/${token}`, subscription, '/queries/one']) {
      expect([path, (await ask('DELETE', path)).status]).toEqual([path, 204]);
    }
    const gone: Record<string, string> = {
      [`/events?perPage=1&nextPageToken=${token}`]: 'NoSuchResource',
      [subscription]: 'NoSuchName',
      '/queries/one': 'NoSuchName',
      '/queries/one/events': 'NoSuchName',
    };
    for (const [path, exception] of Object.entries(gone)) {
      const answer = await ask('GET', path);
      const { type, title, status } = JSON.parse(answer.text);
      expect([path, answer.status, type]).toEqual([
        path,
        404,
        `epcisException:${exception}Exception`,
      ]);
      expect([typeof title, status]).toEqual(['string', 404]);
    }
  });

  it('414: a query that is too long for an address is named instead', async () => {
    const values = Array.from({ length: 200 }, (_, at) => `urn:epc:id:sgtin:9521234.011111.${at}`);
    const query = { MATCH_epc: values };
    const long = await ask('GET', `/events?MATCH_epc=${encodeURIComponent(values.join('|'))}`);
    expect([long.status, JSON.parse(long.text).type]).toEqual([
      414,
      'epcisException:URITooLongException',
    ]);
    expect((await ask('POST', '/queries', { name: 'long', query })).status).toBe(201);
    expect(eventsOf((await ask('GET', '/queries/long/events')).text)).toHaveLength(4);
  });

  it('HASATTR_, EQATTR_ ask the master data of the ledger', async () => {
    const party = defined(demoParty(ALIAS), ALIAS).id;
    const count = async (query: string): Promise<number> => {
      return eventsOf((await ask('GET', `/events?${query}`)).text).length;
    };
    expect(await count('HASATTR_bizLocation=triflow:party')).toBe(4);
    expect(await count(`EQATTR_readPoint_triflow:party=${encodeURIComponent(party)}`)).toBe(4);
    expect(await count('EQATTR_readPoint_triflow:role=WAREHOUSE|CARRIER')).toBe(4);
    expect(await count('EQATTR_readPoint_triflow:role=WAREHOUSE')).toBe(0);
    expect(await count('HASATTR_bizLocation=cbvmda:name')).toBe(0);
    expect(await count('HASATTR_epcClass=cbvmda:name')).toBe(0);
    const sold = {
      ...event,
      eventID: 'urn:uuid:sold',
      sourceList: [{ type: 'owning_party', source: party }],
    };
    expect((await ask('POST', '/events', sold)).status).toBe(201);
    const name = defined(demoParty(ALIAS), ALIAS);
    const legal = encodeURIComponent(`${name.name} ${name.nameZh}`);
    expect(await count(`EQATTR_source_cbvmda:name=${legal}`)).toBe(1);
    expect((await ask('GET', '/events?EQATTR_bizLocation=x')).status).toBe(400);
  });
});
