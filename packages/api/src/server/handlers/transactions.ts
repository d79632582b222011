import {
  CodedError,
  decodeGossip,
  decodeTxResult,
  type Fault,
  type Hash,
  isOk,
  limits,
  textFromTxId,
  txIdFromText,
} from '@triflow/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bytesFromBase64Url } from '../../routes/base64Url.js';
import { waitSecondsMax } from '../../routes/fields.js';
import {
  type BatchAnswer,
  type OutcomeAnswer,
  submitBodySchema,
  TRANSACTION_BATCH_MEDIA_TYPE,
  TRANSACTION_MEDIA_TYPE,
  type TransactionProofAnswer,
  type transactionRoutes,
} from '../../routes/transactions.js';
import type { RequestAccess } from '../access/requestAccess.js';
import type { LeafInclusion, SubmittedTransaction, TxOutcome } from '../backend.js';
import { BytesBody } from '../bodyParsers.js';
import { problemAnswer, type RouteHandler } from '../call.js';
import { base64Url, jsonFromEvent } from '../plainJson.js';
import {
  errorFromFault,
  invalidBySchema,
  invalidRequest,
  problemFromFault,
  problemFromStatus,
} from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof transactionRoutes;
type KnownOutcome = Exclude<TxOutcome, { kind: 'unknown' }>;

const PREFER_WAIT = /(?:^|[,;\s])wait=([0-9]{1,4})(?:$|[,;\s])/;

/** Takes one signed transaction; the node judges it, this only reads the request. */
export function submitTransaction(
  context: ServerContext,
): RouteHandler<Routes['submitTransaction']> {
  const { backend } = context;
  return async ({ query, body, request, reply }) => {
    const submitted = await backend.submit(signedBytes(body));
    if (!submitted.ok) return problemAnswer(problemFromFault(submitted.fault), request.id);
    const preferred = query.wait === undefined ? preferredWait(request) : undefined;
    const waitSeconds = query.wait ?? preferred ?? 0;
    const outcome = await outcomeOf(context, submitted.value, waitSeconds, reply);
    const { duplicate, txId } = submitted.value;
    const answer = outcomeJson(txId, outcome);
    const headers = {
      location: `/v1/transactions/${textFromTxId(txId)}`,
      ...(preferred === undefined ? {} : { 'preference-applied': `wait=${preferred}` }),
    };
    if (duplicate) return { status: 200, body: { ...answer, duplicate }, headers };
    return { status: outcome.kind === 'pending' ? 202 : 201, body: answer, headers };
  };
}

/** Takes many at once; each is judged by itself. */
export function submitBatch({ backend }: ServerContext): RouteHandler<Routes['submitBatch']> {
  return async ({ body }) => {
    if (!(body instanceof BytesBody)) throw mediaType(TRANSACTION_BATCH_MEDIA_TYPE);
    const batch = decodeGossip(body.bytes);
    if (!batch.ok) throw errorFromFault(batch.fault);
    const max = limits.batchTransactionsMax;
    if (batch.value.length < 1 || batch.value.length > max) {
      throw invalidRequest('', `a batch holds 1 to ${max} transactions`);
    }
    const results = await Promise.all(
      batch.value.map(async (bytes): Promise<BatchAnswer['results'][number]> => {
        const submitted =
          bytes.length > limits.transactionBytesMax
            ? { ok: false as const, fault: tooLarge(bytes) }
            : await backend.submit(bytes);
        if (!submitted.ok) {
          const { code, retry, detail } = problemFromFault(submitted.fault);
          return { txId: null, status: code, retry, detail };
        }
        const { txId, duplicate } = submitted.value;
        return { txId: textFromTxId(txId), status: duplicate ? 'duplicate' : 'accepted' };
      }),
    );
    return { status: 200, body: { results } satisfies BatchAnswer };
  };
}

/** What became of a transaction. */
export function getOutcome(context: ServerContext): RouteHandler<Routes['getOutcome']> {
  return async ({ params, query, reply, access }) => {
    const txId = txIdOf(params.id);
    const outcome = await outcomeWithin(context, txId, query.wait ?? 0, reply);
    if (outcome.kind === 'unknown') {
      throw new CodedError('TRANSACTION_NOT_FOUND', `${params.id} is not known to this node`);
    }
    if (outcome.kind !== 'committed' && outcome.kind !== 'rejected') {
      return { status: 200, body: outcomeJson(txId, outcome) };
    }
    const { kind, height, index } = outcome;
    if (await seesTransaction(context, access, outcome)) {
      return { status: 200, body: outcomeJson(txId, outcome) };
    }
    const body: OutcomeAnswer = { txId: params.id, outcome: kind, height, index, redacted: 1 };
    return { status: 200, body };
  };
}

/** What was sent stands in its block; the result alone does not say who sent it. */
async function seesTransaction(
  { backend }: ServerContext,
  access: RequestAccess,
  { height, index, result }: Extract<TxOutcome, { kind: 'committed' | 'rejected' }>,
): Promise<boolean> {
  if (access.isOpen) return true;
  const bytes = (await backend.block(height))?.body.transactions[index];
  return bytes !== undefined && access.maySeeTransaction(bytes, result, height);
}

