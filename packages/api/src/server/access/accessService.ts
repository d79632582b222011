import type { IncomingMessage } from 'node:http';
import type { PartyId } from '@triflow/protocol';
import type { NodeBackend } from '../backend.js';
import type { AccessPorts } from './accessPorts.js';
import { anonymousReader } from './reader.js';
import { readerOfParty, readerOfRequest } from './readerOfRequest.js';
import { RequestAccess } from './requestAccess.js';
import { Sessions } from './sessions.js';

/** Tells readers apart for a server; without ports everybody reads everything. */
export interface AccessService {
  readonly ports: AccessPorts | undefined;
  readonly sessions: Sessions | undefined;
  /** Who asks and what it may see; made anew for each request, and each page of a stream. */
  of(request: IncomingMessage): Promise<RequestAccess>;
  /** What a party may see that has left an order with this node: its subscription. */
  ofParty(party: PartyId | undefined): Promise<RequestAccess>;
}

/** The access of a server over a node. */
export function createAccess(backend: NodeBackend, ports: AccessPorts | undefined): AccessService {
  const nowMs = (): number => ports?.nowMs() ?? Date.now();
  if (ports === undefined) {
    const open = { backend, reader: anonymousReader, log: undefined, nowMs };
    const openAccess = async (): Promise<RequestAccess> => new RequestAccess(open);
    return { ports, sessions: undefined, of: openAccess, ofParty: openAccess };
  }
  const sessions = new Sessions(ports);
  return {
    ports,
    sessions,
    of: async (request) => {
      const reader = await readerOfRequest({ backend, ports, sessions }, request);
      return new RequestAccess({ backend, reader, log: ports.log, nowMs });
    },
    ofParty: async (party) => {
      const reader = party === undefined ? anonymousReader : await readerOfParty(backend, party);
      return new RequestAccess({ backend, reader, log: ports.log, nowMs });
    },
  };
}
