import { CodedError, isPartyId, type PartyId, textFromTime, timeFromText } from '@triflow/protocol';
import {
  type accessRoutes,
  type ChallengeAnswer,
  loginBodySchema,
  type SessionAnswer,
  type WhoAmI,
} from '../../routes/access.js';
import { bytesFromBase64Url } from '../../routes/base64Url.js';
import { anonymousReader, type Reader } from '../access/reader.js';
import { tableOfId } from '../access/recordPlace.js';
import type { Session, Sessions } from '../access/sessions.js';
import type { RouteHandler } from '../call.js';
import { base64Url } from '../plainJson.js';
import { errorFromFault, invalidBySchema, invalidRequest } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof accessRoutes;

/** A challenge for a login. */
export function createChallenge(context: ServerContext): RouteHandler<Routes['createChallenge']> {
  return async () => {
    const { chainId, nodeId } = context.backend.info();
    const { nonce, expiresMs } = sessionsOf(context).challenge();
    const expiresAt = textFromTime(expiresMs);
    const body: ChallengeAnswer = { chainId, nodeId, nonce: base64Url(nonce), expiresAt };
    return { status: 200, body };
  };
}

/** Opens a session for a signed challenge; on a devnet for the asking. */
export function createSession(context: ServerContext): RouteHandler<Routes['createSession']> {
  return async ({ body }) => {
    const sessions = sessionsOf(context);
    const parsed = loginBodySchema.safeParse(body);
    if (!parsed.success) throw invalidBySchema(parsed.error);
    const { party } = parsed.data;
    if (!isPartyId(party)) throw invalidRequest('/party', 'is no party id');
    if (!('signature' in parsed.data)) {
      return sessionAnswer(await openOnDevnet(context, sessions, party));
    }
    const { keyId } = parsed.data;
    const nonce = bytesFromBase64Url(parsed.data.nonce);
    const signature = bytesFromBase64Url(parsed.data.signature);
    const expires = timeFromText(parsed.data.expiresAt);
    if (nonce === undefined) throw invalidRequest('/nonce', 'is not base64url');
    if (signature === undefined) throw invalidRequest('/signature', 'is not base64url');
    if (!expires.ok) throw invalidRequest('/expiresAt', 'is no time');
    const names = context.backend.info();
    const login = { party, keyId, nonce, expiresMs: expires.value, signature };
    return sessionAnswer(await sessions.login(names, login));
  };
}

/** As whom a request reads. */
export function getSession(_context: ServerContext): RouteHandler<Routes['getSession']> {
  return async ({ access }) => ({ status: 200, body: whoAmI(access.reader) });
}

/** Ends the session of the request's token. */
export function deleteSession(context: ServerContext): RouteHandler<Routes['deleteSession']> {
  return async ({ request }) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer +/i, '');
    sessionsOf(context).close(token);
    return { status: 200, body: whoAmI(anonymousReader) };
  };
}

/** Demo keys are published, so a session of a demo party proves nothing that anybody lacks. */
async function openOnDevnet(
  { backend }: ServerContext,
  sessions: Sessions,
  party: PartyId,
): Promise<Session & { readonly token: string }> {
  if (!backend.info().devnet) {
    throw new CodedError('AUTH_LOGIN_FAILED', 'a signed challenge is wanted outside a devnet');
  }
  const reader = await backend.reader();
  if (!reader.ok) throw errorFromFault(reader.fault);
  const table = tableOfId(backend.registry, party);
  const found = table === undefined ? undefined : await reader.value.get(table, party);
  if (found === undefined) throw new CodedError('AUTH_LOGIN_FAILED', `there is no party ${party}`);
  return sessions.open(party);
}

function sessionsOf({ access }: ServerContext): Sessions {
  if (access.sessions !== undefined) return access.sessions;
  throw new CodedError('ROUTE_NOT_FOUND', 'this node reads openly: there is nothing to log in to');
}

function sessionAnswer({ token, party, expiresMs }: Session & { readonly token: string }) {
  const body: SessionAnswer = { token, party, expiresAt: textFromTime(expiresMs) };
  return { status: 201, body };
}

function whoAmI({ party, roles, scopes, how }: Reader): WhoAmI {
  return { party: party ?? null, roles: [...roles], scopes: [...scopes], how };
}
