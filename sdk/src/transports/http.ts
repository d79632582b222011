import { hashFromHex, limits } from '@triflow/protocol';
import { z } from 'zod';
import { type Deadline, deadlineError, underDeadline } from '../deadline.js';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';
import { jsonOf, readProblem } from './readProblem.js';
import type {
  ExpectedChain,
  NodeAnswer,
  NodeRequest,
  NodeStream,
  RequestContext,
  Transport,
} from './transport.js';

/** How long one node may take for one request, beside what it was asked to wait. */
const ATTEMPT_TIMEOUT_MS = 5_000;

export interface HttpOptions {
  /** Instead of the global one: a proxy, client certificates, a test. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent with every request, such as an operator's token. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly attemptTimeoutMs?: number;
}

interface Nodes {
  readonly urls: readonly string[];
  readonly options: HttpOptions;
  /** Nodes whose chain was compared. */
  readonly introduced: Set<string>;
  preferred: number;
}

const infoSchema = z.object({ chainId: z.string(), genesisHash: z.string() });

/**
 * Nodes over HTTP, tried in order from the one that answered last. The next one is tried when a
 * node cannot be reached, breaks off, is catching up or has halted.
 */
export function http(urls: string | readonly string[], options: HttpOptions = {}): Transport {
  const list = (typeof urls === 'string' ? [urls] : urls).map(baseUrl);
  if (list.length === 0) throw new TriflowError('REQUEST_INVALID', 'http: no node is named');
  const nodes: Nodes = { urls: list, options, introduced: new Set(), preferred: 0 };
  return {
    request: (request, context) => {
      return firstAnswer(nodes, context, async (node) => {
        await introduce(nodes, node, context);
        return watchLoss(context, () => {
          return asReader(nodes, node, request, context, (sent) => {
            return exchange(nodes, node, sent, context);
          });
        });
      });
    },
    stream: (request, context) => {
      return firstAnswer(nodes, context, async (node) => {
        await introduce(nodes, node, context);
        return asReader(nodes, node, request, context, (sent) => {
          return openStream(nodes, node, sent, context);
        });
      });
    },
  };
}

/** Sends a request with the login's token; one that the node no longer takes is renewed once. */
async function asReader<T>(
  nodes: Nodes,
  node: string,
  request: NodeRequest,
  context: RequestContext,
  work: (request: NodeRequest) => Promise<T>,
): Promise<T> {
  const { login } = context;
  if (request.asReader !== true || login === undefined) return work(request);
  const send = (asked: NodeRequest) => exchange(nodes, node, asked, context);
  const token = await login.tokenFor(node, send);
  try {
    return await work(withToken(request, token));
  } catch (error) {
    if (token === undefined || !isTriflowError(error, 'AUTH_TOKEN_INVALID')) throw error;
    login.forget(node, token);
    return work(withToken(request, await login.tokenFor(node, send)));
  }
}

function withToken(request: NodeRequest, token: string | undefined): NodeRequest {
  if (token === undefined) return request;
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** One pass over the nodes; the last failure is the answer when none gives one. */
async function firstAnswer<T>(
  nodes: Nodes,
  context: RequestContext,
  attempt: (node: string) => Promise<T>,
): Promise<T> {
  const first = nodes.preferred;
  const failures: TriflowError[] = [];
  for (let step = 0; step < nodes.urls.length; step += 1) {
    const position = (first + step) % nodes.urls.length;
    try {
      const answer = await attempt(nodes.urls[position] ?? '');
      nodes.preferred = position;
      return answer;
    } catch (error) {
      if (!isTriflowError(error) || !leadsOn(error)) {
        // A refusal is an answer too: this node is there.
        nodes.preferred = position;
        throw error;
      }
      failures.push(error);
      if (context.deadline.signal.aborted) break;
    }
  }
  // A node that will be ready soon is the more hopeful answer.
  const busy = failures.find((failure) => failure.retry === 'after');
  throw busy ?? failures.at(-1) ?? new TriflowError('TRANSPORT_FAILED', 'no node answered');
}

/** Whatever ends without an answer of the node itself may have reached it. */
async function watchLoss<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const codes = ['TRANSPORT_FAILED', 'ABORTED'];
    if (isTriflowError(error) && codes.includes(error.code)) context.onLost?.();
    throw error;
  }
}

function leadsOn(error: TriflowError): boolean {
  return ['TRANSPORT_FAILED', 'NODE_SYNCING', 'NODE_DRAINING', 'NODE_HALTED'].includes(error.code);
}

/** Compares a node's chain before anything else is asked of it. */
async function introduce(nodes: Nodes, node: string, context: RequestContext): Promise<void> {
  const { chain } = context;
  if (chain.chainId === undefined && chain.genesisHash === undefined) return;
  if (nodes.introduced.has(node)) return;
  const answer = await exchange(nodes, node, { method: 'GET', path: '/v1/info' }, context);
  const info = infoSchema.safeParse(jsonOf(answer.body));
  if (!info.success) throw unreachable(node, 'it does not say which chain it serves');
  const { chainId, genesisHash } = info.data;
  const found = hashFromHex(genesisHash.replace(/^sha256:/, ''));
  const sameChain = chain.chainId === undefined || chain.chainId === chainId;
  const sameGenesis = chain.genesisHash === undefined || chain.genesisHash === found;
  if (!sameChain || !sameGenesis) throw mismatch(node, chain, { chainId, genesisHash });
  if (chain.genesisHash !== undefined) nodes.introduced.add(node);
}

