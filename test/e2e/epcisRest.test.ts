import { createHash, createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Devnet, startDevnet } from '@triflow/devnet';
import {
  type EpcisEvent,
  eventFacts,
  eventHash,
  readDigitalLink,
  validateDocument,
} from '@triflow/epcis';
import { defined, parseJson } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatewayHome, type RunningGateway, removeHome, startGateway } from './startGateway.js';
import { untilFound } from './untilTrue.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/', import.meta.url));
const isMissing = !existsSync(root);
const ALIAS = 'carrier';
const BASE = '/v1/epcis';
const SUBMITTER = 'triflow:submitter';
const context = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { ex: 'https://e.org/' },
];
const GLN = '9521234000013';
const PLACE = 'urn:epc:id:sgln:9521234.00001.0';

const jobSchema = z.object({
  captureID: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().optional(),
  running: z.boolean(),
  success: z.boolean(),
  captureErrorBehaviour: z.enum(['rollback', 'proceed']),
  errors: z.array(
    z.object({
      type: z.string(),
      errors: z.array(z.object({ path: z.string(), code: z.string() })),
    }),
  ),
});
const problemSchema = z.object({
  type: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string() }).loose()),
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

let net: Devnet;
let home: string;
let gateway: RunningGateway;

/** What a program of another house sends: plain HTTP, nothing of ours. */
async function ask(path: string, init: RequestInit = {}, base = gateway.url): Promise<Answer> {
  const answer = await fetch(base + BASE + path, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = { 'content-type': 'application/ld+json' };
  return ask(path, { method: 'POST', body: text, headers: { ...type, ...headers } });
}

async function finished(answer: Answer): Promise<z.infer<typeof jobSchema>> {
  expect(answer.text).toBe('');
  expect(answer.status).toBe(202);
  const location = defined(answer.headers.get('location') ?? undefined, 'a Location');
  return untilFound(`the job ${location} is done`, async () => {
    const job = jobSchema.parse(await (await fetch(gateway.url + location)).json());
    return job.running ? undefined : job;
  });
}

/** All events that a query gives, page by page along its links. */
async function eventsOf(path: string, headers: Record<string, string> = {}): Promise<EpcisEvent[]> {
  const found: EpcisEvent[] = [];
  let next: string | undefined = BASE + path;
  while (next !== undefined) {
    const answer: Response = await fetch(gateway.url + next, { headers });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    found.push(...eventsIn(text));
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return found;
}

function eventsIn(text: string): readonly EpcisEvent[] {
  const json = parseJson(text);
  const document = validateDocument(defined(json.ok ? json.value : undefined, 'JSON'), 'schema');
  if (!document.ok) expect.fail(JSON.stringify(document.fault));
  return document.value.events;
}

function hashOf(event: EpcisEvent): string {
  return eventHash(event, (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()));
}

/** The event as its author wrote it: the submitter's own word is the gateway's addition. */
function withoutSubmitter(event: EpcisEvent): EpcisEvent {
  const { [SUBMITTER]: _, ...json } = event.json;
  return { ...event, json };
}

function filesIn(folder: string): string[] {
  if (isMissing) return [];
  return readdirSync(root + folder)
    .filter((name) => /\.json(ld)?$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

const read = (file: string): string => readFileSync(root + file, 'utf8');

function glnsOf(event: EpcisEvent): string[] {
  const { sources, destinations, readPoint, bizLocation } = eventFacts(event);
  const ids = [...sources, ...destinations].map(({ id }) => id);
  return [...ids, readPoint ?? '', bizLocation ?? ''].flatMap((id) => {
    const link = readDigitalLink(id);
    return link !== undefined && ['414', '417'].includes(link.key) ? [link.value] : [];
  });
}

function faultsOf(text: string): { code: string; path: string }[] {
  const json = parseJson(text);
  const value = defined(json.ok ? json.value : undefined, 'JSON');
  const document = validateDocument(value, 'conformance', { eventExists: () => false });
  return document.ok ? [] : document.fault.map(({ code, path }) => ({ code, path }));
}

let serial = 0;
function object(members: Record<string, unknown> = {}): Record<string, unknown> {
  serial += 1;
  return {
    type: 'ObjectEvent',
    eventTime: '2026-03-01T07:30:00Z',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    epcList: [`urn:epc:id:sgtin:9521234.011111.${serial}`],
    readPoint: { id: PLACE },
    ...members,
  };
}

function documentOf(...eventList: unknown[]): Record<string, unknown> {
  return {
    '@context': context,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T08:00:00Z',
    epcisBody: { eventList },
  };
}

const epcOf = (event: Record<string, unknown>): string => String((event.epcList as unknown[])[0]);
const byEpc = (event: Record<string, unknown>): string => {
  return `/events?MATCH_epc=${encodeURIComponent(epcOf(event))}`;
};

beforeAll(async () => {
  net = await startDevnet({ nodes: 1 });
  home = await gatewayHome(net, ALIAS);
  gateway = await startGateway(home);
  const client = net.client(ALIAS);
  const files = [...filesIn('valid'), ...filesIn('event-hash')];
  const events = files.flatMap((file) => [...eventsIn(read(file))]);
  const glns = new Set([GLN, ...events.flatMap(glnsOf)]);
  const commands = [...glns].map((gln) => {
    return { contract: 'trace', name: 'register_location', params: { gln } };
  });
  await (await client.transaction(commands)).commit();
});

afterAll(async () => {
  await gateway?.stop();
  await net?.stop();
  if (home !== undefined) await removeHome(home);
});

it('has the real documents at hand wherever CI runs', () => {
  expect(isMissing && process.env.CI !== undefined).toBe(false);
});

describe.skipIf(isMissing)('a stock client captures the real documents', () => {
  it.each([...filesIn('valid'), ...filesIn('event-hash')])(
    '%s comes back unchanged in meaning, or is refused by its rule',
    async (file) => {
      const text = read(file);
      const faults = faultsOf(text);
      const refused = await post('/capture', text);
      if (faults.length > 0) {
        const problem = problemSchema.parse(JSON.parse(refused.text));
        expect(problem.type).toBe('epcisException:ValidationException');
        expect(problem.errors.map(({ code, path }) => ({ code, path }))).toEqual(faults);
      }
      const level = { 'triflow-validation-level': 'schema' };
      const job = await finished(faults.length > 0 ? await post('/capture', text, level) : refused);
      expect(job).toMatchObject({ success: true, errors: [], captureErrorBehaviour: 'rollback' });
      const stored = new Set(
        (await eventsOf('/events?perPage=50')).map(withoutSubmitter).map(hashOf),
      );
      for (const event of eventsIn(text)) expect(stored, file).toContain(hashOf(event));
    },
  );

  it.each(filesIn('event-hash'))('%s is found under its published hashes', async (file) => {
    for (const event of eventsIn(read(file))) {
      const id = encodeURIComponent(hashOf(event));
      const answer = await ask(`/events/${id}`);
      if (glnsOf(event).length === 0) continue;
      expect(answer.status, answer.text).toBe(200);
      const [found] = eventsIn(answer.text);
      expect(hashOf(defined(found, id))).toBe(hashOf(event));
    }
  });

  it.each(filesIn('invalid'))('%s is refused at the field, and leaves nothing', async (file) => {
    const before = (await eventsOf('/events')).length;
    const jobsBefore: unknown[] = JSON.parse((await ask('/capture?perPage=1000')).text);
    for (const level of ['conformance', 'schema']) {
      const answer = await post('/capture', read(file), { 'triflow-validation-level': level });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const problem = problemSchema.parse(JSON.parse(answer.text));
      expect(problem.type).toBe('epcisException:ValidationException');
      const json = parseJson(read(file));
      const document = validateDocument(defined(json.ok ? json.value : undefined, file), 'schema');
      const expected = document.ok ? [] : document.fault.map(({ path }) => path);
      expect(problem.errors.map(({ path }) => path)).toEqual(expected);
    }
    expect((await eventsOf('/events')).length).toBe(before);
    const jobsAfter: unknown[] = JSON.parse((await ask('/capture?perPage=1000')).text);
    expect(jobsAfter).toHaveLength(jobsBefore.length);
  });

  it('captured again, no event is there twice', async () => {
    const before = (await eventsOf('/events')).map(hashOf).sort();
    const file = defined(filesIn('valid')[0], 'a file');
    const level = { 'triflow-validation-level': 'schema' };
    await finished(await post('/capture', read(file), level));
    expect((await eventsOf('/events')).map(hashOf).sort()).toEqual(before);
  });
});

describe('capture', () => {
  it('with rollback takes all or none', async () => {
    const taken = object({ eventID: 'urn:uuid:rollback' });
    expect((await post('/events', { '@context': context, ...taken })).status).toBe(201);
    const good = object();
    const clash = object({ eventID: 'urn:uuid:rollback', eventTime: '2026-03-02T00:00:00Z' });
    const job = await finished(await post('/capture', documentOf(good, clash)));
    expect(job.success).toBe(false);
    expect(job.errors).toMatchObject([
      {
        type: 'epcisException:ResourceAlreadyExistsException',
        errors: [{ path: '/epcisBody/eventList/1', code: 'event_id_already_used' }],
      },
    ]);
    expect(await eventsOf(byEpc(good))).toEqual([]);
  });

  it('with proceed takes what it can and says what it could not', async () => {
    const [first, last] = [object(), object()];
    const clash = object({ eventID: 'urn:uuid:rollback', eventTime: '2026-03-03T00:00:00Z' });
    const wrong = object({ action: 'LOOK' });
    const body = documentOf(first, wrong, clash, last);
    const answer = await post('/capture', body, { 'gs1-capture-error-behaviour': 'proceed' });
    expect(answer.headers.get('gs1-capture-error-behaviour')).toBe('proceed');
    const job = await finished(answer);
    expect(job).toMatchObject({ success: false, captureErrorBehaviour: 'proceed' });
    expect(job.errors.flatMap(({ errors }) => errors.map(({ path }) => path))).toEqual([
      '/epcisBody/eventList/1/action',
      '/epcisBody/eventList/2',
    ]);
    for (const event of [first, last]) expect(await eventsOf(byEpc(event))).toHaveLength(1);
    expect(await eventsOf(byEpc(wrong))).toEqual([]);
  });

  it('lists its jobs, the newest first, page by page', async () => {
    const jobs = z.array(jobSchema).parse(JSON.parse((await ask('/capture')).text));
    const page = await ask('/capture?perPage=1');
    expect(z.array(jobSchema).parse(JSON.parse(page.text))).toEqual(jobs.slice(0, 1));
    const next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    const second = z.array(jobSchema).parse(await (await fetch(gateway.url + next)).json());
    expect(second).toEqual(jobs.slice(1, 2));
  });

  it.each<[string, () => Promise<Answer>, number, string]>([
    ['no JSON', () => post('/capture', '{"type":'), 400, 'Validation'],
    ['a member twice', () => post('/capture', '{"type":1,"type":2}'), 400, 'Validation'],
    ['one event where a document is wanted', () => post('/capture', object()), 400, 'Validation'],
    [
      'a document where one event is wanted',
      () => post('/events', documentOf()),
      400,
      'Validation',
    ],
    [
      'XML',
      () => post('/capture', '<x/>', { 'content-type': 'application/xml' }),
      415,
      'UnsupportedMediaType',
    ],
    [
      'an unknown behaviour',
      () => post('/capture', documentOf(), { 'gs1-capture-error-behaviour': 'x' }),
      400,
      'Validation',
    ],
    [
      'too many events for one transaction',
      () => post('/capture', documentOf(...Array.from({ length: 257 }, () => object()))),
      413,
      'CaptureLimitExceeded',
    ],
    [
      'too many bytes',
      () => post('/capture', ' '.repeat(4 * 1024 * 1024 + 1)),
      413,
      'CaptureLimitExceeded',
    ],
    [
      'another version',
      () => ask('/events', { headers: { 'gs1-epcis-min': '3.0.0' } }),
      406,
      'NotAcceptable',
    ],
    [
      'answers in XML',
      () => ask('/events', { headers: { accept: 'application/xml' } }),
      406,
      'NotAcceptable',
    ],
    [
      'URNs for links',
      () => ask('/events', { headers: { 'gs1-epc-format': 'Always_EPC_URN' } }),
      406,
      'NotAcceptable',
    ],
    ['an unknown parameter', () => ask('/events?EQ_bizstep=x'), 400, 'QueryParameter'],
    ['a wrong value', () => ask('/events?GE_eventTime=soon'), 400, 'QueryParameter'],
    ['too large a page', () => ask('/events?perPage=1001'), 400, 'QueryParameter'],
    ['another’s token', () => ask('/events?nextPageToken=abc'), 400, 'QueryParameter'],
    ['an unknown event', () => ask('/events/urn:uuid:none'), 404, 'NoSuchResource'],
    ['an unknown capture', () => ask('/capture/none'), 404, 'NoSuchResource'],
    ['an unknown query', () => ask('/queries/none'), 404, 'NoSuchName'],
    ['an unknown value', () => ask('/bizSteps/none'), 404, 'NoSuchResource'],
    ['an unknown path', () => ask('/nothing'), 404, 'NoSuchResource'],
    ['more events than are allowed', () => ask('/events?maxEventCount=1'), 413, 'QueryTooLarge'],
  ])('refuses %s', async (_, send, status, exception) => {
    const answer = await send();
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = problemSchema.parse(JSON.parse(answer.text));
    expect(problem).toMatchObject({ status, type: `epcisException:${exception}Exception` });
  });

  it('answers OPTIONS with what is served', async () => {
    const answer = await ask('/capture', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      allow: 'GET, POST, OPTIONS',
      'gs1-epcis-version': '2.0.0',
      'gs1-cbv-version': '2.0.0',
      'gs1-epcis-capture-limit': '256',
      'gs1-epcis-capture-file-size-limit': '4194304',
    });
    const [url = ''] = net.urls;
    const atNode = await ask('/events', { method: 'OPTIONS' }, url);
    expect(atNode.headers.get('allow')).toBe('GET, OPTIONS');
    expect((await ask('/capture', { method: 'POST', body: '{}' }, url)).status).toBe(404);
  });
});

describe('a single event', () => {
  it('is there once it is answered, under its eventID; the same again is the same', async () => {
    const event = { '@context': context, ...object({ eventID: 'urn:uuid:single', 'ex:n': '007' }) };
    const first = await post('/events', event);
    expect(first.status).toBe(201);
    expect(JSON.parse(first.text)).toMatchObject(event);
    const location = defined(first.headers.get('location') ?? undefined, 'a Location');
    const [found] = eventsIn(await (await fetch(gateway.url + location)).text());
    const { '@context': _, ...members } = event;
    expect(found?.json).toMatchObject({ ...members, recordTime: expect.any(String) });
    expect((await post('/events', event)).status).toBe(201);
    const other = await post('/events', { ...event, action: 'DELETE' });
    expect(other.status).toBe(409);
    expect(problemSchema.parse(JSON.parse(other.text)).type).toBe(
      'epcisException:ResourceAlreadyExistsException',
    );
  });

  it('with an error declaration corrects the event of the same content', async () => {
    const wrong = object({ eventID: 'urn:uuid:wrong' });
    await post('/events', { '@context': context, ...wrong });
    const errorDeclaration = {
      declarationTime: '2026-03-04T00:00:00Z',
      reason: 'did_not_occur',
      correctiveEventIDs: ['urn:uuid:single'],
    };
    const declared = { '@context': context, ...wrong, errorDeclaration };
    expect((await post('/events', declared)).status).toBe(201);
    expect(await eventsOf(byEpc(wrong))).toHaveLength(2);
    expect(await eventsOf(`${byEpc(wrong)}&EXISTS_errorDeclaration=`)).toHaveLength(1);
    const now = eventsIn((await ask('/events/urn:uuid:wrong')).text);
    expect(now.map(({ json }) => json.errorDeclaration)).toEqual([errorDeclaration, undefined]);
    const lost = { ...errorDeclaration, correctiveEventIDs: ['urn:uuid:nowhere'] };
    const refused = await post('/events', { ...declared, errorDeclaration: lost });
    expect(problemSchema.parse(JSON.parse(refused.text)).errors).toMatchObject([
      { code: 'corrective_event_unknown', path: '/errorDeclaration/correctiveEventIDs/0' },
    ]);
  });
});

describe('queries', () => {
  const marks = ['a', 'b', 'c', 'd', 'e'];
  const at = (mark: string): string => `2026-04-0${marks.indexOf(mark) + 1}T00:00:00Z`;

  beforeAll(async () => {
    const list = marks.map((mark) => {
      return object({
        eventTime: at(mark),
        bizStep: mark === 'a' ? 'shipping' : 'receiving',
        'ex:mark': mark,
        'ex:run': 'pages',
        sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 4, uom: 'CEL' }] }],
      });
    });
    const job = await finished(await post('/capture', documentOf(...list)));
    expect(job.success).toBe(true);
  });

  const marksOf = (events: readonly EpcisEvent[]) => events.map(({ json }) => json['ex:mark']);
  const RUN = 'EQ_ex:run=pages&orderBy=eventTime';

  it('order and limit their answers', async () => {
    expect(marksOf(await eventsOf(`/events?${RUN}`))).toEqual([...marks].reverse());
    expect(marksOf(await eventsOf(`/events?${RUN}&orderDirection=ASC`))).toEqual(marks);
    const limited = `/events?${RUN}&orderDirection=ASC&eventCountLimit=3&perPage=2`;
    expect(marksOf(await eventsOf(limited))).toEqual(['a', 'b', 'c']);
    const between = `&GE_eventTime=${at('b')}&LT_eventTime=${at('d')}`;
    expect(marksOf(await eventsOf(`/events?${RUN}${between}`))).toEqual(['c', 'b']);
  });

  it('find by vocabulary, unit and extension', async () => {
    expect(marksOf(await eventsOf(`/events?${RUN}&EQ_bizStep=shipping`))).toEqual(['a']);
    const kelvin = `${RUN}&EQ_type=Temperature&GE_value_KEL=277.15&LT_value_KEL=277.16`;
    expect(await eventsOf(`/events?${kelvin}`)).toHaveLength(marks.length);
    const headers = { 'gs1-extensions': 'mine=https://e.org/' };
    expect(await eventsOf('/events?EQ_mine:run=pages', headers)).toHaveLength(marks.length);
  });

  it('pages stay at their height while more is captured', async () => {
    const first = await ask(`/events?${RUN}&perPage=2`);
    expect(marksOf(eventsIn(first.text))).toEqual(['e', 'd']);
    const late = object({ eventTime: '2026-04-02T12:00:00Z', 'ex:run': 'pages', 'ex:mark': 'z' });
    expect((await post('/events', { '@context': context, ...late })).status).toBe(201);
    const next = /<\/v1\/epcis([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(marksOf(await eventsOf(next))).toEqual(['c', 'b', 'a']);
    expect(marksOf(await eventsOf(`/events?${RUN}`))).toContain('z');
    const token = /nextPageToken=([^&]+)/.exec(next)?.[1] ?? '';
    const ended = await ask(`/nextPageToken/${token}`, { method: 'DELETE' });
    expect(ended.status).toBe(204);
    expect((await ask(next)).status).toBe(404);
  });

  it('answer with Digital Links where they are asked for, meaning the same', async () => {
    const plain = await eventsOf(`/events?${RUN}&EQ_ex:mark=a`);
    const headers = { 'gs1-epc-format': 'Always_GS1_Digital_Link' };
    const linked = await eventsOf(`/events?${RUN}&EQ_ex:mark=a`, headers);
    expect(linked.map(hashOf)).toEqual(plain.map(hashOf));
    expect(linked[0]?.json.readPoint).toEqual({ id: `https://id.gs1.org/414/${GLN}` });
  });

  it('browse what there is', async () => {
    const members = async (path: string): Promise<string[]> => {
      const body = z.object({ member: z.array(z.string()) });
      return body.parse(JSON.parse((await ask(path)).text)).member;
    };
    expect(await members('/eventTypes')).toContain('ObjectEvent');
    expect(await members('/bizSteps')).toEqual(expect.arrayContaining(['receiving', 'shipping']));
    const link = `https://id.gs1.org/414/${GLN}`;
    expect(await members('/readPoints?perPage=1000')).toContain(link);
    expect(await members(`/readPoints/${encodeURIComponent(PLACE)}`)).toEqual(['events']);
    const one = `/readPoints/${encodeURIComponent(link)}/events?${RUN}&EQ_ex:mark=b`;
    expect(marksOf(await eventsOf(one))).toEqual(['b']);
    expect(marksOf(await eventsOf(`/bizSteps/shipping/events?${RUN}`))).toEqual(['a']);
  });

  it('are named, run, and removed with what hangs on them', async () => {
    const body = {
      name: 'cold',
      query: { '@context': { ex: 'https://e.org/' }, 'EQ_ex:mark': ['b', 'c'] },
    };
    const made = await post('/queries', body);
    expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/queries/cold`]);
    expect((await post('/queries', body)).status).toBe(409);
    expect((await post('/queries', { name: 'bad', query: { EQ_x: '1' } })).status).toBe(400);
    expect(marksOf(await eventsOf('/queries/cold/events?perPage=1')).sort()).toEqual(['b', 'c']);
    expect(JSON.parse((await ask('/queries')).text)).toMatchObject([{ name: 'cold' }]);
    expect((await ask('/queries/cold', { method: 'DELETE' })).status).toBe(204);
    expect((await ask('/queries/cold')).status).toBe(404);
  });
});

describe('subscriptions', () => {
  const TOKEN = 'a secret of ours';
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  let hook: Server;
  let dest: string;
  let failuresLeft = 1;

  beforeAll(async () => {
    hook = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        failuresLeft -= 1;
        if (failuresLeft < 0) received.push({ headers: request.headers, body });
        response.writeHead(failuresLeft < 0 ? 204 : 500).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const address = hook.address();
    dest = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`;
    await post('/queries', { name: 'live', query: { 'EQ_ex:live': 'yes' } });
  });

  afterAll(() => new Promise((resolve) => hook.close(resolve)));

  const capture = async (mark: string): Promise<void> => {
    const event = object({ 'ex:live': 'yes', 'ex:mark': mark });
    expect((await post('/events', { '@context': context, ...event })).status).toBe(201);
  };

  it('report each event once, signed, again after a failure', async () => {
    const made = await post('/queries/live/subscriptions', {
      dest,
      signatureToken: TOKEN,
      stream: true,
    });
    expect(made.status, made.text).toBe(201);
    await capture('one');
    await untilFound('the first report', () => received[0]);
    await capture('two');
    await untilFound('the second report', () => received[1]);
    for (const { headers, body } of received) {
      const signature = createHmac('sha256', TOKEN).update(body).digest('base64');
      expect(headers['gs1-signature']).toBe(signature);
    }
    const marks = received.flatMap(({ body }) => eventsIn(body)).map(({ json }) => json['ex:mark']);
    expect(marks).toEqual(['one', 'two']);
    const location = made.headers.get('location')?.slice(BASE.length) ?? '';
    expect(JSON.parse((await ask(location)).text)).toMatchObject({ dest, stream: true });
    expect((await ask(location, { method: 'DELETE' })).status).toBe(204);
    expect(JSON.parse((await ask('/queries/live/subscriptions')).text)).toEqual([]);
  });

  it('on a schedule report also that there was nothing', async () => {
    const before = received.length;
    const made = await post('/queries/live/subscriptions', {
      dest,
      schedule: { second: '[0-59]' },
    });
    expect(made.status).toBe(201);
    const report = await untilFound('a scheduled report', () => received[before]);
    expect(eventsIn(report.body)).toEqual([]);
    const location = made.headers.get('location')?.slice(BASE.length) ?? '';
    await ask(location, { method: 'DELETE' });
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['no destination', { stream: true }, 400],
    ['no URL', { dest: 'here', stream: true }, 400],
    ['somebody else’s machine', { dest: 'http://10.0.0.1/', stream: true }, 403],
    ['neither stream nor schedule', { dest: 'http://127.0.0.1:1/' }, 400],
    ['both', { dest: 'http://127.0.0.1:1/', stream: true, schedule: { second: '0' } }, 400],
    ['a wrong schedule', { dest: 'http://127.0.0.1:1/', schedule: { second: '61' } }, 400],
  ])('with %s are refused', async (_, body, status) => {
    expect((await post('/queries/live/subscriptions', body)).status).toBe(status);
  });

  it('stream over one connection, from where the client was', async () => {
    const stop = new AbortController();
    const headers = { accept: 'text/event-stream' };
    const url = `${gateway.url}${BASE}/queries/live/events`;
    const answer = await fetch(url, { headers, signal: stop.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await capture('three');
    const [id, body] = await firstMessage(answer);
    stop.abort();
    expect(eventsIn(body).map(({ json }) => json['ex:mark'])).toEqual(['three']);
    await capture('four');
    const again = new AbortController();
    const resumed = await fetch(url, {
      headers: { ...headers, 'last-event-id': id },
      signal: again.signal,
    });
    const [, next] = await firstMessage(resumed);
    again.abort();
    expect(eventsIn(next).map(({ json }) => json['ex:mark'])).toEqual(['four']);
  });
});

describe('a gateway that was killed', () => {
  it('takes up its captures where they were', async () => {
    const events = Array.from({ length: 300 }, () => object({ 'ex:run': 'killed' }));
    const headers = { 'gs1-capture-error-behaviour': 'proceed' };
    const answer = await post('/capture', documentOf(...events), headers);
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location') ?? '';
    await gateway.stop('SIGKILL');
    gateway = await startGateway(home);
    const job = await untilFound('the capture is done', async () => {
      const found = jobSchema.parse(await (await fetch(gateway.url + location)).json());
      return found.running ? undefined : found;
    });
    expect(job).toMatchObject({ success: true, errors: [] });
    expect(await eventsOf('/events?EQ_ex:run=killed&perPage=200')).toHaveLength(events.length);
  });
});

/** The first message of an event stream: its id and its data. */
async function firstMessage(answer: Response): Promise<[id: string, data: string]> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of defined(answer.body ?? undefined, 'a body')) {
    text += decoder.decode(piece, { stream: true });
    const [, id, data] = /id: (\S+)\ndata: (.*)\n\n/.exec(text) ?? [];
    if (id !== undefined && data !== undefined) return [id, data];
  }
  return expect.fail('the stream ended');
}
