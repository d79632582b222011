import type { Logger } from '@triflow/protocol';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { buildApps, type ServerApps, type ServerOptions } from '../server/createServer.js';
import { createFakeNode, type FakeNode } from './fakeBackend.js';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly facts: Record<string, unknown>;
}

export interface InjectedAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // The body as parsed JSON, or as text where it is none.
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface TestServer {
  readonly node: FakeNode;
  readonly apps: ServerApps;
  readonly lines: readonly LogLine[];
  get(url: string, headers?: Record<string, string>): Promise<InjectedAnswer>;
  post(
    url: string,
    body: string | Uint8Array,
    headers: Record<string, string>,
  ): Promise<InjectedAnswer>;
}

/** A server over a fake node, called without listening. */
export function createTestServer(
  node: FakeNode = createFakeNode(),
  options: Partial<ServerOptions> = {},
): TestServer {
  const { logger, lines } = memoryLogger();
  const base = { backend: node.backend, logger, host: '127.0.0.1', port: 0 };
  const apps = buildApps({ ...base, ...options });
  return {
    node,
    apps,
    lines,
    get: (url, headers = {}) => inject(apps.api, { method: 'GET', url, headers }),
    post: (url, body, headers) => {
      const payload = typeof body === 'string' ? body : Buffer.from(body);
      return inject(apps.api, { method: 'POST', url, headers, payload });
    },
  };
}

/** Keeps what is logged. */
export function memoryLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: string) =>
    (event: string, facts: Record<string, unknown> = {}): void => {
      lines.push({ level, event, facts });
    };
  const logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn') };
  return { logger: { ...logger, error: keep('error') }, lines };
}

async function inject(app: FastifyInstance, options: InjectOptions): Promise<InjectedAnswer> {
  const answer = await app.inject(options);
  const isJson = String(answer.headers['content-type']).includes('json');
  return {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string>,
    body: isJson ? answer.json() : {},
    text: answer.payload,
  };
}
