import { CodedError, commonStatusCodes, errorCodes } from '@triflow/protocol';
import type { FastifyRequest } from 'fastify';
import type { docsRoutes, ErrorDoc } from '../../routes/operations.js';
import type { NodeBackend } from '../backend.js';
import type { RouteHandler } from '../call.js';
import { errorEntry } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof docsRoutes;

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2rem .6rem;' +
  'text-align:left}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}' +
  'a{color:#8bf}}';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

const ADVICE: Readonly<Record<string, string>> = {
  never: 'Change the request: the same one fails again.',
  same: 'Send the identical bytes again.',
  rebuild: 'Read the current state, then build and sign a new transaction.',
  after: 'Wait as long as Retry-After says, then send the identical request again.',
};

/** Every code: the node's own and each enabled contract's. */
export function listErrors({ backend }: ServerContext): RouteHandler<Routes['listErrors']> {
  return async ({ request }) => {
    const data = [...errorDocs(backend).values()];
    if (!wantsPage(request)) return { status: 200, body: { data } };
    return { status: 200, body: listPage(data), headers: HTML };
  };
}

/** One code, as JSON or, for a browser, as a page. */
export function getErrorDoc({ backend }: ServerContext): RouteHandler<Routes['getErrorDoc']> {
  return async ({ params, request }) => {
    const doc = errorDocs(backend).get(params.code.toUpperCase());
    if (doc === undefined) {
      throw new CodedError('OBJECT_NOT_FOUND', `there is no error code ${params.code}`);
    }
    if (!wantsPage(request)) return { status: 200, body: doc };
    return { status: 200, body: errorPage(doc), headers: HTML };
  };
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html');
}

/** The registry of codes, by code. */
export function errorDocs(backend: Pick<NodeBackend, 'registry'>): ReadonlyMap<string, ErrorDoc> {
  const docs = new Map<string, ErrorDoc>();
  for (const code of Object.keys(errorCodes)) docs.set(code, docOf(code));
  const owners: [string, Readonly<Record<string, number>>][] = [['ledger', commonStatusCodes]];
  for (const one of backend.registry.contracts.values()) owners.push([one.name, one.statusCodes]);
  for (const [contract, statusCodes] of owners) {
    for (const [status, number] of Object.entries(statusCodes)) {
      if (number === 0) continue;
      const code = status.toUpperCase();
      const doc = docs.get(code) ?? docOf(code);
      docs.set(code, { ...doc, statuses: [...doc.statuses, { contract, number }] });
    }
  }
  return docs;
}

function docOf(code: string): ErrorDoc {
  const { title, httpStatus, retry } = errorEntry(code);
  return { code, title, httpStatus, retry, statuses: [] };
}

/** Codes and titles are ASCII words of our own, so nothing needs escaping. */
function errorPage(doc: ErrorDoc): string {
  const rows = doc.statuses.map(({ contract, number }) => {
    return `<tr><td>${contract}</td><td>${number}</td></tr>`;
  });
  const table = `<table><tr><th>contract</th><th>number</th></tr>${rows.join('')}</table>`;
  return page(doc.code, [
    `<p>${doc.title}.</p>`,
    `<p>HTTP status <b>${doc.httpStatus}</b>, retry class <b>${doc.retry}</b>. `,
    `${ADVICE[doc.retry] ?? ''}</p>`,
    rows.length === 0 ? '' : `<p>As the status of a transaction in a final block:</p>${table}`,
    '<p><a href="/docs/errors">All codes</a> · <a href="/docs">The API</a></p>',
  ]);
}

function listPage(docs: readonly ErrorDoc[]): string {
  const rows = docs.map(({ code, title, httpStatus, retry }) => {
    const link = `<a href="/docs/errors/${code}">${code}</a>`;
    return `<tr><td>${link}</td><td>${title}</td><td>${httpStatus}</td><td>${retry}</td></tr>`;
  });
  const head = '<tr><th>code</th><th>meaning</th><th>HTTP</th><th>retry</th></tr>';
  return page('Error codes', [`<table>${head}${rows.join('\n')}</table>`]);
}

function page(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><style>${STYLE}</style></head>`,
    `<body><h1>${title}</h1>`,
    ...parts,
    '</body></html>',
  ].join('\n');
}
