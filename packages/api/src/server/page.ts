import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';

const INDEX = '/index.html';
/** Files whose name holds their hash never change. */
const HASHED = /^\/assets\//;
/** What is no page of the page's own: an unknown path there stays an unknown route. */
const NOT_PAGES = /^\/(v1|docs|assets)(\/|$)/;

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Everything comes from this origin; nothing is evaluated, framed or sent elsewhere. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface PageFile {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly tag: string;
}

/**
 * The built files of a page by their path, read once: a node serves the same page until it is
 * started anew. Undefined when the folder has no index: the page was not built.
 */
export function readPage(folder: string): ReadonlyMap<string, PageFile> | undefined {
  const files = new Map<string, PageFile>();
  for (const name of namesIn(folder)) {
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined) continue;
    const bytes = readFileSync(join(folder, name));
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    files.set(`/${name.replaceAll('\\', '/')}`, { bytes, mediaType, tag });
  }
  return files.has(INDEX) ? files : undefined;
}

/** Serves the page: its files by name, and its index for every path that a person may open. */
export function addPage(app: FastifyInstance, files: ReadonlyMap<string, PageFile>): void {
  const index = files.get(INDEX);
  app.get('/*', (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const file = files.get(path);
    if (file !== undefined) return sendFile(reply, path, file, request.headers['if-none-match']);
    // Nothing else lives at the root: whoever looks there wants the page.
    const wantsPage = path === '/' || (request.headers.accept ?? '').includes('text/html');
    if (index === undefined || !wantsPage || NOT_PAGES.test(path)) {
      throw new CodedError('ROUTE_NOT_FOUND', `GET ${path.slice(0, 200)}`);
    }
    return sendFile(reply, INDEX, index, request.headers['if-none-match']);
  });
}

function sendFile(
  reply: FastifyReply,
  path: string,
  file: PageFile,
  known: string | undefined,
): FastifyReply {
  const lasting = HASHED.test(path);
  reply.headers({
    'cache-control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': pagePolicy,
    'cross-origin-opener-policy': 'same-origin',
    etag: file.tag,
  });
  if (known === file.tag) return reply.code(304).send();
  return reply.type(file.mediaType).send(file.bytes);
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}