/** Proof that a transaction and its result stand in a final block. */
export function getTransactionProof({
  backend,
}: ServerContext): RouteHandler<Routes['getTransactionProof']> {
  return async ({ params, access }) => {
    const proof = await backend.txProof(txIdOf(params.id));
    if (!proof.ok) throw errorFromFault(proof.fault);
    const { height, header, certificate, transaction, result } = proof.value;
    const decoded = decodeTxResult(result.bytes);
    const isSeen =
      decoded.ok && (await access.maySeeTransaction(transaction.bytes, decoded.value, height));
    if (!isSeen && !access.isOpen) throw access.refuse(params.id);
    const body: TransactionProofAnswer = {
      txId: params.id,
      height,
      header: base64Url(header),
      certificate: base64Url(certificate),
      transaction: inclusionJson(transaction),
      result: inclusionJson(result),
    };
    return { status: 200, body, height };
  };
}

/** The signed bytes of a request, as such or as base64url in JSON. */
export function signedBytes(body: unknown): Uint8Array {
  if (body instanceof BytesBody) return withinLimit(body.bytes);
  if (body === undefined || body === null) throw mediaType(TRANSACTION_MEDIA_TYPE);
  const parsed = submitBodySchema.safeParse(body);
  if (!parsed.success) throw invalidBySchema(parsed.error);
  const bytes = bytesFromBase64Url(parsed.data.transaction);
  if (bytes === undefined) throw invalidRequest('/transaction', 'is not base64url');
  return withinLimit(bytes);
}

async function outcomeOf(
  context: ServerContext,
  submitted: SubmittedTransaction,
  waitSeconds: number,
  reply: FastifyReply,
): Promise<KnownOutcome> {
  const { txId, duplicate, validUntilHeight } = submitted;
  const pending = { kind: 'pending', validUntilHeight } as const;
  if (waitSeconds === 0 && !duplicate) return pending;
  const outcome = await outcomeWithin(context, txId, waitSeconds, reply);
  return outcome.kind === 'unknown' ? pending : outcome;
}

/** A wait ends early when the client leaves or the server stops. */
async function outcomeWithin(
  { backend, stopping }: ServerContext,
  txId: Hash,
  waitSeconds: number,
  reply: FastifyReply,
): Promise<TxOutcome> {
  if (waitSeconds === 0 || stopping.aborted) return backend.outcome(txId);
  const ended = new AbortController();
  const end = () => ended.abort();
  reply.raw.once('close', end);
  stopping.addEventListener('abort', end, { once: true });
  try {
    const timeoutMs = waitSeconds * 1_000;
    return await backend.waitOutcome(txId, { timeoutMs, signal: ended.signal });
  } finally {
    stopping.removeEventListener('abort', end);
  }
}

function outcomeJson(txId: Hash, outcome: KnownOutcome): OutcomeAnswer {
  const id = textFromTxId(txId);
  const { kind } = outcome;
  if (kind === 'pending' || kind === 'expired') {
    const { validUntilHeight } = outcome;
    return { txId: id, outcome: kind, ...(validUntilHeight !== undefined && { validUntilHeight }) };
  }
  const { contract, number, code, failedCommand, events } = outcome.result;
  const status = { contract, number, code };
  const base = { txId: id, outcome: kind, height: outcome.height, index: outcome.index, status };
  if (isOk(status)) return { ...base, events: events.map(jsonFromEvent) };
  const error = problemFromStatus(status, `Command ${failedCommand} gave ${code}.`);
  return { ...base, failedCommand, events: [], error: { ...error, height: outcome.height } };
}

/** RFC 7240: a preference is a wish, so one that cannot be met is cut or ignored. */
function preferredWait(request: FastifyRequest): number | undefined {
  const { prefer } = request.headers;
  if (prefer === undefined) return undefined;
  const match = PREFER_WAIT.exec(String(prefer));
  return match === null ? undefined : Math.min(Number(match[1]), waitSecondsMax);
}

function txIdOf(text: string): Hash {
  const txId = txIdFromText(text);
  if (txId === undefined) throw invalidRequest('/id', 'is no transaction id');
  return txId;
}

function withinLimit(bytes: Uint8Array): Uint8Array {
  if (bytes.length > limits.transactionBytesMax) throw errorFromFault(tooLarge(bytes));
  return bytes;
}

function tooLarge(bytes: Uint8Array): Fault {
  const message = `${bytes.length} bytes, at most ${limits.transactionBytesMax}`;
  return { code: 'transaction_too_large', message };
}

function mediaType(wanted: string): CodedError {
  return new CodedError('REQUEST_MEDIA_TYPE', `a body of ${wanted} is wanted here`);
}

function inclusionJson(inclusion: LeafInclusion): TransactionProofAnswer['transaction'] {
  const { bytes, index, size, path } = inclusion;
  return { bytes: base64Url(bytes), index, size, path: path.map(base64Url) };
}