async function exchange(
  nodes: Nodes,
  node: string,
  request: NodeRequest,
  context: RequestContext,
): Promise<NodeAnswer> {
  const timeoutMs = (request.waitMs ?? 0) + (nodes.options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS);
  const { environment, deadline } = context;
  const options = { timeoutMs, signal: deadline.signal };
  return underDeadline(environment, options, async (attempt) => {
    const response = await send(nodes, node, request, attempt);
    return readAnswer(node, request, response, context.chain, attempt);
  });
}

async function openStream(
  nodes: Nodes,
  node: string,
  request: NodeRequest,
  context: RequestContext,
): Promise<NodeStream> {
  const response = await send(nodes, node, request, context.deadline);
  if (!response.ok || response.body === null) {
    await readAnswer(node, request, response, context.chain, context.deadline);
    throw unreachable(node, 'no stream');
  }
  compareChainHeader(node, response, context.chain);
  return { node, chunks: chunksOf(node, response.body, context.deadline) };
}

async function send(
  nodes: Nodes,
  node: string,
  request: NodeRequest,
  deadline: Deadline,
): Promise<Response> {
  const fetcher = nodes.options.fetch ?? globalThis.fetch;
  const headers: Record<string, string> = {
    accept: request.accept ?? 'application/json',
    ...nodes.options.headers,
    ...request.headers,
  };
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  try {
    return await fetcher(`${node}${request.path}`, {
      method: request.method,
      headers,
      signal: deadline.signal,
      redirect: 'error',
      ...(request.body === undefined ? {} : { body: new Uint8Array(request.body) }),
    });
  } catch (cause) {
    throw failedOf(node, cause, deadline);
  }
}

async function readAnswer(
  node: string,
  request: NodeRequest,
  response: Response,
  chain: ExpectedChain,
  deadline: Deadline,
): Promise<NodeAnswer> {
  compareChainHeader(node, response, chain);
  const requestId = response.headers.get('triflow-request-id') ?? undefined;
  const body = await readBody(node, response, deadline);
  const headHeight = count(response.headers.get('triflow-height'));
  if (request.minHeight !== undefined && headHeight !== undefined) {
    // What such a node does not find may be there all the same.
    if (headHeight < request.minHeight) throw behind(node, headHeight, request.minHeight);
  }
  if (!response.ok) {
    const retryAfterMs = retryAfter(response);
    throw readProblem({ node, status: response.status, requestId, retryAfterMs }, body);
  }
  const location = response.headers.get('location') ?? undefined;
  return { node, status: response.status, body, location, requestId, headHeight };
}

async function readBody(node: string, response: Response, deadline: Deadline): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(node, response.body, deadline)) {
    length += chunk.length;
    if (length > limits.answerBytesMax) throw unreachable(node, 'the answer is too large');
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

async function* chunksOf(
  node: string,
  body: ReadableStream<Uint8Array>,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readChunk(node, reader, deadline);
      if (done) return;
      if (value !== undefined) yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

interface ChunkReader {
  readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

async function readChunk(
  node: string,
  reader: ChunkReader,
  deadline: Deadline,
): ReturnType<ChunkReader['read']> {
  try {
    return await reader.read();
  } catch (cause) {
    throw failedOf(node, cause, deadline);
  }
}

function compareChainHeader(node: string, response: Response, chain: ExpectedChain): void {
  const chainId = response.headers.get('triflow-chain-id');
  if (chainId === null || chain.chainId === undefined || chainId === chain.chainId) return;
  throw mismatch(node, chain, { chainId });
}

function mismatch(node: string, expected: ExpectedChain, found: Record<string, unknown>): Error {
  return new TriflowError('CHAIN_MISMATCH', `${node} serves another chain`, {
    node,
    details: { expected: { ...expected }, found },
  });
}

function behind(node: string, height: number, minHeight: number): TriflowError {
  const message = `${node} stands at height ${height}, this client has seen ${minHeight}`;
  return new TriflowError('NODE_SYNCING', message, { node, details: { height, minHeight } });
}

function failedOf(node: string, cause: unknown, deadline: Deadline): TriflowError {
  if (deadline.signal.aborted) {
    return deadlineError(deadline.signal, `${node} did not answer in time`);
  }
  return unreachable(node, 'it cannot be reached', cause);
}

function unreachable(node: string, why: string, cause?: unknown): TriflowError {
  return new TriflowError('TRANSPORT_FAILED', `${node}: ${why}`, { node, cause });
}

/** `Retry-After` in seconds, as milliseconds. */
function retryAfter(response: Response): number | undefined {
  const seconds = count(response.headers.get('retry-after'));
  return seconds === undefined ? undefined : seconds * 1_000;
}

function count(text: string | null): number | undefined {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function baseUrl(url: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(url)) {
    throw new TriflowError('REQUEST_INVALID', `http: ${url} is not an http(s) URL`);
  }
  return url.replace(/\/+$/, '');
}
