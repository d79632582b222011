import {
  accessRoutes,
  base64UrlFromBytes,
  bytesFromBase64Url,
  challengeSchema,
  sessionSchema,
} from '@triflow/api/routes';
import { loginSignBytes, timeFromText, utf8FromText } from '@triflow/protocol';
import type { z } from 'zod';
import type { Account } from '../accounts/account.js';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';
import { jsonOf } from '../transports/readProblem.js';
import type { ExpectedChain, Login, NodeAnswer, NodeRequest } from '../transports/transport.js';

/** A session is renewed before it runs out, so that no request meets its end. */
const RENEW_BEFORE_MS = 300_000;
/** How long a node that has no login, or refused it, is read without one. */
const ANONYMOUS_MS = 5_000;

interface Held {
  readonly token: string | undefined;
  readonly untilMs: number;
}

interface LoginOptions {
  readonly account: Account;
  readonly nowMs: () => number;
  readonly chain: () => ExpectedChain;
}

/**
 * Reads as an account's party: a challenge of each node is signed when it is first read from, and
 * anew before its session runs out. What is signed names chain and node and is no transaction. A
 * node without logins, or one that refuses the key, is read as anyone.
 */
export function createLogin({ account, nowMs, chain }: LoginOptions): Login | undefined {
  const { signLogin } = account;
  if (signLogin === undefined) return undefined;
  const held = new Map<string, Held>();
  const running = new Map<string, Promise<Held>>();
  const logIn = async (node: string, send: SendTo): Promise<Held> => {
    try {
      return await openSession({ account, signLogin, send, chain: chain() });
    } catch (error) {
      const codes = ['ROUTE_NOT_FOUND', 'AUTH_LOGIN_FAILED', 'REQUEST_INVALID'];
      if (!isTriflowError(error) || !codes.includes(error.code)) throw error;
      return { token: undefined, untilMs: nowMs() + ANONYMOUS_MS };
    } finally {
      running.delete(node);
    }
  };
  return {
    tokenFor: async (node, send) => {
      const known = held.get(node);
      if (known !== undefined && known.untilMs > nowMs()) return known.token;
      const login = running.get(node) ?? logIn(node, send);
      running.set(node, login);
      const session = await login;
      const early = session.token === undefined ? 0 : RENEW_BEFORE_MS;
      held.set(node, { token: session.token, untilMs: session.untilMs - early });
      return session.token;
    },
    forget: (node, token) => {
      if (held.get(node)?.token === token) held.delete(node);
    },
  };
}

type SendTo = (request: NodeRequest) => Promise<NodeAnswer>;

async function openSession(parts: {
  readonly account: Account;
  readonly signLogin: NonNullable<Account['signLogin']>;
  readonly send: SendTo;
  readonly chain: ExpectedChain;
}): Promise<Held> {
  const { account, signLogin, send, chain } = parts;
  const asked = await send({ method: 'POST', path: accessRoutes.createChallenge.url });
  const challenge = readAs(challengeSchema, asked);
  const { chainId, nodeId, nonce, expiresAt } = challenge;
  if (chain.chainId !== undefined && chain.chainId !== chainId) {
    throw new TriflowError('CHAIN_MISMATCH', `${asked.node} asks to log in to ${chainId}`);
  }
  const bytes = bytesFromBase64Url(nonce);
  const expires = timeFromText(expiresAt);
  if (bytes === undefined || !expires.ok) throw unknownForm(asked);
  const login = { chainId, nodeId, nonce: bytes, expiresMs: expires.value };
  const signature = base64UrlFromBytes(await signLogin(loginSignBytes(login), { chainId, nodeId }));
  const { party, keyId } = account;
  const body = utf8FromText(JSON.stringify({ party, keyId, nonce, expiresAt, signature }));
  const path = accessRoutes.createSession.url;
  const opened = await send({ method: 'POST', path, body, contentType: 'application/json' });
  const session = readAs(sessionSchema, opened);
  const until = timeFromText(session.expiresAt);
  if (!until.ok) throw unknownForm(opened);
  return { token: session.token, untilMs: until.value };
}

function readAs<T>(schema: z.ZodType<T>, answer: NodeAnswer): T {
  const parsed = schema.safeParse(jsonOf(answer.body));
  if (parsed.success) return parsed.data;
  throw unknownForm(answer);
}

function unknownForm({ node }: NodeAnswer): TriflowError {
  return new TriflowError('TRANSPORT_FAILED', `${node} answered a login in an unknown form`, {
    node,
  });
}
