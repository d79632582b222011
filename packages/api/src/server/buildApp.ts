import { randomBytes } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { AssertionFailure, limits } from '@triflow/protocol';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
} from 'fastify';
import { opsRoutes, routes } from '../routes/index.js';
import { PROBLEM_MEDIA_TYPE } from '../routes/problem.js';
import { addBodyParsers } from './bodyParsers.js';
import { serveRoute } from './call.js';
import { chainHeaders, securityHeaders } from './commonHeaders.js';
import type { TlsFiles } from './createServer.js';
import { addDocsPage, docsPolicy } from './docsPage.js';
import { registerEpcis } from './epcis/registerEpcis.js';
import { addErrorHandler, problemFromThrown, sendProblem } from './errorHandler.js';
import { addGuards } from './guards.js';
import { getAccessLog } from './handlers/accessLog.js';
import { getBlock, getHeaders, getValidators } from './handlers/blocks.js';
import { getContracts, getGenesis, getHealth, getInfo, getOpenApi } from './handlers/chain.js';
import { getErrorDoc, listErrors } from './handlers/docs.js';
import { getEvents } from './handlers/events.js';
import { getObjectEvidence, getTransactionEvidence } from './handlers/evidence.js';
import { listObjects } from './handlers/list.js';
import { getHistory, getObject } from './handlers/objects.js';
import { getLiveness, getMetrics, getReadiness } from './handlers/operations.js';
import { runQuery } from './handlers/queries.js';
import { search } from './handlers/search.js';
import { createChallenge, createSession, deleteSession, getSession } from './handlers/sessions.js';
import { simulateTransaction } from './handlers/simulation.js';
import { getState } from './handlers/state.js';
import { getTrace } from './handlers/trace.js';
import {
  getOutcome,
  getTransactionProof,
  submitBatch,
  submitTransaction,
} from './handlers/transactions.js';
import { addPage, type PageFile } from './page.js';
import { problemOf } from './problems.js';
import type { ServerContext } from './serverContext.js';

const KEEP_ALIVE_MS = 72_000;
const HEADERS_MS = 10_000;

/** Which routes an application serves. */
export interface AppParts {
  readonly api: boolean;
  readonly ops: boolean;
  /** From one address; undefined for no limit. */
  readonly requestsPerMinute?: number | undefined;
  readonly tls?: TlsFiles;
  /** How late the event loop runs; without it nothing is refused for that. */
  readonly loopLateMs?: (() => number) | undefined;
  /** The page for people, by path; without it `/` is no route. */
  readonly page?: ReadonlyMap<string, PageFile>;
}

/** Puts an application together without listening; tests call it with `inject`. */
export function buildApp(context: ServerContext, parts: AppParts): FastifyInstance {
  const { logger } = context;
  const { tls } = parts;
  const options: FastifyServerOptions = {
    logger: false,
    bodyLimit: limits.httpBodyBytesMax,
    requestTimeout: limits.httpRequestMs,
    connectionTimeout: limits.waitMsMax + limits.httpRequestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(tls === undefined ? { http: { headersTimeout: HEADERS_MS } } : { https: https(tls) }),
    return503OnClosing: false,
    genReqId: requestIds(),
    exposeHeadRoutes: false,
    schemaController: {
      compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas },
    },
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...securityHeaders, ...chainHeaders(context.backend.info(), request.id) });
      sendProblem(reply as FastifyReply, request.id, problemFromThrown(error, request, logger));
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      socket.end(malformedHttp());
    },
  };
  const app = fastify(options);
  app.server.maxConnections = limits.httpConnectionsMax;
  addBodyParsers(app);
  addErrorHandler(app, logger);
  addHeaders(app, context);
  const { requestsPerMinute, loopLateMs } = parts;
  addGuards(app, { requestsPerMinute, isTls: tls !== undefined, loopLateMs });
  if (parts.api) addDocsPage(app);
  app.after(() => {
    if (parts.api) addApiRoutes(app, context);
    if (parts.ops) addOpsRoutes(app, context);
    if (parts.page !== undefined) addPage(app, parts.page);
  });
  return app;
}

/** Shapes are judged and written by zod: what Fastify compiles schemas with is not even loaded. */
function noSchemas(): () => never {
  return () => {
    throw new AssertionFailure('buildApp: a route with a schema of Fastify');
  };
}

