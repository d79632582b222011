import type { Readable } from 'node:stream';
import {
  checkBodyType,
  checkUrlLength,
  EPCIS_BASE,
  epcisCollection,
  epcisForm,
  epcisProblemOf,
  epcisTopLevel,
  epcisVersionHeaders,
  type FoundEpcisResource,
  findEpcisResource,
  PROBLEM_MEDIA_TYPE,
  refuseWebSocket,
} from '@triflow/api/routes';
import { CodedError, isCodedError, limits, textFromTime } from '@triflow/protocol';
import { isTriflowError } from '@triflow/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from '../gatewayPart.js';
import { captureEvents } from './captureEvents.js';
import type { CaptureErrorBehaviour, CaptureJob } from './captureJob.js';
import type { CaptureJobs } from './captureJobs.js';
import { passOn } from './passOn.js';
import { readBody } from './readBody.js';
import { type CaptureRules, readCapture, readSingleEvent } from './readCapture.js';
import { codedOf, recordCommand } from './recordEvents.js';

export interface EpcisContext extends GatewayContext {
  readonly jobs: CaptureJobs;
  readonly knownEvents: CaptureRules['knownEvents'];
}

const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'] as const;
/** Resources that every node has alike; saved queries lie at one node only. */
const ANYWHERE: ReadonlySet<string> = new Set([
  'events',
  'event',
  'collection',
  'value',
  'valueEvents',
]);
const LEVEL_HEADER = 'triflow-validation-level';

/** Serves EPCIS 2.0 whole: captures here, the rest by a node. */
export function registerEpcis(app: FastifyInstance, context: EpcisContext): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) => {
      return readBody(payload, limits.epcisCaptureBytesMax);
    });
    scope.addHook('onSend', async (_request, reply, payload) => {
      reply.headers({ ...epcisVersionHeaders(), 'cache-control': 'no-store' });
      return payload;
    });
    scope.setErrorHandler((error, request, reply) => sendProblem(context, error, request, reply));
    for (const url of [EPCIS_BASE, `${EPCIS_BASE}/*`]) {
      scope.route({
        method: [...METHODS],
        url,
        handler: (request, reply) => serve(context, request, reply),
      });
    }
  });
}

async function serve(
  context: EpcisContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const url = request.raw.url ?? '';
  checkUrlLength(url);
  refuseWebSocket(request.headers.upgrade);
  const [path = ''] = url.slice(EPCIS_BASE.length).split('?');
  const found = findEpcisResource(path);
  if (found === undefined) {
    throw new CodedError('EPCIS_NO_SUCH_RESOURCE', 'there is no such path');
  }
  const { resource } = found;
  const allow = [...resource.reading, ...resource.capturing, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') return reply.code(204).headers(optionsOf(allow)).send();
  const form = epcisForm(request.headers);
  switch (`${resource.name} ${request.method}`) {
    case 'root GET':
      return reply.type(form.mediaType).send(JSON.stringify(epcisCollection(epcisTopLevel('all'))));
    case 'capture POST':
      return postCapture(context, request, reply);
    case 'capture GET':
      return listCaptures(context, url, reply.type(form.mediaType));
    case 'captureJob GET':
      return getCapture(context, found, reply.type(form.mediaType));
    case 'events POST':
      return postEvent(context, request, reply);
    default:
  }
  if (resource.reading.some((method) => method === request.method)) {
    const { nodes } = context.config.chain;
    const asked = ANYWHERE.has(resource.name) ? nodes : nodes.slice(0, 1);
    return passOn(request, reply, { nodes: asked, tokens: context.tokens });
  }
  reply.header('allow', allow);
  throw new CodedError('EPCIS_NO_SUCH_RESOURCE', `${request.method} is not served, only ${allow}`, {
    details: { httpStatus: 405 },
  });
}

/** EPCIS 2.0 section 12.6.1: accepted once the job is on disk. */
async function postCapture(
  context: EpcisContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const behaviour = behaviourOf(request);
  const level = levelOf(context, request);
  const { knownEvents } = context;
  const read = await readCapture(bytesOf(request), { level, behaviour, knownEvents });
  const events = await captureEvents(read.events, partyOf(context));
  const job = await context.jobs.create({
    captureErrorBehaviour: behaviour,
    validationLevel: level,
    events,
    errors: read.refused.map(({ path, faults }) => {
      const details = { errors: [...faults] };
      const error = new CodedError('EPCIS_VALIDATION', `${path} breaks a rule`, { details });
      return { ...epcisProblemOf(error), errors: [...faults] };
    }),
  });
  const location = `${EPCIS_BASE}/capture/${job.captureID}`;
  return reply.code(202).headers({ location, 'gs1-capture-error-behaviour': behaviour }).send();
}

/** EPCIS 2.0 section 12.6.2: one event, answered when it is final, as it was recorded. */
async function postEvent(
  context: EpcisContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const level = levelOf(context, request);
  const { mediaType } = epcisForm(request.headers);
  const { knownEvents } = context;
  const event = await readSingleEvent(bytesOf(request), { level, knownEvents });
  const [one] = await captureEvents([{ event, path: '' }], partyOf(context));
  if (one === undefined) throw new CodedError('INTERNAL', 'no event was made');
  try {
    await context.queue.submit([recordCommand(one, level)]);
  } catch (error) {
    throw codedOf(error, '');
  }
  const { eventID } = event.json;
  const id = typeof eventID === 'string' ? eventID : one.hash;
  const location = `${EPCIS_BASE}/events/${encodeURIComponent(id)}`;
  const recorded = Buffer.from(one.bytes, 'base64');
  return reply.code(201).header('location', location).type(mediaType).send(recorded);
}

function listCaptures({ jobs }: EpcisContext, url: string, reply: FastifyReply): FastifyReply {
  const query = new URL(url, 'http://gateway').searchParams;
  for (const name of query.keys()) {
    if (name === 'perPage' || name === 'nextPageToken') continue;
    throw wrongParameter(name, 'there is no such parameter');
  }
  const perPage = Number(query.get('perPage') ?? limits.epcisPageDefault);
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > limits.epcisPageMax) {
    throw wrongParameter('perPage', `1 to ${limits.epcisPageMax}`);
  }
  const after = query.get('nextPageToken') ?? undefined;
  if (after !== undefined && jobs.get(after) === undefined) {
    throw wrongParameter('nextPageToken', 'it is none of this list');
  }
  const page = jobs.list(after, perPage + 1);
  const shown = page.slice(0, perPage);
  const last = shown.at(-1);
  if (page.length > perPage && last !== undefined) {
    const next = `${EPCIS_BASE}/capture?perPage=${perPage}&nextPageToken=${last.captureID}`;
    reply.header('link', `<${next}>; rel="next"`);
  }
  return reply.send(JSON.stringify(shown.map(jobJson)));
}

