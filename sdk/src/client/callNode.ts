import { type Route, routePath, type UrlValue } from '@triflow/api/routes';
import type { z } from 'zod';
import type { Deadline } from '../deadline.js';
import type { Environment } from '../environment.js';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';
import { jsonOf } from '../transports/readProblem.js';
import type { ExpectedChain, NodeAnswer, NodeRequest, Transport } from '../transports/transport.js';

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;

/** How to reach nodes. */
export interface NodeAccess {
  readonly transport: Transport;
  readonly environment: Environment;
}

export interface NodeCall {
  readonly route: Route;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, UrlValue>>;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly waitMs?: number;
  readonly minHeight?: number;
  /** The same for every reader, though the route's answers differ by reader. */
  readonly isPublic?: boolean;
}

/** An answer's body as its schema reads it, and where it came from. */
export interface Answered<T> {
  readonly value: T;
  readonly answer: NodeAnswer;
}

/**
 * Calls a route and reads its answer. Failures whose retry class says so (`same`, `after`) are
 * tried again with growing, jittered pauses until the deadline.
 */
export async function callNode<T>(
  caller: NodeAccess,
  chain: ExpectedChain,
  deadline: Deadline,
  call: NodeCall,
  schema: z.ZodType<T>,
): Promise<Answered<T>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await callOnce(caller, chain, deadline, call, schema);
    } catch (error) {
      const pauseMs = isTriflowError(error) ? retryPause(caller, error, attempt) : undefined;
      if (pauseMs === undefined || pauseMs >= deadline.leftMs()) throw error;
      await deadline.sleep(pauseMs);
    }
  }
}

/** Calls a route once, over the nodes that the transport knows. */
export async function callOnce<T>(
  { transport, environment }: NodeAccess,
  chain: ExpectedChain,
  deadline: Deadline,
  call: NodeCall,
  schema: z.ZodType<T>,
): Promise<Answered<T>> {
  const answer = await transport.request(requestOf(call), { environment, deadline, chain });
  const parsed = schema.safeParse(jsonOf(answer.body));
  if (parsed.success) return { value: parsed.data, answer };
  const path = `/${(parsed.error.issues[0]?.path ?? []).join('/')}`;
  const message = `${answer.node} answered ${call.route.name} in an unknown form at ${path}`;
  throw new TriflowError('TRANSPORT_FAILED', message, { node: answer.node, retry: 'never' });
}

/** How long to pause before the same request again; undefined when it must not be repeated. */
export function retryPause(
  { environment }: Pick<NodeAccess, 'environment'>,
  error: TriflowError,
  attempt: number,
): number | undefined {
  if (error.code === 'ABORTED' || (error.retry !== 'same' && error.retry !== 'after')) {
    return undefined;
  }
  const grown = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10));
  const spread = grown / 2 + (environment.jitter() * grown) / 2;
  return Math.max(spread, error.retryAfterMs ?? 0);
}

/** The request of a call. */
export function requestOf(call: NodeCall): NodeRequest {
  const { route, params, query, body, contentType, waitMs, minHeight } = call;
  return {
    method: route.method,
    path: routePath(route, params, query),
    ...(route.scope === undefined || call.isPublic === true ? {} : { asReader: true }),
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(minHeight === undefined ? {} : { minHeight }),
  };
}
