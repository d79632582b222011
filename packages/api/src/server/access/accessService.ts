import type { IncomingMessage } from 'node:http';
import type { NodeBackend } from '../backend.js';
import type { AccessPorts } from './accessPorts.js';
import { anonymousReader } from './reader.js';
import { readerOfRequest } from './readerOfRequest.js';
import { RequestAccess } from './requestAccess.js';
import { Sessions } from './sessions.js';

/** Tells readers apart for a server; without ports everybody reads everything. */
export interface AccessService {
  readonly ports: AccessPorts | undefined;
  readonly sessions: Sessions | undefined;
  /** Who asks and what it may see; made anew for each request, and each page of a stream. */
  of(request: IncomingMessage): Promise<RequestAccess>;
}

/** The access of a server over a node. */
export function createAccess(backend: NodeBackend, ports: AccessPorts | undefined): AccessService {
  const nowMs = (): number => ports?.nowMs() ?? Date.now();
  if (ports === undefined) {
    const open = { backend, reader: anonymousReader, log: undefined, nowMs };
    return { ports, sessions: undefined, of: async () => new RequestAccess(open) };
  }
  const sessions = new Sessions(ports);
  return {
    ports,
    sessions,
    of: async (request) => {
      const reader = await readerOfRequest({ backend, ports, sessions }, request);
      return new RequestAccess({ backend, reader, log: ports.log, nowMs });
    },
  };
}
