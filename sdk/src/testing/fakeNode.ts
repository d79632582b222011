import {
  base64UrlFromBytes,
  compareCursors,
  cursorFromText,
  type EventCursor,
  endOfBlock,
  textFromCursor,
} from '@triflow/api/routes';
import { transactionId } from '@triflow/crypto';
import {
  decodeGossip,
  errorCodes,
  errorFromStatusCode,
  isOk,
  textFromHash,
  textFromTime,
  textFromTxId,
  txIdFromText,
} from '@triflow/protocol';
import { jsonFromLedgerEvent } from '../events/eventData.js';
import type { FakeBlock, FakeChain } from './fakeChain.js';

type Json = Record<string, unknown>;

export interface NodeRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  readonly authorization: string | null;
}

/** One node over a fake chain, with ways to lie and to fail. */
export interface FakeNode {
  readonly chain: FakeChain;
  readonly seen: NodeRequestSeen[];
  /** Changes an answer before it leaves. */
  tamper: (path: string, body: Json) => unknown;
  /** Answers instead of the node; undefined lets it answer. */
  instead: (request: NodeRequestSeen) => Response | 'hang' | 'down' | undefined;
  /** The newest height that it shows. */
  height: () => number;
  /** Whether a block is made as soon as a transaction comes in. */
  commitsAtOnce: boolean;
  /** How many events a stream gives before it breaks off; then it says nothing more. */
  streamEvents: number;
  /** The rows of a list. */
  rows: (segment: string, query: URLSearchParams) => readonly string[];
}

/** Makes a node that answers truthfully. */
export function createFakeNode(chain: FakeChain): FakeNode {
  return {
    chain,
    seen: [],
    tamper: (_path, body) => body,
    instead: () => undefined,
    height: () => chain.blocks.length,
    commitsAtOnce: true,
    streamEvents: Number.POSITIVE_INFINITY,
    rows: () => [],
  };
}

/** A `fetch` over nodes by their origin. */
export function fakeFetch(nodes: Readonly<Record<string, FakeNode>>): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const node = nodes[url.origin];
    if (node === undefined) throw new TypeError('fetch failed');
    const request = {
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: init?.body instanceof Uint8Array ? init.body : new Uint8Array(),
      authorization: new Headers(init?.headers).get('authorization'),
    };
    node.seen.push(request);
    const signal = init?.signal ?? undefined;
    const instead = node.instead(request);
    if (instead === 'down') throw new TypeError('fetch failed');
    if (instead === 'hang') return hang(signal);
    if (instead !== undefined) return instead;
    const headers = new Headers(init?.headers);
    if (url.pathname === '/v1/events' && headers.get('accept') === 'text/event-stream') {
      return stream(node, url.searchParams, signal);
    }
    return answer(node, request);
  };
}

/** A problem document as an answer. */
export function problem(code: string, headers: Record<string, string> = {}): Response {
  const known: Readonly<Record<string, { httpStatus: number; retry: string; title: string }>> =
    errorCodes;
  const entry = known[code] ?? errorFromStatusCode(code);
  const { httpStatus: status, retry, title } = entry;
  const body = { type: `urn:triflow:error:${code}`, title, status, code, retry, detail: title };
  return Response.json(
    { ...body, docs: '', requestId: 'rq_1', details: {}, errors: [] },
    { status, headers },
  );
}

class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function answer(node: FakeNode, request: NodeRequestSeen): Response {
  const headers = {
    'triflow-chain-id': node.chain.genesis.chainId,
    'triflow-height': String(node.height()),
    'triflow-request-id': 'rq_1',
  };
  try {
    const { status, body } = respond(node, request);
    const told = node.tamper(request.path, structuredClone(body));
    return Response.json(told, { status, headers: { ...headers, ...readAt(request, body) } });
  } catch (error) {
    if (error instanceof Refused) return problem(error.code, headers);
    throw error;
  }
}

/** Proofs are answered with the height that they are of, as a real node does. */
function readAt({ path }: NodeRequestSeen, { height }: Json): Record<string, string> {
  const isProof = path === '/v1/state' || path.endsWith('/proof');
  return isProof && typeof height === 'number' ? { 'triflow-height': String(height) } : {};
}

