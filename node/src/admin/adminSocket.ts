import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CodedError, isCodedError, type Logger, limits } from '@triflow/protocol';
import { type AdminParts, performAdmin } from './adminCalls.js';
import { adminFolder, adminSocketPath } from './adminPlace.js';

/** Longer paths do not fit into a Unix socket's address. */
const PATH_BYTES_MAX = 103;
const OWNER_FOLDER = 0o700;
const OWNER_FILE = 0o600;

export interface AdminSocket {
  stop(): Promise<void>;
}

/**
 * Listens for the node's operator at `run/admin.sock` of its home. Who may open the socket is who
 * the file system lets: its folder is the owner's alone, so is the socket. A node whose home lies
 * too deep for a socket's path runs without it, and says so.
 */
export async function openAdminSocket(
  home: string,
  parts: AdminParts & { readonly logger: Logger },
): Promise<AdminSocket> {
  const path = adminSocketPath(home);
  const { logger } = parts;
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    logger.warn('admin.unavailable', { path, reason: `over ${PATH_BYTES_MAX} bytes` });
    return { stop: () => Promise.resolve() };
  }
  const folder = adminFolder(home);
  await mkdir(folder, { recursive: true, mode: OWNER_FOLDER });
  await chmod(folder, OWNER_FOLDER);
  // Left by a node that was killed; the data folder's lock says that none runs.
  await rm(path, { force: true });
  const server = createServer((request, response) => void answer(parts, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, resolve);
  });
  await chmod(path, OWNER_FILE);
  return {
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(path, { force: true });
    },
  };
}

async function answer(
  parts: AdminParts & { readonly logger: Logger },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const give = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
  const call = `${request.method ?? ''} ${request.url ?? ''}`;
  try {
    const done = await performAdmin(parts, call, await readBody(request));
    if (request.method !== 'GET') parts.logger.info('admin.done', { call });
    give(200, { done: done ?? null });
  } catch (error) {
    const code = isCodedError(error) ? error.code : 'INTERNAL';
    parts.logger.warn('admin.refused', { call, code, error: String(error) });
    give(422, { code, message: error instanceof Error ? error.message : String(error) });
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > limits.adminRequestBytesMax) {
      throw new CodedError('REQUEST_TOO_LARGE', 'the request is over the limit');
    }
  }
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError('REQUEST_MALFORMED', 'the request is no JSON', { cause });
  }
}
