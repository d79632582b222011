import { request as httpRequest } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Devnet, demoParties, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askNode } from './askNode.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { type MadeRequest, type Operation, operationsOf, requestsOf } from './openApiRequests.js';
import { freshGln, registerPlace } from './places.js';
import { readerHeaders } from './readerToken.js';

const REQUESTS = 5_000;
const SEED = 20_261_121;
const LIMIT_MS = 600_000;
/** Only a hang takes this long. */
const ANSWER_MS = 30_000;
const PROBLEM = 'application/problem+json';

const problemSchema = z.looseObject({ code: z.string(), status: z.number(), retry: z.string() });
const errorsSchema = z.object({
  data: z.array(z.object({ code: z.string(), httpStatus: z.number(), retry: z.string() })),
});

interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

describe(`requests made from the OpenAPI document (seed ${SEED})`, () => {
  let net: Devnet;
  let url: string;
  let document: unknown;
  let operations: readonly Operation[];

  beforeAll(async () => {
    net = await startDevnet({ nodes: 1 });
    url = defined(net.urls[0], 'a node');
    document = (await askNode(`${url}/v1/openapi.json`)).body;
    operations = operationsOf(document);
  });

  afterAll(() => net?.stop());

  it('the document is OpenAPI 3.1 by a validator of the specification', async () => {
    const validator = new Validator();
    const verdict = await validator.validate(JSON.parse(JSON.stringify(document)));
    expect(verdict.errors).toBeUndefined();
    expect(verdict.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    // The canary: a document without its paths' answers is none.
    const maimed = { openapi: '3.1.0', info: { title: 'x' }, paths: {} };
    expect((await new Validator().validate(maimed)).valid).toBe(false);
  });

  it(`${REQUESTS} of them, valid and broken: each answer fits its schema, none is a 500`, {
    timeout: LIMIT_MS,
  }, async () => {
    tellLogsWhenFailing(net);
    const codes = await codesOf(url);
    const judge = createJudge(operations, codes);
    const known = await knownThings(net, url);
    const seen = new Map<string, number>();
    const each = Math.ceil(REQUESTS / operations.length);
    let broken = 0;
    let made = 0;
    for (const [index, operation] of operations.entries()) {
      const requests = fc.sample(requestsOf(operation, known), {
        numRuns: each,
        seed: SEED + index,
      });
      for (const request of requests) {
        made += 1;
        if (request.isBroken) broken += 1;
        const answer = await send(url, request);
        const told = `${request.method} ${request.url} ${String(request.body).slice(0, 200)}`;
        expect(judge(request, answer), told).toBeUndefined();
        const kind = answer.mediaType === PROBLEM ? codeOf(answer) : String(answer.status);
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }
    const counts = [...seen].sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`);
    process.stdout.write(`${made} requests, ${broken} broken: ${counts.join(', ')}\n`);
    expect(made).toBeGreaterThanOrEqual(REQUESTS);
    expect(broken).toBeGreaterThan(REQUESTS / 4);
    expect(seen.get('200') ?? 0).toBeGreaterThan(REQUESTS / 20);
    for (const code of ['REQUEST_INVALID', 'REQUEST_MALFORMED', 'ROUTE_NOT_FOUND']) {
      expect(seen.has(code), code).toBe(true);
    }
    expect((await askNode(`${url}/v1/info`)).status).toBe(200);
  });
});

/** What is wrong with an answer; undefined when nothing is. */
function createJudge(
  operations: readonly Operation[],
  codes: ReadonlyMap<string, { readonly httpStatus: number; readonly retry: string }>,
): (request: MadeRequest, answer: Answer) => string | undefined {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = new Map<string, ValidateFunction>();
  for (const { operationId, responses } of operations) {
    for (const [status, { content }] of Object.entries(responses)) {
      const { schema } = (content['application/json'] ?? {}) as { schema?: object };
      if (schema !== undefined) fits.set(`${operationId} ${status}`, ajv.compile(schema));
    }
  }
  return ({ operation, method }, { status, mediaType, text }) => {
    if (status >= 500 && status !== 503) return `status ${status}: ${text}`;
    if (status >= 400) {
      if (method === 'HEAD' && text === '') return undefined;
      if (mediaType !== PROBLEM) return `${status} is ${mediaType}`;
      const problem = problemSchema.safeParse(JSON.parse(text));
      if (!problem.success) return `no problem: ${text}`;
      const { code, retry } = problem.data;
      const entry = codes.get(code);
      if (entry === undefined) return `${code} is not in the registry`;
      const asTold = problem.data.status === status && entry.httpStatus === status;
      return asTold && entry.retry === retry ? undefined : `${code} with ${status}, ${retry}`;
    }
    if (method !== operation.method) return undefined;
    const fit = fits.get(`${operation.operationId} ${status}`);
    if (operation.responses[String(status)] === undefined) return `${status} is not described`;
    if (fit === undefined || mediaType !== 'application/json') return undefined;
    return fit(JSON.parse(text)) ? undefined : JSON.stringify(fit.errors?.slice(0, 3));
  };
}

async function codesOf(url: string) {
  const { data } = errorsSchema.parse((await askNode(`${url}/docs/errors`)).body);
  return new Map(data.map((entry) => [entry.code, entry]));
}

/** Names of what is there, and tokens of who may read it. */
async function knownThings(net: Devnet, url: string) {
  const gln = freshGln();
  const { txId } = await (await net.client('carrier').transaction(registerPlace(gln))).commit();
  const parties = demoParties.map(({ id }) => id);
  const names = ['penetrate', 'maturityLadder', 'encumbrances', 'governance.parameters', 'proof'];
  const kinds = ['parties', 'receipts', 'pledges', 'receivables', 'orders', 'lots', 'wr_1', 'rv_1'];
  const words = [
    txId,
    gln,
    ...parties.slice(0, 3),
    ...names,
    ...kinds,
    '1',
    '2',
    'latest',
    '0.0.0',
  ];
  const roles = [undefined, parties[0]];
  const tokens: string[] = [];
  for (const party of roles) {
    const { authorization = '' } = await readerHeaders(url, party);
    tokens.push(authorization.replace('Bearer ', ''));
  }
  return { words, tokens };
}

/** Sends without help of a client that would mend URLs; a stream is cut off after its head. */
function send(base: string, { method, url, headers, body }: MadeRequest): Promise<Answer> {
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

function codeOf({ text }: Answer): string {
  return problemSchema.parse(JSON.parse(text)).code;
}