function respond(node: FakeNode, request: NodeRequestSeen): { status: number; body: Json } {
  const { path, query, method } = request;
  const ok = (body: Json) => ({ status: 200, body });
  const [, , noun = '', id = '', more] = path.split('/');
  if (noun === 'info') return ok(info(node));
  if (noun === 'genesis') return ok({ ...node.chain.genesis });
  if (noun === 'state') return ok(state(node, query));
  if (noun === 'headers') return ok(headers(node, query));
  if (noun === 'validators') return ok(validators(node, query));
  if (noun === 'events') return ok(eventPage(node, query));
  if (noun === 'transactions' && method === 'POST') {
    return id === 'batch' ? ok(batch(node, request)) : submit(node, request);
  }
  if (noun === 'transactions' && more === 'proof') return ok(transactionProof(node, id));
  if (noun === 'transactions') return ok(outcome(node, id));
  if (id === '') return ok(list(node, noun, query));
  throw new Refused('ROUTE_NOT_FOUND');
}

function info({ chain, height }: FakeNode): Json {
  return {
    software: { name: 'fake', version: '0' },
    api: { version: 'v1' },
    chainId: chain.genesis.chainId,
    genesisHash: textFromHash(chain.genesisHash),
    devnet: true,
    nodeId: 'fake',
    role: 'observer',
    height: height(),
    headTime: textFromTime(chain.at(Math.max(1, height())).header.timeMs),
    stateFrom: 1,
    proofsFrom: 1,
    parameters: {},
    limits: {},
    features: [],
    contracts: [],
  };
}

function state(node: FakeNode, query: URLSearchParams): Json {
  const block = blockAt(node, query.get('at'));
  const keys = query.getAll('key');
  const proofs = node.chain.proofs(block.header.height, keys).map(base64UrlFromBytes);
  return { keys, proofs, ...signed(block) };
}

function signed(block: FakeBlock): Json {
  return {
    height: block.header.height,
    header: base64UrlFromBytes(block.headerBytes),
    certificate: base64UrlFromBytes(block.certificate),
  };
}

function headers(node: FakeNode, query: URLSearchParams): Json {
  const data: Json[] = [];
  for (let h = Number(query.get('from')); h <= Number(query.get('to')); h += 1) {
    data.push(signed(blockAt(node, String(h))));
  }
  return { data };
}

function validators(node: FakeNode, query: URLSearchParams): Json {
  const { set, header } = blockAt(node, query.get('at'));
  const entries = set.map((seat, index) => {
    return { index, ...seat, publicKey: base64UrlFromBytes(seat.publicKey) };
  });
  return { height: header.height, validators: entries };
}

function submit(node: FakeNode, request: NodeRequestSeen): { status: number; body: Json } {
  const { chain } = node;
  const read = chain.submit(request.body);
  const id = textFromTxId(transactionId(read.signBytes));
  const txId = transactionId(read.signBytes);
  if (chain.find(txId) !== undefined) {
    chain.pending.pop();
    return { status: 200, body: { ...outcome(node, id), duplicate: true } };
  }
  if (read.validUntilHeight <= chain.blocks.length) {
    chain.pending.pop();
    throw new Refused('TRANSACTION_EXPIRED');
  }
  const waits = Number(request.query.get('wait') ?? 0) > 0;
  if (node.commitsAtOnce) chain.commit();
  const body = outcome(node, id);
  return waits && body.outcome !== 'pending'
    ? { status: 201, body }
    : {
        status: 202,
        body: { txId: id, outcome: 'pending', validUntilHeight: read.validUntilHeight },
      };
}

function batch(node: FakeNode, request: NodeRequestSeen): Json {
  const list = decodeGossip(request.body);
  const results = (list.ok ? list.value : []).map((bytes) => {
    const read = node.chain.submit(bytes);
    return { txId: textFromTxId(transactionId(read.signBytes)), status: 'accepted' };
  });
  return { results };
}

