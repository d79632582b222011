import { CodedError, isCodedError, type Logger } from '@triflow/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../routes/problem.js';
import { retryHeaders } from './call.js';
import { problemFromError } from './problems.js';

/** What fastify itself refuses, in our codes. */
const frameworkCodes = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'REQUEST_TOO_LARGE'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'REQUEST_MEDIA_TYPE'],
]);

/** Every failure leaves as a problem document; only unexpected ones are logged, with the cause. */
export function addErrorHandler(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    return sendProblem(reply, request.id, problemFromThrown(error, request, logger));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const error = new CodedError('ROUTE_NOT_FOUND', `${request.method} ${path.slice(0, 200)}`);
    return sendProblem(reply, request.id, problemFromError(error));
  });
}

/** A problem for anything thrown. What is not coded, or coded as ours, tells no internals. */
export function problemFromThrown(
  error: unknown,
  request: Pick<FastifyRequest, 'id' | 'method' | 'routeOptions'>,
  logger: Logger,
): Problem {
  if (isCodedError(error)) {
    const problem = problemFromError(error);
    if (problem.status !== 500) return problem;
  }
  if (isFrameworkError(error)) {
    const { statusCode = 500 } = error;
    const code = frameworkCodes.get(error.code) ?? 'REQUEST_MALFORMED';
    if (statusCode < 500) return problemFromError(new CodedError(code, error.message));
  }
  logger.error('http.internal_error', {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions?.url ?? 'none',
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  const hidden = new CodedError('INTERNAL', 'The node met a bug; its log has the request id.');
  return problemFromError(hidden);
}

/** Sends a problem document. */
export function sendProblem(
  reply: FastifyReply,
  requestId: string,
  problem: Problem,
): FastifyReply {
  return reply
    .code(problem.status)
    .headers(retryHeaders(problem))
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify({ ...problem, requestId }));
}

function isFrameworkError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_');
}
