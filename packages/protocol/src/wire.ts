import {
  certificateFields,
  certificateFromFields,
  proposalFields,
  proposalFromFields,
  voteFields,
  voteFromFields,
} from './consensusCodec.js';
import { type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, hashFromBytes } from './ids.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';
import type { Certificate, Proposal, Vote } from './vote.js';

/** Where a node stands, and the newest vote of the receiver that it holds (P11). */
export interface StatusMessage {
  readonly kind: 'status';
  readonly head: number;
  readonly headId: Hash;
  readonly height: number;
  readonly round: number;
  /** The receiver's newest own message that the sender holds (P11). */
  readonly echo?: Echo;
}

/** An own message shown to its author: a vote, or a proposal without its POL. */
export type Echo = Vote | Proposal;

/** What validators say to one another on the consensus stream (consensus section 4). */
export type WireMessage =
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'body'; readonly valueId: Hash; readonly block: Uint8Array }
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | StatusMessage
  | {
      readonly kind: 'askProposal';
      readonly height: number;
      readonly round: number;
      readonly valueId: Hash;
    };

const KINDS = ['proposal', 'body', 'vote', 'certificate', 'status', 'askProposal'] as const;

/** Canonical bytes of a consensus message. */
export function encodeWire(message: WireMessage): Uint8Array {
  return encodeCanonical([KINDS.indexOf(message.kind), ...wireFields(message)]);
}

/** Reads a consensus message; sizes by class are checked here too (R-D2). */
export function decodeWire(bytes: Uint8Array): Result<WireMessage> {
  const decoded = decodeCanonical(bytes, limits.wireItemsMax);
  if (!decoded.ok) return decoded;
  const fields = decoded.value;
  if (!Array.isArray(fields)) return malformed('not a message');
  const [code, ...rest] = fields as readonly CborValue[];
  const kind = typeof code === 'number' ? KINDS[code] : undefined;
  if (kind === undefined) return malformed('unknown kind');
  if (bytes.length > sizeMax(kind)) return malformed(`${kind} of ${bytes.length} bytes`);
  const message = messageFromFields(kind, rest);
  return message === undefined ? malformed(`bad ${kind}`) : success(message);
}

/** Request: blocks from a height, for a node that is behind (R-Y2). */
export interface GetBlocks {
  readonly from: number;
  readonly count: number;
}

/** Canonical bytes of a block request. */
export function encodeGetBlocks(request: GetBlocks): Uint8Array {
  return encodeCanonical(['triflow/get-blocks/1', request.from, request.count]);
}

/** Reads a block request. */
export function decodeGetBlocks(bytes: Uint8Array): Result<GetBlocks> {
  const decoded = decodeCanonical(bytes, limits.wireItemsMax);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value.length !== 3) return malformed('get-blocks');
  const [tag, from, count] = decoded.value as readonly CborValue[];
  if (tag !== 'triflow/get-blocks/1') return malformed('get-blocks');
  if (typeof from !== 'number' || from < 1) return malformed('get-blocks');
  if (typeof count !== 'number' || count < 1 || count > limits.syncBlocksMax) {
    return malformed('get-blocks');
  }
  return success({ from, count });
}

