import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './openApi.js';

/** What the page of the API may load: its own files and this node's answers, nothing else. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The policy of a page under `/docs`; undefined for any other address. */
export function docsPolicy(url: string): string | undefined {
  return /^\/docs(\/|\?|$)/.test(url) ? DOCS_POLICY : undefined;
}

/** The readable page of the API at `/docs`, from files of this program: it works offline. */
export function addDocsPage(app: FastifyInstance): void {
  app.register(swagger, {
    mode: 'static',
    specification: { document: openApiDocument() as never },
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: false,
    uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: false },
    theme: { title: 'Triflow API' },
    logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
  });
}

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><path fill="none" stroke="#fff" ' +
  'stroke-width="3" d="M3 8h84M3 15h84M3 22h84"/></svg>';
