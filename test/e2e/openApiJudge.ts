import { request as httpRequest } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { askNode } from './askNode.js';
import type { MadeRequest, Operation } from './openApiRequests.js';

/** Only a hang takes this long. */
const ANSWER_MS = 30_000;
const PROBLEM = 'application/problem+json';

const problemSchema = z.looseObject({ code: z.string(), status: z.number(), retry: z.string() });
const registrySchema = z.object({
  data: z.array(z.object({ code: z.string(), httpStatus: z.number(), retry: z.string() })),
});

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

/** What is wrong with an answer to a request; undefined when nothing is. */
export type Judge = (request: MadeRequest, answer: Answer) => string | undefined;

type Registry = ReadonlyMap<string, { readonly httpStatus: number; readonly retry: string }>;

/**
 * Judges answers by the document and the registry of codes that a node serves: a good answer has a
 * status that its operation describes and fits the schema there, any other is a problem document
 * whose code, status and retry class are the registry's, and none is a bug of the node.
 */
export async function createJudge(url: string, operations: readonly Operation[]): Promise<Judge> {
  const { data } = registrySchema.parse((await askNode(`${url}/docs/errors`)).body);
  const registry: Registry = new Map(data.map((entry) => [entry.code, entry]));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = new Map<string, ValidateFunction>();
  for (const { operationId, responses } of operations) {
    for (const [status, { content }] of Object.entries(responses)) {
      const { schema } = (content['application/json'] ?? {}) as { schema?: object };
      if (schema !== undefined) fits.set(`${operationId} ${status}`, ajv.compile(schema));
    }
  }
  return ({ operation, method }, answer) => {
    const { status, mediaType, text } = answer;
    if (status >= 500 && status !== 503) return `status ${status}: ${text}`;
    if (status >= 400) {
      return method === 'HEAD' && text === '' ? undefined : faultOfProblem(answer, registry);
    }
    if (method !== operation.method) return undefined;
    const described = operation.responses[String(status)];
    if (described === undefined) return `${status} is not described`;
    if (described.content[mediaType] === undefined) return `${status} is not ${mediaType}`;
    const fit = fits.get(`${operation.operationId} ${status}`);
    if (fit === undefined || mediaType !== 'application/json') return undefined;
    return fit(JSON.parse(text)) ? undefined : JSON.stringify(fit.errors?.slice(0, 3));
  };
}

/** What kind of answer it is: the code of a problem, else its status. */
export function kindOf({ status, mediaType, text }: Answer): string {
  return mediaType === PROBLEM ? problemSchema.parse(JSON.parse(text)).code : String(status);
}

/** Sends without the help of a client that would mend URLs. */
export function send(base: string, request: MadeRequest): Promise<Answer> {
  const { method, url, headers, body } = request;
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { hostname, port, method, path: url, headers: { ...headers, ...sent } };
    const call = httpRequest({ ...options, timeout: ANSWER_MS }, (answer) => {
      const type = answer.headers['content-type'] ?? '';
      const mediaType = type.split(';')[0] ?? '';
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, mediaType, text });
      });
    });
    call.on('timeout', () => call.destroy(new RangeError(`no answer: ${method} ${url}`)));
    call.on('error', reject);
    call.end(body);
  });
}

function faultOfProblem({ status, mediaType, text }: Answer, registry: Registry) {
  if (mediaType !== PROBLEM) return `${status} is ${mediaType}`;
  const problem = problemSchema.safeParse(JSON.parse(text));
  if (!problem.success) return `no problem: ${text}`;
  const { code, retry } = problem.data;
  const entry = registry.get(code);
  if (entry === undefined) return `${code} is not in the registry`;
  const isAsTold = problem.data.status === status && entry.httpStatus === status;
  return isAsTold && entry.retry === retry ? undefined : `${code} with ${status}, ${retry}`;
}