/** One unit of catch-up: block and commit certificate as stored bytes. */
export interface SyncBlock {
  readonly block: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Canonical bytes of an answer to a block request. */
export function encodeBlocks(blocks: readonly SyncBlock[]): Uint8Array {
  return encodeCanonical(blocks.map(({ block, certificate }) => [block, certificate]));
}

/** Reads an answer to a block request. */
export function decodeBlocks(bytes: Uint8Array): Result<SyncBlock[]> {
  const decoded = decodeCanonical(bytes, limits.syncItemsMax);
  if (!decoded.ok) return decoded;
  const list = decoded.value;
  if (!Array.isArray(list) || list.length > limits.syncBlocksMax) return malformed('blocks');
  const blocks: SyncBlock[] = [];
  for (const item of list as readonly CborValue[]) {
    if (!Array.isArray(item) || item.length !== 2) return malformed('blocks');
    const [block, certificate] = item as readonly CborValue[];
    if (!(block instanceof Uint8Array) || !(certificate instanceof Uint8Array)) {
      return malformed('blocks');
    }
    blocks.push({ block, certificate });
  }
  return success(blocks);
}

/** Signed transactions passed between mempools. */
export function encodeGossip(transactions: readonly Uint8Array[]): Uint8Array {
  return encodeCanonical([...transactions]);
}

/** Reads gossiped transactions. */
export function decodeGossip(bytes: Uint8Array): Result<Uint8Array[]> {
  const decoded = decodeCanonical(bytes, limits.gossipItemsMax);
  if (!decoded.ok) return decoded;
  const list = decoded.value;
  if (!Array.isArray(list) || !list.every((item) => item instanceof Uint8Array)) {
    return malformed('gossip');
  }
  return success(list as Uint8Array[]);
}

function wireFields(message: WireMessage): CborValue[] {
  switch (message.kind) {
    case 'proposal':
      return [proposalFields(message.proposal)];
    case 'body':
      return [bytesFromHash(message.valueId), message.block];
    case 'vote':
      return [voteFields(message.vote)];
    case 'certificate':
      return [certificateFields(message.certificate)];
    case 'status':
      return [
        message.head,
        bytesFromHash(message.headId),
        message.height,
        message.round,
        message.echo === undefined ? null : echoFields(message.echo),
      ];
    case 'askProposal':
      return [message.height, message.round, bytesFromHash(message.valueId)];
  }
}

function messageFromFields(
  kind: (typeof KINDS)[number],
  fields: readonly CborValue[],
): WireMessage | undefined {
  switch (kind) {
    case 'proposal': {
      const proposal = fields.length === 1 ? proposalFromFields(fields[0]) : undefined;
      return proposal && { kind, proposal };
    }
    case 'body': {
      const [id, block] = fields;
      const valueId = asHash(id);
      if (fields.length !== 2 || valueId === undefined) return undefined;
      return block instanceof Uint8Array ? { kind, valueId, block } : undefined;
    }
    case 'vote': {
      const vote = fields.length === 1 ? voteFromFields(fields[0]) : undefined;
      return vote && { kind, vote };
    }
    case 'certificate': {
      const certificate = fields.length === 1 ? certificateFromFields(fields[0]) : undefined;
      return certificate && { kind, certificate };
    }
    case 'status':
      return statusFromFields(fields);
    case 'askProposal': {
      const [height, round, id] = fields;
      const valueId = asHash(id);
      if (fields.length !== 3 || valueId === undefined) return undefined;
      if (!isCount(height) || !isCount(round) || round > limits.roundMax) return undefined;
      return { kind, height, round, valueId };
    }
  }
}

function statusFromFields(fields: readonly CborValue[]): StatusMessage | undefined {
  const [head, id, height, round, last] = fields;
  const headId = asHash(id);
  if (fields.length !== 5 || headId === undefined) return undefined;
  if (!isCount(head) || !isCount(height)) return undefined;
  if (typeof round !== 'number' || round < -1 || round > limits.roundMax) return undefined;
  const base = { kind: 'status', head, headId, height, round } as const;
  if (last === null) return base;
  const echo = echoFromFields(last);
  return echo && { ...base, echo };
}

/** A vote as it is; a proposal in an array of its own, to tell it from a vote. */
export function echoFields(echo: Echo): CborValue[] {
  return 'type' in echo ? voteFields(echo) : [proposalFields(echo)];
}

/** Reads an echo; undefined when the form is wrong, or a proposal brings a POL. */
export function echoFromFields(value: CborValue | undefined): Echo | undefined {
  if (!Array.isArray(value) || value.length !== 1) return voteFromFields(value);
  const proposal = proposalFromFields((value as readonly CborValue[])[0]);
  return proposal?.pol === undefined ? proposal : undefined;
}

function sizeMax(kind: (typeof KINDS)[number]): number {
  switch (kind) {
    case 'vote':
      return limits.voteMessageBytesMax;
    case 'certificate':
      return limits.certificateBytesMax;
    case 'proposal':
      return limits.proposalBytesMax;
    case 'body':
      return limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax;
    case 'status':
    case 'askProposal':
      return limits.requestBytesMax;
  }
}

function asHash(value: CborValue | undefined): Hash | undefined {
  return value instanceof Uint8Array ? hashFromBytes(value) : undefined;
}

function isCount(value: CborValue | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function malformed(message: string): ReturnType<typeof failure> {
  return failure('message_malformed', message);
}