function getCapture(
  { jobs }: EpcisContext,
  { params }: FoundEpcisResource,
  reply: FastifyReply,
): FastifyReply {
  const { captureID = '' } = params;
  const job = jobs.get(captureID);
  if (job !== undefined) {
    reply.header('gs1-capture-error-behaviour', job.captureErrorBehaviour);
    return reply.send(JSON.stringify(jobJson(job)));
  }
  throw new CodedError('EPCIS_NO_SUCH_RESOURCE', `there is no capture ${captureID.slice(0, 64)}`);
}

function jobJson(job: CaptureJob): unknown {
  const { captureID, createdAt, finishedAt, running, success } = job;
  return {
    captureID,
    createdAt: textFromTime(createdAt),
    finishedAt: finishedAt === undefined ? undefined : textFromTime(finishedAt),
    running,
    success,
    captureErrorBehaviour: job.captureErrorBehaviour,
    errors: job.errors,
  };
}

function bytesOf(request: FastifyRequest): Uint8Array {
  checkBodyType(request.headers);
  return request.body instanceof Uint8Array ? new Uint8Array(request.body) : new Uint8Array();
}

function behaviourOf({ headers }: FastifyRequest): CaptureErrorBehaviour {
  const wanted = headers['gs1-capture-error-behaviour'] ?? 'rollback';
  if (wanted === 'rollback' || wanted === 'proceed') return wanted;
  throw new CodedError('EPCIS_VALIDATION', 'GS1-Capture-Error-Behaviour is rollback or proceed');
}

function levelOf({ config }: EpcisContext, { headers }: FastifyRequest): CaptureRules['level'] {
  const wanted = headers[LEVEL_HEADER] ?? config.epcis.validationLevel;
  if (wanted === 'schema' || wanted === 'conformance') return wanted;
  throw new CodedError('EPCIS_VALIDATION', 'Triflow-Validation-Level is schema or conformance');
}

function partyOf({ party, client, config }: EpcisContext) {
  return { party, client, declareSubmitter: config.epcis.declareSubmitter };
}

function optionsOf(allow: string): Record<string, string> {
  return {
    allow,
    'gs1-epc-format': 'Never_Translates, Always_GS1_Digital_Link',
    'gs1-capture-error-behaviour': 'rollback, proceed',
    ...captureLimits(),
  };
}

function captureLimits(): Record<string, string> {
  return {
    'gs1-epcis-capture-limit': String(limits.commandsPerTransactionMax),
    'gs1-epcis-capture-file-size-limit': String(limits.epcisCaptureBytesMax),
  };
}

function wrongParameter(name: string, message: string): CodedError {
  const errors = [{ path: `/${name}`, code: 'query_value_malformed', message }];
  return new CodedError('EPCIS_QUERY_PARAMETER', `${name}: ${message}`, { details: { errors } });
}

/** A failure in the form of the standard; what is a bug here is logged. */
function sendProblem(
  { logger }: EpcisContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = isTriflowError(thrown)
    ? new CodedError(thrown.code, thrown.message, { details: { ...thrown.details } })
    : thrown;
  const problem = epcisProblemOf(error);
  if (problem.code === 'INTERNAL') {
    const cause = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    logger.error('http.internal_error', { requestId: request.id, error: cause });
  }
  const own = isCodedError(error) ? error.details.httpStatus : undefined;
  const status = typeof own === 'number' ? own : problem.status;
  if (status === 413) reply.headers(captureLimits());
  const body = JSON.stringify({ ...problem, status, requestId: request.id });
  return reply.code(status).type(PROBLEM_MEDIA_TYPE).send(Buffer.from(body, 'utf8'));
}
