import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { CodedError } from '@triflow/protocol';
import type { ReadTokens } from '@triflow/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The nodes to ask, in order, and the party's logins there. */
export interface NodeReads {
  readonly nodes: readonly string[];
  readonly tokens: ReadTokens;
}

/** What a client's request says to the node, and the node's answer to the client. */
const REQUEST_HEADERS = /^(accept|authorization|content-type|last-event-id|gs1-[a-z-]+)$/;
const ANSWER_HEADERS =
  /^(allow|content-type|link|location|retry-after|gs1-[a-z-]+|triflow-[a-z-]+)$/;
const HEADERS_MS = 30_000;
const UNAUTHORIZED = 401;

/**
 * Passes a request on to the first node that can be reached, and its answer back as it comes, so
 * that streams stay streams. It is read as the gateway's party, unless the client has a login of
 * its own. Throws TRANSPORT_FAILED when no node answers.
 */
export async function passOn(
  request: FastifyRequest,
  reply: FastifyReply,
  reads: NodeReads,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && REQUEST_HEADERS.test(name)) headers[name] = value;
  }
  const body = request.body instanceof Uint8Array ? request.body : undefined;
  const answer = await firstAnswer(reads, request.raw.url ?? '', gone, {
    method: request.method,
    headers,
    ...(body !== undefined && body.length > 0 && { body }),
  });
  for (const [name, value] of answer.headers) {
    if (ANSWER_HEADERS.test(name)) reply.header(name, value);
  }
  reply.code(answer.status);
  if (answer.body === null) return reply.send();
  const stream = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  // A client that leaves ends the node's stream, too; that is no failure.
  stream.on('error', () => stream.destroy());
  return reply.send(stream);
}

/** One question to the nodes for the gateway itself. */
export function askNodes(reads: NodeReads, path: string): Promise<Response> {
  return firstAnswer(reads, path, new AbortController(), { method: 'GET', headers: {} });
}

interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

async function firstAnswer(
  { nodes, tokens }: NodeReads,
  path: string,
  gone: AbortController,
  question: Question,
): Promise<Response> {
  let cause: unknown;
  for (const node of nodes) {
    const late = setTimeout(() => gone.abort(), HEADERS_MS);
    try {
      return await askAsReader(node, path, gone.signal, question, tokens);
    } catch (error) {
      cause = error;
    } finally {
      clearTimeout(late);
    }
  }
  throw new CodedError('TRANSPORT_FAILED', 'no node answers', { cause });
}

/** A token that the node no longer takes is renewed once. */
async function askAsReader(
  node: string,
  path: string,
  signal: AbortSignal,
  question: Question,
  tokens: ReadTokens,
): Promise<Response> {
  const send = (headers: Readonly<Record<string, string>>): Promise<Response> => {
    return fetch(new URL(path, node), { ...question, headers: { ...headers }, signal });
  };
  if (question.headers.authorization !== undefined) return send(question.headers);
  const token = await tokens.tokenFor(node);
  const answer = await send(withToken(question.headers, token));
  if (answer.status !== UNAUTHORIZED || token === undefined) return answer;
  await answer.body?.cancel();
  tokens.forget(node, token);
  return send(withToken(question.headers, await tokens.tokenFor(node)));
}

function withToken(
  headers: Readonly<Record<string, string>>,
  token: string | undefined,
): Readonly<Record<string, string>> {
  return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
}
