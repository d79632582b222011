import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const HOST = '127.0.0.1';
/** Describe the bytes on the wire, which this one writes anew. */
const HOP_HEADERS = ['content-length', 'transfer-encoding', 'connection', 'content-encoding'];

const recordSchema = z.record(z.string(), z.unknown());

/** The answer of a true node, to be changed. */
export type Answer = Record<string, unknown>;

/** What a lie makes of an answer to a path; undefined leaves it as it is. */
export type Lie = (path: string, answer: Answer) => Answer | undefined;

/** A node that passes requests on to a true one and lies about the answers. */
export interface LyingNode extends AsyncDisposable {
  readonly url: string;
  /** Lies from now on; undefined tells the truth again. */
  tell(lie: Lie | undefined): void;
  /** How many answers were changed. */
  readonly lies: number;
}

/** Starts a liar in front of a node. */
export async function startLyingNode(target: string): Promise<LyingNode> {
  let lie: Lie | undefined;
  let lies = 0;
  const server = createServer((request, response) => {
    const changed = (path: string, answer: Answer): Answer | undefined => {
      const told = lie?.(path, answer);
      if (told !== undefined) lies += 1;
      return told;
    };
    passOn(target, request, response, changed).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host: HOST, port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    tell: (next) => {
      lie = next;
    },
    get lies() {
      return lies;
    },
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function passOn(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  lie: Lie,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { 'content-type': type, authorization } = request.headers;
  const answer = await fetch(`${target}${path}`, {
    method,
    headers: {
      ...(type !== undefined && { 'content-type': type }),
      ...(authorization !== undefined && { authorization }),
    },
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const text = await answer.text();
  const told = isJson(answer) ? lie(path, recordSchema.parse(JSON.parse(text))) : undefined;
  const headers = [...answer.headers].filter(([name]) => !HOP_HEADERS.includes(name));
  response.writeHead(answer.status, Object.fromEntries(headers));
  response.end(told === undefined ? text : JSON.stringify(told));
}

function isJson(answer: Response): boolean {
  return answer.ok && (answer.headers.get('content-type') ?? '').startsWith('application/json');
}