function outcome(node: FakeNode, id: string): Json {
  const txId = txIdFromText(id);
  const found = txId === undefined ? undefined : node.chain.find(txId);
  if (found === undefined || found.block.header.height > node.height()) {
    const waiting = node.chain.pending.find((one) => transactionId(one.signBytes) === txId);
    if (waiting === undefined) throw new Refused('TRANSACTION_NOT_FOUND');
    return { txId: id, outcome: 'pending', validUntilHeight: waiting.validUntilHeight };
  }
  const { block, index } = found;
  const result = block.results[index];
  if (result === undefined) throw new Refused('TRANSACTION_NOT_FOUND');
  const { contract, number, code, failedCommand } = result;
  const status = { contract, number, code };
  const base = { txId: id, height: block.header.height, index, status };
  if (!isOk(status)) return { ...base, outcome: 'rejected', failedCommand };
  return { ...base, outcome: 'committed', events: result.events.map(jsonFromLedgerEvent) };
}

function transactionProof({ chain, height }: FakeNode, id: string): Json {
  const txId = txIdFromText(id);
  const found = txId === undefined ? undefined : chain.find(txId);
  if (found === undefined || found.block.header.height > height())
    throw new Refused('TRANSACTION_NOT_FOUND');
  const { block, index } = found;
  const inclusion = (leaves: readonly Uint8Array[]) => ({
    bytes: base64UrlFromBytes(leaves[index] ?? new Uint8Array()),
    index,
    size: leaves.length,
    path: chain.path(leaves, index).map(base64UrlFromBytes),
  });
  const transaction = inclusion(block.transactions);
  return { txId: id, ...signed(block), transaction, result: inclusion(block.resultBytes) };
}

function list(node: FakeNode, segment: string, query: URLSearchParams): Json {
  const rows = node.rows(segment, query);
  const start = Number(query.get('cursor') ?? 0);
  const end = start + Number(query.get('limit') ?? 50);
  const data = rows.slice(start, end).map((id) => ({ id, data: {} }));
  const next = end < rows.length ? String(end) : null;
  return { data, page: { next, atHeight: node.height() } };
}

interface Placed {
  readonly cursor: EventCursor;
  readonly json: Json;
}

function eventsOf(node: FakeNode, query: URLSearchParams): Placed[] {
  const after = cursorFromText(query.get('after') ?? '');
  const types = query.get('types')?.split(',');
  const subject = query.get('subject');
  return node.chain.blocks.slice(0, node.height()).flatMap((block) => {
    return block.results.flatMap((result, txIndex) => {
      return result.events.flatMap((event, eventIndex) => {
        const { height, timeMs } = block.header;
        const cursor = { height, txIndex, eventIndex };
        if (after !== undefined && compareCursors(cursor, after) <= 0) return [];
        if (types !== undefined && !types.includes(event.type)) return [];
        if (subject !== null && subject !== event.subject) return [];
        const place = { cursor: textFromCursor(cursor), height, time: textFromTime(timeMs) };
        const txId = `tx_${result.txId}`;
        return [{ cursor, json: { ...place, txId, ...jsonFromLedgerEvent(event) } }];
      });
    });
  });
}

function eventPage(node: FakeNode, query: URLSearchParams): Json {
  const latest = query.get('after') === 'latest';
  const data = latest ? [] : eventsOf(node, query).map(({ json }) => json);
  const next = textFromCursor(endOfBlock(node.height()));
  return { data, page: { next, more: false, atHeight: node.height() } };
}

/** Gives what there is, then either ends or, after a full run, stays open and silent. */
function stream(node: FakeNode, query: URLSearchParams, signal: AbortSignal | undefined): Response {
  const events = eventsOf(node, query);
  const given = events.slice(0, node.streamEvents);
  const text = given.map(({ cursor, json }) => {
    return `event: message\nid: ${textFromCursor(cursor)}\ndata: ${JSON.stringify(json)}\n\n`;
  });
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(`: hello\n\n${text.join('')}`));
      if (given.length < events.length) controller.close();
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  return new Response(body, {
    headers: { ...headers, 'triflow-chain-id': node.chain.genesis.chainId },
  });
}

function blockAt(node: FakeNode, height: string | null): FakeBlock {
  const wanted = height === null ? node.height() : Number(height);
  if (wanted < 1 || wanted > node.height()) throw new Refused('BLOCK_NOT_FOUND');
  return node.chain.at(wanted);
}

function hang(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
