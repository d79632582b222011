import { createServer, type Server } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askNode } from './askNode.js';
import { askedOperations, runRequests } from './httpRequests.js';
import { tellLogsWhenFailing } from './nodeLogs.js';
import { createJudge, type Judge, send } from './openApiJudge.js';
import type { Operation } from './openApiRequests.js';

const REQUESTS = 5_000;
const SEED = 20_261_121;
const LIMIT_MS = 600_000;
const JSON_TYPE = 'application/json';
const PROBLEM = 'application/problem+json';

describe(`requests made from the OpenAPI document (seed ${SEED})`, () => {
  let net: Devnet;
  let url: string;
  let document: unknown;
  let operations: readonly Operation[];
  let judge: Judge;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 1 });
    url = defined(net.urls[0], 'a node');
    document = (await askNode(`${url}/v1/openapi.json`)).body;
    operations = askedOperations(document);
    judge = await createJudge(url, operations);
  });

  afterAll(() => net?.stop());

  it('the document is OpenAPI 3.1 by a validator of the specification', async () => {
    const validator = new Validator();
    const verdict = await validator.validate(JSON.parse(JSON.stringify(document)));
    expect(verdict.errors).toBeUndefined();
    expect(verdict.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    // The canary: a document without a title's version is none.
    const maimed = { openapi: '3.1.0', info: { title: 'x' }, paths: {} };
    expect((await new Validator().validate(maimed)).valid).toBe(false);
  });

  const good = { chainId: 'c' };
  it.each([
    ['an answer of another shape', 200, JSON_TYPE, good, /required/],
    ['another media type', 200, 'text/plain', good, /not text\/plain/],
    ['a status that is not described', 204, JSON_TYPE, {}, /not described/],
    ['a bug of the node', 500, PROBLEM, { code: 'INTERNAL', status: 500, retry: 'same' }, /500/],
    ['a failure that is no problem', 404, JSON_TYPE, { code: 'OBJECT_NOT_FOUND' }, /404 is/],
    ['a problem without a code', 404, PROBLEM, { status: 404, retry: 'never' }, /no problem/],
    [
      'a code of no registry',
      404,
      PROBLEM,
      { code: 'NOPE', status: 404, retry: 'never' },
      /not in/,
    ],
    [
      'a code with the status of another',
      404,
      PROBLEM,
      { code: 'AUTH_REQUIRED', status: 404, retry: 'never' },
      /with 404/,
    ],
    [
      'a code with another retry class',
      429,
      PROBLEM,
      { code: 'RATE_LIMITED', status: 429, retry: 'same' },
      /same/,
    ],
  ] as const)('a canary route that gives %s is found', async (_, status, type, body, fault) => {
    const canary = await listen((_request, answer) => {
      answer.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
    });
    const operation = defined(
      operations.find(({ operationId }) => operationId === 'getInfo'),
      'info',
    );
    const request = { operation, method: 'GET', url: '/v1/info', headers: {}, isBroken: false };
    const asked = { ...request, body: undefined };
    expect(judge(asked, await send(canary, asked))).toMatch(fault);
    expect(judge(asked, await send(url, asked))).toBeUndefined();
  });

  it(`${REQUESTS} of them, valid and broken: each answer fits its schema, none is a 500`, {
    timeout: LIMIT_MS,
  }, async () => {
    tellLogsWhenFailing(net);
    const { made, broken, seen, faults } = await runRequests(net, {
      requests: REQUESTS,
      seed: SEED,
    });
    expect(faults).toEqual([]);
    const counts = [...seen].sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`);
    process.stdout.write(`${made} requests, ${broken} broken: ${counts.join(', ')}\n`);
    expect(made).toBeGreaterThanOrEqual(REQUESTS);
    expect(broken).toBeGreaterThan(REQUESTS / 4);
    expect(seen.get('200') ?? 0).toBeGreaterThan(REQUESTS / 10);
    for (const code of ['REQUEST_INVALID', 'REQUEST_MALFORMED', 'ROUTE_NOT_FOUND']) {
      expect(seen.has(code), code).toBe(true);
    }
    expect((await askNode(`${url}/v1/info`)).status).toBe(200);
    expect(net.nodes[0]?.state).toBe('running');
  });
});

/** A server of this test, closed with it. */
async function listen(answer: NonNullable<Parameters<typeof createServer>[1]>): Promise<string> {
  const server: Server = createServer({}, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `http://127.0.0.1:${defined(port, 'a port')}`;
}
