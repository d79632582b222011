import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../routes/problem.js';
import type { Route } from '../routes/route.js';
import type { RequestAccess } from './access/requestAccess.js';
import { loginLimit } from './guards.js';
import { invalidBySchema } from './problems.js';
import type { ServerContext } from './serverContext.js';

/** A request whose path and query fit the route. */
export interface Call<R extends Route> {
  readonly params: Output<R['params']>;
  readonly query: Output<R['query']>;
  /** Members that an open query has beyond the route's own. */
  readonly filters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Who asks, and what it may see. */
  readonly access: RequestAccess;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** The height that was read, for the Triflow-Height header. */
  readonly height?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Undefined when the handler has taken the connection over. */
export type RouteHandler<R extends Route> = (call: Call<R>) => Promise<Answer | undefined>;

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

const NO_MEMBERS: Readonly<Record<string, unknown>> = {};

/** Registers a route: its schemas judge path and query, its handler answers. */
export function serveRoute<R extends Route>(
  app: FastifyInstance,
  context: Pick<ServerContext, 'access' | 'backend'>,
  route: R,
  handler: RouteHandler<R>,
): void {
  app.route({
    method: route.method,
    url: route.url,
    ...(route.guarded === true && { config: loginLimit }),
    handler: async (request, reply) => {
      const { own, filters } = splitQuery(route, request.query);
      const access = await context.access.of(request.raw);
      if (route.scope !== undefined) access.requireScope(route.scope);
      const call = {
        access,
        params: parsed(route.params, request.params),
        query: parsed(route.query, own),
        filters,
        body: request.body,
        request,
        reply,
      } as Call<R>;
      const answer = await handler(call);
      if (answer === undefined) return reply;
      await access.settle(route.name, request.id, answer.height ?? context.backend.info().height);
      if (answer.height !== undefined) reply.header('triflow-height', answer.height);
      if (answer.headers !== undefined) reply.headers(answer.headers);
      return reply.code(answer.status).send(answer.body);
    },
  });
}

/** A refusal as an answer. */
export function problemAnswer(problem: Problem, requestId: string): Answer {
  return {
    status: problem.status,
    body: { ...problem, requestId },
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, ...retryHeaders(problem) },
  };
}

/** How long a caller should wait before it tries again, in seconds. */
export function retryHeaders(problem: Pick<Problem, 'retry' | 'status'>): Record<string, string> {
  if (problem.retry !== 'after') return {};
  return { 'retry-after': problem.status === 429 ? '1' : '5' };
}

function splitQuery(
  route: Route,
  query: unknown,
): { own: Record<string, unknown>; filters: Readonly<Record<string, unknown>> } {
  const members = { ...(query as Record<string, unknown>) };
  if (route.openQuery !== true) return { own: members, filters: NO_MEMBERS };
  const names = new Set(Object.keys(route.query?.shape ?? {}));
  const own = Object.entries(members).filter(([name]) => names.has(name));
  const filters = Object.entries(members).filter(([name]) => !names.has(name));
  return { own: Object.fromEntries(own), filters: Object.fromEntries(filters) };
}

/** A route without a schema takes no members. */
function parsed(schema: z.ZodObject | undefined, members: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(members);
  if (!result.success) throw invalidBySchema(result.error);
  return result.data;
}
