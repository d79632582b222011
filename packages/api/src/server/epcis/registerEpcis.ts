import { CodedError, limits } from '@triflow/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  checkUrlLength,
  EPCIS_BASE,
  epcisProblemOf,
  epcisVersionHeaders,
  findEpcisResource,
  refuseWebSocket,
} from '../../routes/epcis.js';
import { epcisForm } from '../../routes/epcisForm.js';
import { PROBLEM_MEDIA_TYPE } from '../../routes/problem.js';
import { retryHeaders } from '../call.js';
import { problemFromThrown } from '../errorHandler.js';
import type { EpcisHandler } from './epcisCall.js';
import { epcisHandlers } from './epcisHandlers.js';
import type { EpcisService } from './epcisService.js';

const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'] as const;

/**
 * Serves the reading part of EPCIS 2.0 under its base. Paths are read here, not by the router:
 * values such as EPCs are long and hold encoded slashes.
 */
export function registerEpcis(app: FastifyInstance, service: EpcisService): void {
  const handlers = epcisHandlers(service);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const keep = (_request: FastifyRequest, body: Buffer, done: (e: null, b: Buffer) => void) => {
      done(null, body);
    };
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, keep);
    scope.addHook('onSend', async (_request, reply, payload) => {
      reply.headers(epcisVersionHeaders());
      return payload;
    });
    scope.setErrorHandler((error, request, reply) => sendProblem(service, error, request, reply));
    for (const url of [EPCIS_BASE, `${EPCIS_BASE}/*`]) {
      scope.route({
        method: [...METHODS],
        url,
        bodyLimit: limits.epcisQueryTextMax * 2,
        handler: (request, reply) => serve(service, handlers, request, reply),
      });
    }
  });
}

async function serve(
  service: EpcisService,
  handlers: ReadonlyMap<string, EpcisHandler>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  checkUrlLength(request.raw.url ?? '');
  refuseWebSocket(request.headers.upgrade);
  const [url = '', search = ''] = splitAt(request.raw.url ?? '', '?');
  const path = url.slice(EPCIS_BASE.length).replace(/^\/|\/$/g, '');
  const found = findEpcisResource(path);
  if (found === undefined || found.resource.reading.length === 0) {
    throw new CodedError('EPCIS_NO_SUCH_RESOURCE', notHere(found !== undefined));
  }
  const { resource, params } = found;
  const allow = [...resource.reading, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    return reply
      .code(204)
      .headers({ allow, 'gs1-epc-format': 'Never_Translates, Always_GS1_Digital_Link' })
      .send();
  }
  const handler = handlers.get(`${resource.name} ${request.method}`);
  if (handler === undefined) {
    const detail = `${request.method} is not served here, only ${allow}`;
    reply.header('allow', allow);
    throw new CodedError('EPCIS_NO_SUCH_RESOURCE', detail, { details: { httpStatus: 405 } });
  }
  const form = epcisForm(request.headers);
  const access = await service.access.of(request.raw);
  access.requireScope('events');
  const answer = await handler({ params, path, search, form, access, request, reply });
  if (answer === undefined) return reply;
  const height = answer.height ?? service.backend.info().height;
  await access.settle(`epcis.${resource.name}`, request.id, height);
  reply.headers({ 'triflow-height': height, ...answer.headers }).code(answer.status);
  return answer.body === undefined
    ? reply.send()
    : reply.type(form.mediaType).send(Buffer.from(answer.body, 'utf8'));
}

/** A failure in the form of the standard; what is a bug here is logged. */
function sendProblem(
  service: EpcisService,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { code, detail, retry, status: own } = problemFromThrown(error, request, service.logger);
  const details = error instanceof CodedError && error.code === code ? error.details : {};
  const problem = epcisProblemOf(new CodedError(code, detail, { details: { ...details } }));
  const status = typeof details.httpStatus === 'number' ? details.httpStatus : problem.status;
  return reply
    .code(status)
    .headers(retryHeaders({ retry, status: own }))
    .type(PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify({ ...problem, status, requestId: request.id }), 'utf8'));
}

function notHere(isCapture: boolean): string {
  return isCapture ? 'captures are taken by a gateway, which signs them' : 'there is no such path';
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
