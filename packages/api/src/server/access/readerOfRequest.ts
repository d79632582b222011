import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { CodedError, type PartyId, type Table } from '@triflow/protocol';
import { type ReadScope, readScopes } from '../../routes/route.js';
import type { NodeBackend } from '../backend.js';
import { errorFromFault } from '../problems.js';
import type { AccessPorts } from './accessPorts.js';
import { anonymousReader, type Reader } from './reader.js';
import { tableOfId } from './recordPlace.js';
import { digestOfToken, type Sessions } from './sessions.js';

const BEARER = /^Bearer +([\x21-\x7e]{1,256})$/i;

interface Parts {
  readonly backend: NodeBackend;
  readonly ports: AccessPorts;
  readonly sessions: Sessions;
}

interface Proved {
  readonly party: PartyId;
  readonly how: Reader['how'];
  readonly scopes: readonly ReadScope[];
}

/**
 * Who asks: by bearer token, by client certificate, else anyone. Throws AUTH_TOKEN_INVALID for a
 * token that opens nothing, AUTH_PARTY_NOT_ACTIVE for a party that is not in force.
 */
export async function readerOfRequest(parts: Parts, request: IncomingMessage): Promise<Reader> {
  const proved = await provedParty(parts, request);
  if (proved === undefined) return anonymousReader;
  return readerOf(parts.backend, proved);
}

/** A party whose order this node keeps. Throws AUTH_PARTY_NOT_ACTIVE. */
export function readerOfParty(backend: NodeBackend, party: PartyId): Promise<Reader> {
  return readerOf(backend, { party, how: 'token', scopes: readScopes });
}

async function readerOf(backend: NodeBackend, { party, how, scopes }: Proved): Promise<Reader> {
  const record = await partyRecord(backend, party);
  if (record?.state !== undefined && record.state !== 'ACTIVE') throw notActive(party);
  if (record === undefined) throw notActive(party);
  return { party, how, scopes, roles: new Set(record.roles) };
}

async function provedParty(parts: Parts, request: IncomingMessage): Promise<Proved | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return partyOfToken(parts, authorization);
  const fingerprint = clientCertificate(request);
  const party = fingerprint === undefined ? undefined : parts.ports.partyOfCertificate(fingerprint);
  return party === undefined ? undefined : { party, how: 'certificate', scopes: readScopes };
}

async function partyOfToken({ sessions, ports }: Parts, header: string): Promise<Proved> {
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new CodedError('AUTH_TOKEN_INVALID', 'a bearer token is wanted');
  const session = sessions.find(token);
  if (session !== undefined) return { party: session.party, how: 'session', scopes: readScopes };
  const found = await ports.findToken(digestOfToken(token));
  if (found !== undefined) return { ...found, how: 'token' };
  throw new CodedError('AUTH_TOKEN_INVALID', 'the token is unknown, revoked or has run out');
}

/** The SHA-256 of a certificate that the connection's TLS has checked. */
function clientCertificate({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { fingerprint256 } = socket.getPeerCertificate();
  return fingerprint256?.replaceAll(':', '').toLowerCase();
}

async function partyRecord(
  backend: NodeBackend,
  party: PartyId,
): Promise<{ readonly state?: string; readonly roles: readonly string[] } | undefined> {
  const table = tableOfId(backend.registry, party);
  if (table === undefined) return undefined;
  const reader = await backend.reader();
  if (!reader.ok) throw errorFromFault(reader.fault);
  const parties = table as Table<{ readonly state?: string; readonly roles: readonly string[] }>;
  return reader.value.get(parties, party);
}

function notActive(party: string): CodedError {
  return new CodedError('AUTH_PARTY_NOT_ACTIVE', `${party} is not registered or is suspended`);
}
