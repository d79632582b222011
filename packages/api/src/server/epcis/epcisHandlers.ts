import { randomUUID } from 'node:crypto';
import { readSchedule } from '@triflow/epcis';
import {
  CodedError,
  compareText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  limits,
  textFromJson,
  textFromTime,
  timeFromText,
} from '@triflow/protocol';
import {
  EPCIS_BASE,
  epcisCollection,
  epcisCollections,
  epcisTopLevel,
} from '../../routes/epcis.js';
import { EVENT_STREAM_MEDIA_TYPE } from '../../routes/events.js';
import { answerEvents, nextLink, startOf } from './answerEvents.js';
import { keysOfHash } from './candidateKeys.js';
import { hasValue, readValues } from './collections.js';
import {
  bodyOf,
  type EpcisAnswer,
  type EpcisCall,
  type EpcisHandler,
  invalidBody,
  noSuchName,
  pathOf,
} from './epcisCall.js';
import { type EpcisService, readSavedQuery } from './epcisService.js';
import { streamQuery } from './epcisStream.js';
import { positionBehind, positionFrom } from './followQuery.js';
import { pageToken } from './pageToken.js';
import { queryDocument, SIMPLE_QUERY } from './queryDocument.js';
import { pagingOf, prefixesOfHeader, queryOf, urlParameters } from './queryParameters.js';
import { readEventPage } from './readEventPage.js';
import type { SavedQuery, Subscription } from './savedQueries.js';
import { checkDestination } from './webhook.js';

const QUERY_NAME = /^[\w.~:-]{1,128}$/;
/** What a subscription says of itself; a stream has no times. */
const subscriptionControls = [
  ...['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'],
  ...['reportIfEmpty', 'initialRecordTime', 'signatureToken', 'dest'],
] as const;

/** What a node answers, by the resource's name and the method. */
export function epcisHandlers(service: EpcisService): ReadonlyMap<string, EpcisHandler> {
  return new Map<string, EpcisHandler>([
    ['root GET', async () => ok(epcisCollection(epcisTopLevel('reading')))],
    ['events GET', (call) => getEvents(service, call)],
    ['event GET', (call) => getEvent(service, call)],
    ['collection GET', (call) => getCollection(service, call)],
    ['value GET', (call) => getValue(service, call)],
    ['valueEvents GET', (call) => getValueEvents(service, call)],
    ['queries GET', async (call) => getQueries(service, call)],
    ['queries POST', (call) => createQuery(service, call)],
    ['query GET', async (call) => ok(queryJson(findQuery(service, call)))],
    ['query DELETE', (call) => deleteQuery(service, call)],
    ['queryEvents GET', (call) => getQueryEvents(service, call)],
    ['subscriptions GET', async (call) => getSubscriptions(service, call)],
    ['subscriptions POST', (call) => createSubscription(service, call)],
    ['subscription GET', async (call) => ok(subscriptionJson(findSubscription(service, call)))],
    ['subscription DELETE', (call) => deleteSubscription(service, call)],
    ['nextPageToken DELETE', (call) => endToken(service, call)],
  ]);
}

