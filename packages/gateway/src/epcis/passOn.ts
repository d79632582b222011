import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { CodedError } from '@triflow/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a client's request says to the node, and the node's answer to the client. */
const REQUEST_HEADERS = /^(accept|authorization|content-type|last-event-id|gs1-[a-z-]+)$/;
const ANSWER_HEADERS =
  /^(allow|content-type|link|location|retry-after|gs1-[a-z-]+|triflow-[a-z-]+)$/;
const HEADERS_MS = 30_000;

/**
 * Passes a request on to the first node that can be reached, and its answer back as it comes, so
 * that streams stay streams. Throws TRANSPORT_FAILED when no node answers.
 */
export async function passOn(
  request: FastifyRequest,
  reply: FastifyReply,
  nodes: readonly string[],
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const answer = await firstAnswer(request, nodes, gone);
  for (const [name, value] of answer.headers) {
    if (ANSWER_HEADERS.test(name)) reply.header(name, value);
  }
  reply.code(answer.status);
  if (answer.body === null) return reply.send();
  const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  // A client that leaves ends the node's stream, too; that is no failure.
  body.on('error', () => body.destroy());
  return reply.send(body);
}

/** One question to the nodes for the gateway itself. */
export async function askNodes(nodes: readonly string[], path: string): Promise<Response> {
  return firstOf(nodes, (node) => {
    return fetch(new URL(path, node), { signal: AbortSignal.timeout(HEADERS_MS) });
  });
}

function firstAnswer(
  request: FastifyRequest,
  nodes: readonly string[],
  gone: AbortController,
): Promise<Response> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && REQUEST_HEADERS.test(name)) headers[name] = value;
  }
  const body = request.body instanceof Uint8Array ? request.body : undefined;
  return firstOf(nodes, async (node) => {
    const late = setTimeout(() => gone.abort(), HEADERS_MS);
    try {
      return await fetch(new URL(request.raw.url ?? '', node), {
        method: request.method,
        headers,
        signal: gone.signal,
        ...(body !== undefined && body.length > 0 && { body }),
      });
    } finally {
      clearTimeout(late);
    }
  });
}

async function firstOf(
  nodes: readonly string[],
  ask: (node: string) => Promise<Response>,
): Promise<Response> {
  let cause: unknown;
  for (const node of nodes) {
    try {
      return await ask(node);
    } catch (error) {
      cause = error;
    }
  }
  throw new CodedError('TRANSPORT_FAILED', 'no node answers', { cause });
}
