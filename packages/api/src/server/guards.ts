import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { CodedError, limits } from '@triflow/protocol';
import type { FastifyInstance } from 'fastify';

const MINUTE_MS = 60_000;
const OPERATIONS = /^\/(livez|readyz|metrics)(\?|$)/;

export interface GuardOptions {
  /** From one address; undefined for none, as on loopback. */
  readonly requestsPerMinute: number | undefined;
  readonly isTls: boolean;
  /** How late the event loop runs; undefined where nobody watches it. */
  readonly loopLateMs?: (() => number) | undefined;
}

/**
 * What stands before the routes: limits by address, a refusal when the loop is overloaded, and
 * the headers of helmet that `securityHeaders` does not set. Routes are added after these.
 */
export function addGuards(app: FastifyInstance, options: GuardOptions): void {
  const { requestsPerMinute, isTls, loopLateMs = () => 0 } = options;
  app.register(helmet, {
    contentSecurityPolicy: false,
    crossOriginResourcePolicy: false,
    referrerPolicy: false,
    frameguard: false,
    strictTransportSecurity: isTls ? { maxAge: 31_536_000 } : false,
  });
  app.addHook('onRequest', async (request) => {
    if (loopLateMs() <= limits.httpLoopLateMsMax || OPERATIONS.test(request.url)) return;
    throw new CodedError('NODE_OVERLOADED', 'the node answers too slowly: try later');
  });
  if (requestsPerMinute === undefined) return;
  app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: MINUTE_MS,
    cache: limits.httpConnectionsMax * 4,
    allowList: (request) => OPERATIONS.test(request.url),
    errorResponseBuilder: (_request, { max }) => {
      return new CodedError('RATE_LIMITED', `more than ${max} requests in a minute`);
    },
  });
}

/** The stricter limit of a route on which keys and tokens could be tried out. */
export const loginLimit = {
  rateLimit: { max: limits.httpLoginsPerMinute, timeWindow: MINUTE_MS },
} as const;