async function getEvents(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer | undefined> {
  const parameters = urlParameters(call.search);
  const paging = pagingOf(parameters);
  const isStream = takesStream(parameters, call);
  const asked = queryOf(parameters, prefixesOf(call));
  if (isStream) {
    return streamQuery(service, call, { query: asked.query, queryName: SIMPLE_QUERY });
  }
  return answerEvents(service, call, { ...asked, paging, queryName: SIMPLE_QUERY });
}

/** By its eventID or its hash ID: the event and its error declarations, the latest first. */
async function getEvent(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const { eventID = '' } = call.params;
  const view = await service.views(call.access);
  const { query } = queryOf(new Map([['EQ_eventID', [eventID]]]), prefixesOf(call));
  const page = await readEventPage(view, query, { after: undefined, limit: limits.epcisPageMax });
  const found = [...page.events];
  if (found.length === 0) {
    for (const key of await keysOfHash(view, eventID)) {
      const event = await view.event(key);
      if (event !== undefined) found.unshift(event);
    }
  }
  if (found.length === 0) {
    throw new CodedError('EPCIS_NO_SUCH_RESOURCE', `there is no event ${eventID.slice(0, 200)}`);
  }
  return {
    status: 200,
    body: queryDocument(found, {
      queryName: SIMPLE_QUERY,
      nowMs: service.nowMs(),
      epcFormat: call.form.epcFormat,
    }),
    height: view.height,
    headers: { 'gs1-epc-format': call.form.epcFormat },
  };
}

async function getCollection(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const parameters = urlParameters(call.search);
  const paging = pagingOf(parameters);
  refuseOthers(parameters);
  const start = startOf(service, paging.token, call.path);
  const view = await service.views(call.access, start?.height);
  const options = { after: start?.after, limit: paging.perPage };
  const page = await readValues(view, call.path, options);
  const answer = ok(epcisCollection(page.values));
  if (page.next === undefined) return { ...answer, height: view.height };
  const token = pageToken({ height: view.height, after: page.next, given: 0 }, call.path);
  return { ...answer, height: view.height, headers: { link: nextLink(call, token) } };
}

async function getValue(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  await checkValue(service, call);
  return ok(epcisCollection(['events']));
}

async function getValueEvents(
  service: EpcisService,
  call: EpcisCall,
): Promise<EpcisAnswer | undefined> {
  const value = await checkValue(service, call);
  const [name = ''] = call.path.split('/');
  const parameter = epcisCollections.get(name) ?? '';
  const parameters = urlParameters(call.search);
  const paging = pagingOf(parameters);
  const own = queryOf(new Map([[parameter, [value]]]), prefixesOf(call)).query;
  const asked = queryOf(parameters, prefixesOf(call));
  const conditions = [...own.conditions, ...asked.query.conditions];
  const query = { ...asked.query, conditions };
  return answerEvents(service, call, { ...asked, query, paging, queryName: SIMPLE_QUERY });
}

async function checkValue(service: EpcisService, call: EpcisCall): Promise<string> {
  const { value = '' } = call.params;
  const [name = ''] = call.path.split('/');
  const view = await service.views(call.access);
  if (await hasValue(view, name, value)) return value;
  throw new CodedError('EPCIS_NO_SUCH_RESOURCE', `no event has ${value.slice(0, 200)} in ${name}`);
}

async function createQuery(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const body = bodyOf(call);
  const owner = ownerOf(call);
  const { name, query } = body;
  for (const member of Object.keys(body)) {
    if (!['name', 'query', '@context'].includes(member)) {
      throw invalidBody(`/${member}`, 'member_unknown', 'no such member here');
    }
  }
  if (typeof name !== 'string' || !QUERY_NAME.test(name)) {
    throw invalidBody('/name', 'value_has_wrong_type', 'a name of letters, digits and . _ ~ : -');
  }
  if (!isJsonObject(query)) throw invalidBody('/query', 'value_has_wrong_type', 'an object');
  const context = query['@context'] ?? body['@context'];
  const kept: JsonObject = context === undefined ? query : { ...query, '@context': context };
  const made: SavedQuery = {
    name,
    createdAt: service.nowMs(),
    ...(owner !== undefined && { owner }),
    query: textFromJson(kept),
  };
  readSavedQuery(made);
  const { queries } = service.saved;
  if (queries.has(name) || name === SIMPLE_QUERY) {
    throw new CodedError('EPCIS_RESOURCE_EXISTS', `there is a query ${name} already`);
  }
  if (queries.size >= limits.epcisNamedQueriesMax) {
    throw new CodedError('RATE_LIMITED', `this node keeps ${queries.size} queries already`);
  }
  queries.set(name, made);
  await service.saved.save();
  return created(queryJson(made), 'queries', name);
}

async function deleteQuery(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const { name } = findQuery(service, call);
  service.saved.queries.delete(name);
  for (const one of [...service.saved.subscriptions.values()]) {
    if (one.queryName === name) service.saved.subscriptions.delete(one.subscriptionID);
  }
  await service.saved.save();
  return { status: 204 };
}

async function getQueryEvents(
  service: EpcisService,
  call: EpcisCall,
): Promise<EpcisAnswer | undefined> {
  const saved = findQuery(service, call);
  const asked = readSavedQuery(saved);
  const parameters = urlParameters(call.search);
  const paging = pagingOf(parameters);
  const isStream = takesStream(parameters, call);
  // A named query is run as it was named; only paging is the client's.
  refuseOthers(parameters);
  if (isStream) {
    return streamQuery(service, call, { query: asked.query, queryName: saved.name });
  }
  return answerEvents(service, call, { ...asked, paging, queryName: saved.name });
}

async function createSubscription(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const { name: queryName } = findQuery(service, call);
  const owner = ownerOf(call);
  const body = bodyOf(call);
  const { subscriptions } = service.saved;
  if (subscriptions.size >= limits.epcisSubscriptionsMax) {
    throw new CodedError('RATE_LIMITED', `this node has ${subscriptions.size} subscriptions`);
  }
  const made: Subscription = {
    ...readSubscription(service, body),
    subscriptionID: randomUUID(),
    queryName,
    ...(owner !== undefined && { owner }),
  };
  subscriptions.set(made.subscriptionID, made);
  await service.saved.save();
  if (made.stream) service.subscriptions.wake(made, false);
  const place = ['queries', queryName, 'subscriptions', made.subscriptionID];
  return created(subscriptionJson(made), ...place);
}

function readSubscription(
  service: EpcisService,
  body: JsonObject,
): Omit<Subscription, 'subscriptionID' | 'queryName' | 'owner'> {
  const known = ['dest', 'signatureToken', 'stream', 'schedule', 'reportIfEmpty'];
  for (const member of Object.keys(body)) {
    if ([...known, 'initialRecordTime', '@context'].includes(member)) continue;
    throw invalidBody(`/${member}`, 'member_unknown', 'no such member here');
  }
  const { dest, signatureToken, stream, schedule, reportIfEmpty, initialRecordTime } = body;
  if (typeof dest !== 'string') throw invalidBody('/dest', 'member_missing', 'an HTTP address');
  checkDestination(dest, service.webhooks);
  const isStream = readFlag(stream, '/stream') ?? false;
  if (isStream === (schedule !== undefined)) {
    throw wrongControls(
      '/stream',
      'query_parameters_conflict',
      'either stream: true or a schedule',
    );
  }
  const token = readText(signatureToken, '/signatureToken');
  const initial = readText(initialRecordTime, '/initialRecordTime');
  const from = initial === undefined ? undefined : timeFromText(initial);
  if (from?.ok === false) throw invalidBody('/initialRecordTime', 'time_malformed', 'a time');
  const nowMs = service.nowMs();
  const fields = schedule === undefined ? undefined : readFields(schedule);
  return {
    createdAt: nowMs,
    dest,
    stream: isStream,
    reportIfEmpty: readFlag(reportIfEmpty, '/reportIfEmpty') ?? !isStream,
    position:
      from === undefined
        ? positionBehind(service.backend.info().headTimeMs)
        : positionFrom(from.value),
    ...(token !== undefined && { signatureToken: token }),
    ...(initial !== undefined && { initialRecordTime: initial }),
    ...(fields !== undefined && { schedule: fields }),
  };
}

function readFields(schedule: JsonValue): Record<string, string> {
  if (!isJsonObject(schedule)) {
    throw invalidBody('/schedule', 'value_has_wrong_type', 'an object');
  }
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(schedule)) {
    fields[name] = typeof value === 'string' ? value : textFromJson(value);
  }
  const read = readSchedule(fields, '/schedule');
  if (read.ok) return fields;
  const [first] = read.fault;
  throw wrongControls(first?.path ?? '/schedule', 'schedule_malformed', first?.message ?? '');
}

