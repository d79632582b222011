import { CodedError, commonStatusCodes, errorCodes } from '@triflow/protocol';
import type { docsRoutes, ErrorDoc } from '../../routes/operations.js';
import type { NodeBackend } from '../backend.js';
import type { RouteHandler } from '../call.js';
import { errorEntry } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof docsRoutes;

const ADVICE: Readonly<Record<string, string>> = {
  never: 'Change the request: the same one fails again.',
  same: 'Send the identical bytes again.',
  rebuild: 'Read the current state, then build and sign a new transaction.',
  after: 'Wait as long as Retry-After says, then send the identical request again.',
};

/** Every code: the node's own and each enabled contract's. */
export function listErrors({ backend }: ServerContext): RouteHandler<Routes['listErrors']> {
  return async () => ({ status: 200, body: { data: [...errorDocs(backend).values()] } });
}

/** One code, as JSON or, for a browser, as a page. */
export function getErrorDoc({ backend }: ServerContext): RouteHandler<Routes['getErrorDoc']> {
  return async ({ params, request }) => {
    const doc = errorDocs(backend).get(params.code.toUpperCase());
    if (doc === undefined) {
      throw new CodedError('OBJECT_NOT_FOUND', `there is no error code ${params.code}`);
    }
    const wantsPage = (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage) return { status: 200, body: doc };
    return {
      status: 200,
      body: errorPage(doc),
      headers: { 'content-type': 'text/html; charset=utf-8' },
    };
  };
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
  const statuses = doc.statuses.map(({ contract, number }) => `<li>${contract} ${number}</li>`);
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    `<title>${doc.code}</title><h1>${doc.code}</h1><p>${doc.title}.</p>`,
    `<p>HTTP status ${doc.httpStatus}. ${ADVICE[doc.retry] ?? ''}</p>`,
    statuses.length === 0 ? '' : `<p>Ledger status:</p><ul>${statuses.join('')}</ul>`,
    '</html>',
  ].join('\n');
}
