import type { operationRoutes, ReadinessAnswer } from '../../routes/operations.js';
import type { RouteHandler } from '../call.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof operationRoutes;

/** The event loop turns, or nobody would answer. */
export function getLiveness({ backend }: ServerContext): RouteHandler<Routes['getLiveness']> {
  return async () => {
    const { live } = backend.health();
    return { status: live ? 200 : 503, body: { live } };
  };
}

/** Whether to send traffic here, and why not. */
export function getReadiness({ backend }: ServerContext): RouteHandler<Routes['getReadiness']> {
  return async () => {
    const { ready, checks } = backend.health();
    const body: ReadinessAnswer = { ready, checks: { ...checks } };
    return { status: ready ? 200 : 503, body };
  };
}

/** The node's metrics and the HTTP side's. */
export function getMetrics({
  backend,
  metrics,
  streams,
}: ServerContext): RouteHandler<Routes['getMetrics']> {
  return async () => {
    const body = `${(await backend.metrics()).trimEnd()}\n${metrics.text(streams.size)}`;
    const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
    return { status: 200, body, headers };
  };
}