async function deleteSubscription(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  service.saved.subscriptions.delete(findSubscription(service, call).subscriptionID);
  await service.saved.save();
  return { status: 204 };
}

async function endToken(service: EpcisService, call: EpcisCall): Promise<EpcisAnswer> {
  const { token = '' } = call.params;
  const { endedTokens } = service;
  endedTokens.add(token.slice(0, limits.listCursorTextMax));
  const [oldest] = endedTokens;
  if (endedTokens.size > limits.epcisEndedTokensMax && oldest !== undefined) {
    endedTokens.delete(oldest);
  }
  return { status: 204 };
}

/** Saved queries belong to the party that made them; where readers are not told apart, to all. */
function ownQueries(service: EpcisService, { access }: EpcisCall): readonly SavedQuery[] {
  return [...service.saved.queries.values()].filter(({ owner }) => owner === access.reader.party);
}

function findQuery(service: EpcisService, call: EpcisCall): SavedQuery {
  const { queryName = '' } = call.params;
  const found = ownQueries(service, call).find(({ name }) => name === queryName);
  if (found === undefined) throw noSuchName(`query ${queryName}`);
  return found;
}

function subscriptionsOf(service: EpcisService, call: EpcisCall): readonly Subscription[] {
  const { name } = findQuery(service, call);
  return [...service.saved.subscriptions.values()].filter(({ queryName }) => queryName === name);
}

function getQueries(service: EpcisService, call: EpcisCall): EpcisAnswer {
  const form = { nameOf: ({ name }: SavedQuery) => name, jsonOf: queryJson };
  return answerList(service, call, ownQueries(service, call), form);
}

function getSubscriptions(service: EpcisService, call: EpcisCall): EpcisAnswer {
  const nameOf = ({ subscriptionID }: Subscription): string => subscriptionID;
  const list = subscriptionsOf(service, call);
  return answerList(service, call, list, { nameOf, jsonOf: subscriptionJson });
}

function findSubscription(service: EpcisService, call: EpcisCall): Subscription {
  const { subscriptionID = '' } = call.params;
  const found = subscriptionsOf(service, call).find((one) => one.subscriptionID === subscriptionID);
  if (found === undefined) throw noSuchName(`subscription ${subscriptionID}`);
  return found;
}

