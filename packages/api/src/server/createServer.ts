import { setMaxListeners } from 'node:events';
import { Server as HttpsServer } from 'node:https';
import { CodedError, type Logger, limits } from '@triflow/protocol';
import type { FastifyInstance } from 'fastify';
import { streamCommentMs } from '../routes/events.js';
import type { AccessPorts } from './access/accessPorts.js';
import { createAccess } from './access/accessService.js';
import type { NodeBackend } from './backend.js';
import { buildApp, secureContextOptions } from './buildApp.js';
import { createCommitSignal } from './commitSignal.js';
import { createEpcisService, type EpcisOptions } from './epcis/epcisService.js';
import { endStreams } from './epcis/epcisStream.js';
import { createEventStreams, type StreamOptions } from './eventStream.js';
import { createHttpMetrics } from './httpMetrics.js';
import { createLoopWatch } from './loopWatch.js';
import { readPage } from './page.js';
import { objectTables, type ServerContext } from './serverContext.js';

const STOP_MS = 5_000;
const streamDefaults: StreamOptions = {
  clientsMax: limits.sseClientsMax,
  commentMs: streamCommentMs,
  stallMs: limits.sseStallMs,
};

export interface ServerOptions {
  readonly backend: NodeBackend;
  readonly logger: Logger;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where health and metrics are served; without it they stand on the API's own port. */
  readonly ops?: { readonly host: string; readonly port: number };
  readonly streams?: Partial<StreamOptions>;
  /** Tells readers apart (domain section 6); without it everybody reads everything. */
  readonly access?: AccessPorts;
  /** PEM; with a CA for clients, their certificates are asked for. */
  readonly tls?: TlsFiles;
  /** From one address; undefined for no limit. */
  readonly requestsPerMinute?: number;
  /** How late the event loop runs; a server that listens watches it by itself. */
  readonly loopLateMs?: () => number;
  /** The folder of the page that is served at `/`. */
  readonly pageFolder?: string;
  /** Where the EPCIS interface keeps named queries and may send reports. */
  readonly epcis?: EpcisOptions;
}

export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly clientCa?: Buffer;
}

export interface Server {
  /** Listens. Throws PORT_IN_USE naming host and port. */
  start(): Promise<{ readonly url: string; readonly opsUrl: string }>;
  /** Takes up other TLS files for new connections. CONFIG_INVALID when they do not fit. */
  renewTls(files: TlsFiles): void;
  /** Ends streams and waits, lets running requests finish, closes the rest after 5 s. */
  stop(): Promise<void>;
}

/** The applications behind a server, for tests without listening. */
export interface ServerApps {
  readonly context: ServerContext;
  readonly api: FastifyInstance;
  /** The same as `api` when operations have no port of their own. */
  readonly ops: FastifyInstance;
  readonly stopping: AbortController;
}

/** An HTTP server over a node. Nothing listens before `start`. */
export function createServer(options: ServerOptions): Server {
  const watch = createLoopWatch();
  const apps = buildApps({ loopLateMs: watch.lateMs, ...options });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    watch.stop();
    stopped ??= stopApps(apps);
    return stopped;
  };
  return {
    async start() {
      try {
        const url = await listen(apps.api, options.host, options.port);
        const { ops } = options;
        const opsUrl = ops === undefined ? url : await listen(apps.ops, ops.host, ops.port);
        options.logger.info('http.listening', { url, opsUrl });
        return { url, opsUrl };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    renewTls: (files) => renewTls(apps.api.server, files),
    stop,
  };
}

/** Builds the applications of a server. */
export function buildApps(options: ServerOptions): ServerApps {
  const { backend, logger } = options;
  const commits = createCommitSignal(backend);
  const stopping = new AbortController();
  // One listener a waiting request: many are no leak, so Node should not warn.
  setMaxListeners(0, stopping.signal);
  const streams = createEventStreams(
    { backend, commits, logger },
    { ...streamDefaults, ...options.streams },
  );
  const access = createAccess(backend, options.access);
  const context: ServerContext = {
    access,
    epcis: createEpcisService({ backend, access, commits, logger }, options.epcis),
    backend,
    logger,
    metrics: createHttpMetrics(),
    streams,
    commits,
    stopping: stopping.signal,
    objects: objectTables(backend.registry),
  };
  const together = options.ops === undefined;
  const { requestsPerMinute, loopLateMs } = options;
  const served = {
    requestsPerMinute,
    loopLateMs,
    ...(options.tls !== undefined && { tls: options.tls }),
  };
  const { pageFolder } = options;
  const page = pageFolder === undefined ? undefined : readPage(pageFolder);
  const shown = { ...served, ...(page !== undefined && { page }) };
  const api = buildApp(context, { api: true, ops: together, ...shown });
  const ops = together ? api : buildApp(context, { api: false, ops: true, requestsPerMinute });
  api.addHook('onReady', () => context.epcis.start());
  api.addHook('preClose', async () => {
    stopping.abort();
    endStreams(context.epcis);
    commits.close();
    await context.epcis.stop();
    await streams.close();
  });
  return { context, api, ops, stopping };
}

/** Running connections keep theirs; the operator's mistake leaves what was there in force. */
function renewTls(server: object, files: TlsFiles): void {
  if (!(server instanceof HttpsServer)) {
    throw new CodedError('CONFIG_INVALID', 'the node was started without http.tls');
  }
  try {
    server.setSecureContext(secureContextOptions(files));
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', 'http.tls: the files are no key with its certificate', {
      cause,
    });
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw portError(error, host, port);
  }
}

/** A client that never finishes must not keep a node from stopping. */
async function stopApps({ api, ops }: ServerApps): Promise<void> {
  const late = setTimeout(() => {
    api.server.closeAllConnections();
    ops.server.closeAllConnections();
  }, STOP_MS);
  try {
    await api.close();
    if (ops !== api) await ops.close();
  } finally {
    clearTimeout(late);
  }
}

/** A port that somebody else holds, named. */
function portError(error: unknown, host: string, port: number): unknown {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) return error;
  return new CodedError('PORT_IN_USE', `${host}:${port} is taken by another program`, {
    details: { host, port },
    cause: error,
  });
}
