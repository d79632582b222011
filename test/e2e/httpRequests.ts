import { type Devnet, demoParties } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { askNode } from './askNode.js';
import { createJudge, kindOf, send } from './openApiJudge.js';
import { type Operation, operationsOf, requestsOf } from './openApiRequests.js';
import { freshGln, registerPlace } from './places.js';
import { readerHeaders } from './readerToken.js';

/** What came of requests to a node. */
export interface HttpRun {
  readonly made: number;
  /** Of these, made wrong on purpose. */
  readonly broken: number;
  /** How often each status or code was the answer. */
  readonly seen: ReadonlyMap<string, number>;
  /** Requests with what is wrong about their answers. */
  readonly faults: readonly string[];
}

const FAULTS_MAX = 10;
const BODY_TOLD_MAX = 200;

/** All operations of a node's document; whoever logs out in between reads nothing from then on. */
export function askedOperations(document: unknown): readonly Operation[] {
  const isLogin = ({ path }: Operation): number => (path.startsWith('/v1/sessions') ? 1 : 0);
  return operationsOf(document).toSorted((a, b) => isLogin(a) - isLogin(b));
}

/** Sends at least so many requests, valid and broken, to a network's first node; judges each answer. */
export async function runRequests(
  net: Devnet,
  { requests, seed }: { readonly requests: number; readonly seed: number },
): Promise<HttpRun> {
  const url = defined(net.urls[0], 'a node');
  const operations = askedOperations((await askNode(`${url}/v1/openapi.json`)).body);
  const judge = await createJudge(url, operations);
  const known = await knownThings(net, url);
  const seen = new Map<string, number>();
  const faults: string[] = [];
  const numRuns = Math.ceil(requests / operations.length);
  let made = 0;
  let broken = 0;
  for (const [index, operation] of operations.entries()) {
    for (const request of fc.sample(requestsOf(operation, known), {
      numRuns,
      seed: seed + index,
    })) {
      made += 1;
      if (request.isBroken) broken += 1;
      const answer = await send(url, request);
      const kind = kindOf(answer);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      const fault = judge(request, answer);
      if (fault === undefined) continue;
      const body = String(request.body).slice(0, BODY_TOLD_MAX);
      faults.push(`${request.method} ${request.url} ${body}: ${fault}`);
      if (faults.length >= FAULTS_MAX) return { made, broken, seen, faults };
    }
  }
  return { made, broken, seen, faults };
}

/** Names of what is there, and tokens of who may read it. */
async function knownThings(net: Devnet, url: string) {
  const gln = freshGln();
  const { txId } = await (await net.client('carrier').transaction(registerPlace(gln))).commit();
  const parties = demoParties.map(({ id }) => id);
  const names = ['penetrate', 'maturityLadder', 'encumbrances', 'governance.parameters', 'proof'];
  const kinds = ['parties', 'receipts', 'pledges', 'receivables', 'orders', 'lots', 'wr_1', 'rv_1'];
  const places = ['1', '2', 'latest', '0.0.0'];
  const words = [txId, gln, ...parties.slice(0, 3), ...names, ...kinds, ...places];
  const tokens: string[] = [];
  for (const party of [undefined, parties[0]]) {
    const { authorization = '' } = await readerHeaders(url, party);
    tokens.push(authorization.replace('Bearer ', ''));
  }
  return { words, tokens };
}