/** Only a party that has proved itself leaves orders with a node that tells readers apart. */
function ownerOf({ access }: EpcisCall): string | undefined {
  if (!access.isOpen && access.reader.party === undefined) throw access.refuse('saved queries');
  return access.reader.party;
}

function prefixesOf({ request }: EpcisCall) {
  const header = request.headers['gs1-extensions'];
  return prefixesOfHeader(Array.isArray(header) ? header.join(',') : header);
}

/** A list that lies at this node, page by page in the order of its names. */
function answerList<T>(
  service: EpcisService,
  call: EpcisCall,
  list: readonly T[],
  form: { readonly nameOf: (one: T) => string; readonly jsonOf: (one: T) => unknown },
): EpcisAnswer {
  const parameters = urlParameters(call.search);
  const paging = pagingOf(parameters);
  refuseOthers(parameters);
  const { nameOf, jsonOf } = form;
  const after = startOf(service, paging.token, call.path)?.after;
  const sorted = [...list].sort((a, b) => compareText(nameOf(a), nameOf(b)));
  const rest = sorted.filter((one) => after === undefined || compareText(nameOf(one), after) > 0);
  const page = rest.slice(0, paging.perPage);
  const last = page.at(-1);
  const answer = ok(page.map(jsonOf));
  if (last === undefined || page.length === rest.length) return answer;
  const { height } = service.backend.info();
  const token = pageToken({ height, after: nameOf(last), given: 0 }, call.path);
  return { ...answer, headers: { link: nextLink(call, token) } };
}

/** Throws EPCIS_QUERY_PARAMETER for a parameter that this resource does not have. */
function refuseOthers(parameters: ReadonlyMap<string, unknown>): void {
  const [unknown] = parameters.keys();
  if (unknown === undefined) return;
  const path = `/${unknown}`;
  const message = 'this resource takes no such parameter';
  const details = { errors: [{ path, code: 'query_parameter_unknown', message }] };
  throw new CodedError('EPCIS_QUERY_PARAMETER', `${path} ${message}`, { details });
}

/**
 * Whether a stream is asked for: by `Accept: text/event-stream`, with or without `stream=true`.
 * Takes that parameter out. Throws EPCIS_SUBSCRIPTION where it stands alone: over plain HTTP there
 * is no WebSocket here, and where times are given, which belong to a subscription.
 */
function takesStream(parameters: Map<string, string[]>, { form }: EpcisCall): boolean {
  const isStream = form.mediaType === EVENT_STREAM_MEDIA_TYPE;
  const control = subscriptionControls.find((name) => parameters.has(name));
  if (control !== undefined) {
    const advice = 'a stream tells each event as it comes; times belong to a subscription';
    throw wrongControls(`/${control}`, 'query_parameters_conflict', advice);
  }
  const [wanted] = parameters.get('stream') ?? [];
  if (wanted === undefined) return isStream;
  parameters.delete('stream');
  if (isStream && wanted === 'true') return true;
  const message = 'stream=true goes with Accept: text/event-stream';
  throw wrongControls('/stream', 'query_parameters_conflict', message);
}

function wrongControls(path: string, code: string, message: string): CodedError {
  const details = { errors: [{ path, code, message }] };
  return new CodedError('EPCIS_SUBSCRIPTION', `${path} ${message}`.trim(), { details });
}

function readFlag(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidBody(path, 'value_has_wrong_type', 'true or false');
}

function readText(value: JsonValue | undefined, path: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.length > 0 && value.length <= limits.noteTextMax) {
    return value;
  }
  throw invalidBody(path, 'value_has_wrong_type', 'text');
}

function queryJson({ name, createdAt, query }: SavedQuery): unknown {
  return { name, createdAt: textFromTime(createdAt), query: JSON.parse(query) };
}

function subscriptionJson(one: Subscription): unknown {
  const { subscriptionID, queryName, dest, stream, schedule, reportIfEmpty } = one;
  const { createdAt, lastReportedAt, initialRecordTime } = one;
  return {
    subscriptionID,
    queryName,
    createdAt: textFromTime(createdAt),
    dest,
    stream,
    schedule,
    reportIfEmpty,
    initialRecordTime,
    lastNotifiedAt: lastReportedAt === undefined ? undefined : textFromTime(lastReportedAt),
  };
}

function ok(value: unknown): EpcisAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function created(value: unknown, ...path: readonly string[]): EpcisAnswer {
  const location = `${EPCIS_BASE}/${pathOf(...path)}`;
  return { status: 201, body: JSON.stringify(value), headers: { location } };
}