/** A client's certificate is asked for and checked, but a reader may come without one. */
function https(files: TlsFiles): ServerOptions {
  return {
    ...secureContextOptions(files),
    headersTimeout: HEADERS_MS,
    requestCert: files.clientCa !== undefined,
    rejectUnauthorized: false,
  };
}

/** What may change while the server runs. */
export function secureContextOptions({ key, cert, clientCa }: TlsFiles) {
  const ca = clientCa === undefined ? {} : { ca: clientCa };
  return { key, cert, minVersion: 'TLSv1.2', ...ca } as const;
}

function addHeaders(app: FastifyInstance, { backend, metrics }: ServerContext): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { 'triflow-height': head, ...rest } = chainHeaders(backend.info(), request.id);
    reply.headers(rest);
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    const policy = docsPolicy(request.url);
    if (policy !== undefined) reply.header('content-security-policy', policy);
    if (!reply.hasHeader('triflow-height') && head !== undefined) {
      reply.header('triflow-height', head);
    }
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1_000);
  });
}

function addApiRoutes(app: FastifyInstance, context: ServerContext): void {
  serveRoute(app, context, routes.submitTransaction, submitTransaction(context));
  serveRoute(app, context, routes.submitBatch, submitBatch(context));
  serveRoute(app, context, routes.simulateTransaction, simulateTransaction(context));
  serveRoute(app, context, routes.getOutcome, getOutcome(context));
  serveRoute(app, context, routes.getTransactionProof, getTransactionProof(context));
  serveRoute(app, context, routes.createChallenge, createChallenge(context));
  serveRoute(app, context, routes.createSession, createSession(context));
  serveRoute(app, context, routes.getSession, getSession(context));
  serveRoute(app, context, routes.deleteSession, deleteSession(context));
  serveRoute(app, context, routes.getAccessLog, getAccessLog(context));
  serveRoute(app, context, routes.getObject, getObject(context));
  serveRoute(app, context, routes.getHistory, getHistory(context));
  serveRoute(app, context, routes.listObjects, listObjects(context));
  serveRoute(app, context, routes.getState, getState(context));
  serveRoute(app, context, routes.search, search(context));
  serveRoute(app, context, routes.getBlock, getBlock(context));
  serveRoute(app, context, routes.getHeaders, getHeaders(context));
  serveRoute(app, context, routes.getValidators, getValidators(context));
  serveRoute(app, context, routes.getInfo, getInfo(context));
  serveRoute(app, context, routes.getGenesis, getGenesis(context));
  serveRoute(app, context, routes.getHealth, getHealth(context));
  serveRoute(app, context, routes.getContracts, getContracts(context));
  serveRoute(app, context, routes.getOpenApi, getOpenApi(context));
  serveRoute(app, context, routes.runQuery, runQuery(context));
  serveRoute(app, context, routes.getTrace, getTrace(context));
  serveRoute(app, context, routes.getObjectEvidence, getObjectEvidence(context));
  serveRoute(app, context, routes.getTransactionEvidence, getTransactionEvidence(context));
  serveRoute(app, context, routes.getEvents, getEvents(context));
  serveRoute(app, context, routes.listErrors, listErrors(context));
  serveRoute(app, context, routes.getErrorDoc, getErrorDoc(context));
  registerEpcis(app, context.epcis);
}

function addOpsRoutes(app: FastifyInstance, context: ServerContext): void {
  serveRoute(app, context, opsRoutes.getLiveness, getLiveness(context));
  serveRoute(app, context, opsRoutes.getReadiness, getReadiness(context));
  serveRoute(app, context, opsRoutes.getMetrics, getMetrics(context));
}

/** Unique within the process and told apart between processes. */
function requestIds(): () => string {
  const start = randomBytes(6).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `rq_${start}${count.toString(36).padStart(6, '0')}`;
  };
}

/** The answer to bytes that are no HTTP: there is no request to speak of. */
function malformedHttp(): string {
  const problem = problemOf('REQUEST_MALFORMED', { detail: 'the bytes are no HTTP request' });
  const body = JSON.stringify(problem);
  return [
    'HTTP/1.1 400 Bad Request',
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
