import {
  type Block,
  CodedError,
  type CommitCertificate,
  decodeCommitCertificate,
  decodeTransaction,
  defined,
  isOk,
  limits,
  type TxResult,
  textFromHash,
  textFromTxId,
} from '@triflow/protocol';
import {
  type BlockAnswer,
  type blockRoutes,
  type HeadersAnswer,
  headerFields,
  type ValidatorsAnswer,
} from '../../routes/blocks.js';
import type { RequestAccess } from '../access/requestAccess.js';
import type { NodeBackend, SignedHeader } from '../backend.js';
import type { RouteHandler } from '../call.js';
import { base64Url, jsonFromMap } from '../plainJson.js';
import { invalidRequest } from '../problems.js';
import type { ServerContext } from '../serverContext.js';

type Routes = typeof blockRoutes;

interface PageOptions {
  readonly offset: number;
  readonly limit: number;
  readonly full: boolean;
  readonly access: RequestAccess;
}

/** A block with a page of its transactions. */
export function getBlock({ backend }: ServerContext): RouteHandler<Routes['getBlock']> {
  return async ({ params, query, access }) => {
    const height = params.height === 'latest' ? backend.info().height : params.height;
    const [block, signed, results] = await Promise.all([
      backend.block(height),
      backend.header(height),
      backend.results(height),
    ]);
    if (block === undefined || signed === undefined || results === undefined) {
      throw blockNotFound(height, backend.info().height);
    }
    const body = await blockJson(block, signed, results, {
      offset: query.offset ?? 0,
      limit: query.limit ?? limits.listPageDefault,
      full: query.full ?? false,
      access,
    });
    return { status: 200, body, height };
  };
}

/** Headers and certificates as bytes, from a height on, as many as there are. */
export function getHeaders({ backend }: ServerContext): RouteHandler<Routes['getHeaders']> {
  return async ({ query }) => {
    const max = limits.headersPageMax;
    const { from } = query;
    const to = query.to ?? from + max - 1;
    if (to < from) throw invalidRequest('to', 'lies before from');
    if (query.light === true) {
      return { status: 200, body: await lightHeaders(backend, from, query.to) };
    }
    if (to - from >= max) throw invalidRequest('to', `at most ${max} headers at once`);
    const last = Math.min(to, backend.info().height);
    const heights = Array.from({ length: Math.max(0, last - from + 1) }, (_, i) => from + i);
    const headers = await Promise.all(heights.map((height) => backend.header(height)));
    return { status: 200, body: headersJson(heights, headers) };
  };
}

/** The headers by which a reader follows the validators from one height to another (R-S1). */
async function lightHeaders(
  backend: NodeBackend,
  from: number,
  to = backend.info().height,
): Promise<HeadersAnswer> {
  const last = Math.min(to, backend.info().height);
  const changes = await backend.setChanges(from, last);
  const heights = changes.slice(0, limits.headersPageMax - 1);
  if (heights.length === changes.length && last >= from && heights.at(-1) !== last) {
    heights.push(last);
  }
  return headersJson(heights, await Promise.all(heights.map((height) => backend.header(height))));
}

function headersJson(
  heights: readonly number[],
  headers: readonly (SignedHeader | undefined)[],
): HeadersAnswer {
  const data: HeadersAnswer['data'] = [];
  for (const [index, signed] of headers.entries()) {
    const height = heights[index];
    if (signed === undefined || height === undefined) continue;
    const { header, certificate } = signed;
    data.push({ height, header: base64Url(header), certificate: base64Url(certificate) });
  }
  return { data };
}

/** The validators of a height. */
export function getValidators({ backend }: ServerContext): RouteHandler<Routes['getValidators']> {
  return async ({ query }) => {
    const head = backend.info().height;
    const found = await backend.validators(query.at ?? head + 1);
    if (found === undefined) throw blockNotFound(query.at ?? head + 1, head);
    const body: ValidatorsAnswer = {
      height: found.height,
      validators: found.validators.map((entry, index) => {
        const { id, party, suite, publicKey, peerId, power } = entry;
        return { index, id, party, suite, publicKey: base64Url(publicKey), peerId, power };
      }),
    };
    return { status: 200, body };
  };
}

function blockNotFound(height: number, head: number): CodedError {
  return new CodedError('BLOCK_NOT_FOUND', `height ${height} is not there, the head is ${head}`);
}

async function blockJson(
  block: Block,
  signed: SignedHeader,
  results: readonly TxResult[],
  page: PageOptions,
): Promise<BlockAnswer> {
  const decoded = decodeCommitCertificate(signed.certificate);
  const certificate = defined(decoded.ok ? decoded.value : undefined, 'block: bad certificate');
  const total = results.length;
  const end = Math.min(page.offset + page.limit, total);
  const { height } = block.header;
  const transactions: BlockAnswer['transactions'] = [];
  for (const [offset, result] of results.slice(page.offset, end).entries()) {
    const index = page.offset + offset;
    const bytes = defined(block.body.transactions[index], 'block: a result has a transaction');
    const isSeen = await page.access.maySeeTransaction(bytes, result, height);
    transactions.push(
      isSeen
        ? transactionJson(bytes, result, index, page.full)
        : { txId: textFromTxId(result.txId), index, outcome: outcomeOf(result) },
    );
  }
  const redacted = transactions.filter(({ sender }) => sender === undefined).length;
  return {
    height: block.header.height,
    id: textFromHash(certificate.valueId),
    header: headerFields(block.header),
    headerBytes: base64Url(signed.header),
    certificate: certificateJson(certificate),
    certificateBytes: base64Url(signed.certificate),
    transactions,
    evidence: block.body.evidence.map(base64Url),
    page: { next: end < total ? end : null, total },
    ...(redacted > 0 && { redacted }),
  };
}

function transactionJson(
  bytes: Uint8Array,
  result: TxResult,
  index: number,
  full: boolean,
): BlockAnswer['transactions'][number] {
  const decoded = decodeTransaction(bytes);
  const transaction = defined(decoded.ok ? decoded.value : undefined, 'block: bad transaction');
  const { contract, number, code } = result;
  return {
    txId: textFromTxId(result.txId),
    index,
    outcome: outcomeOf(result),
    sender: transaction.sender,
    keyId: transaction.keyId,
    validUntilHeight: transaction.validUntilHeight,
    commands: transaction.commands.map((command) => ({
      contract: command.contract,
      name: command.name,
      ...(full && { params: jsonFromMap(command.params) }),
    })),
    status: { contract, number, code },
    ...(full && { bytes: base64Url(bytes) }),
  };
}

function outcomeOf(result: TxResult): 'committed' | 'rejected' {
  return isOk(result) ? 'committed' : 'rejected';
}

function certificateJson(certificate: CommitCertificate): BlockAnswer['certificate'] {
  const { height, round, valueId, entries } = certificate;
  return {
    height,
    round,
    valueId: textFromHash(valueId),
    entries: entries.map(([index, signature]) => ({ index, signature: base64Url(signature) })),
  };
}
