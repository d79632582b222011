import { bytesFromBase64Url, stateAnswerSchema, stateRoutes } from '@triflow/api/routes';
import { decodeStateProof } from '@triflow/crypto';
import { decodeHeader, defined, type Fault, limits, type Table } from '@triflow/protocol';
import { type CallOptions, type Deadline, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { keyOf } from '../recordTable.js';
import { readRecord } from '../verify/readRecord.js';
import type { VerifiedHeader } from '../verify/verifyHeader.js';
import { type ProvedState, verifyState } from '../verify/verifyState.js';
import { callNode } from './callNode.js';
import type { ClientCore } from './clientCore.js';
import { type ReadResult, verifiedBy } from './verified.js';

export interface ReadOptions extends CallOptions {
  /** Read the state of this height; may lie before what this client has read. */
  readonly at?: number;
  /** Refuse an answer whose block is older than this. */
  readonly maxAgeMs?: number;
}

/** State keys at one height, with the bytes that prove them. */
export interface StateAt {
  readonly height: number;
  readonly items: readonly ProvedState[];
  /** Undefined under `verify: 'never'`. */
  readonly verified: VerifiedHeader | undefined;
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly proofs: readonly Uint8Array[];
}

/**
 * Reads state keys at one height and verifies them against the validators this client trusts.
 * Never older than what the client has read before, unless `at` is given. Errors:
 * `VERIFICATION_FAILED`, `PROOF_MISSING`, `TRUST_EXPIRED`, `READ_TOO_OLD`, those of the node.
 */
export async function readState(
  core: ClientCore,
  keys: readonly string[],
  options: ReadOptions & { readonly verify?: 'always' | 'never' } = {},
): Promise<StateAt> {
  const timeoutMs = options.timeoutMs ?? core.timeoutMs;
  return underDeadline(core.environment, { timeoutMs, signal: options.signal }, (deadline) => {
    return readStateWithin(core, keys, options, deadline);
  });
}

interface InnerOptions extends ReadOptions {
  readonly verify?: 'always' | 'never';
  /** A node has named the height: one that does not have it yet is behind, not right. */
  readonly heightExists?: boolean;
}

/** As `readState`, inside a deadline that is already running. */
export async function readStateWithin(
  core: ClientCore,
  keys: readonly string[],
  options: InnerOptions,
  deadline: Deadline,
): Promise<StateAt> {
  if (keys.length < 1 || keys.length > limits.stateKeysPerProofMax) {
    const message = `1 to ${limits.stateKeysPerProofMax} keys at once, not ${keys.length}`;
    throw new TriflowError('REQUEST_INVALID', message);
  }
  const { chain } = core;
  const anchor = await chain.anchor(deadline);
  const { at } = options;
  // Reads that run at the same time may overtake one another; this one is bound by what was
  // seen when it began.
  const floor = core.seen.read;
  const call = {
    route: stateRoutes.getState,
    query: { key: keys, at },
    minHeight: options.heightExists === true ? (at ?? floor) : Math.min(at ?? floor, floor),
    // What the chain keeps about itself is anyone's: no login for it.
    isPublic: keys.every((key) => /^(governance|ledger)\//.test(key)),
  };
  const called = await callNode(core, chain.expected(), deadline, call, stateAnswerSchema);
  const { node } = called.answer;
  const bytes = bytesOfAnswer(called.value, node);
  const { header, certificate, proofs } = bytes;
  const claimed = decodeHeader(header);
  if (!claimed.ok) throw refused(node, claimed.fault);
  const { height, stateRoot } = claimed.value;
  requireHeight(node, height, { at, floor });
  const mode = options.verify ?? core.verify;
  const verified =
    mode === 'always' ? await chain.verify({ header, certificate, node }, deadline) : undefined;
  const state = { root: stateRoot, depth: anchor.stateTreeDepth };
  const items = mode === 'always' ? verifyState(state, keys, proofs) : statedItems(keys, proofs);
  if (!items.ok) throw refused(node, items.fault);
  requireFresh(core, node, claimed.value.timeMs, options);
  if (at === undefined) core.seen.read = Math.max(core.seen.read, height);
  return { height, items: items.value, verified, ...bytes };
}

/** Reads one record by its table. */
export async function readRecordAt<T>(
  core: ClientCore,
  table: Table<T>,
  parts: readonly string[],
  options: ReadOptions = {},
): Promise<ReadResult<T>> {
  const state = await readState(core, [keyOf(table, parts)], options);
  return recordOf(core, state, table, 0);
}

/** One of a state's items as a record. `VERIFICATION_FAILED` when its form is unknown here. */
export function recordOf<T>(
  core: ClientCore,
  state: StateAt,
  table: Table<T>,
  position: number,
): ReadResult<T> {
  const item = defined(state.items[position], 'recordOf: no such item');
  const { verified, height } = state;
  const nowMs = core.environment.nowMs();
  const proof = verified === undefined ? undefined : verifiedBy(verified, item.kind, nowMs);
  if (item.value === null) return { data: null, height, verified: proof };
  const record = readRecord(table, item.value);
  if (!record.ok) throw refused('the record', record.fault);
  return { data: record.value, height, verified: proof };
}

interface AnswerBytes {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly proofs: readonly Uint8Array[];
}

function bytesOfAnswer(
  answer: { readonly header: string; readonly certificate: string; readonly proofs: string[] },
  node: string,
): AnswerBytes {
  const header = bytesFromBase64Url(answer.header);
  const certificate = bytesFromBase64Url(answer.certificate);
  const proofs: Uint8Array[] = [];
  for (const text of answer.proofs) {
    const proof = bytesFromBase64Url(text);
    if (proof !== undefined) proofs.push(proof);
  }
  if (header === undefined || certificate === undefined || proofs.length < answer.proofs.length) {
    throw refused(node, { code: 'proof_malformed', message: 'not base64url' });
  }
  return { header, certificate, proofs };
}

/** An unverified answer still has to be about the keys asked for. */
function statedItems(
  keys: readonly string[],
  proofs: readonly Uint8Array[],
): ReturnType<typeof verifyState> {
  const items: ProvedState[] = [];
  for (const [index, bytes] of proofs.entries()) {
    const decoded = decodeStateProof(bytes);
    if (!decoded.ok) return decoded;
    const { key, value } = decoded.value;
    if (key === keys[index])
      items.push({ key, value, kind: value === null ? 'absence' : 'inclusion' });
  }
  if (items.length === keys.length) return { ok: true, value: items };
  return { ok: false, fault: { code: 'proof_missing', message: 'not the keys asked for' } };
}

function requireHeight(
  node: string,
  height: number,
  { at, floor }: { readonly at: number | undefined; readonly floor: number },
): void {
  if (at !== undefined && height !== at) {
    throw refused(node, { code: 'wrong_height', message: `${height} is not height ${at}` });
  }
  if (at === undefined && height < floor) {
    const message = `${node} answered at height ${height}, this client has read ${floor}`;
    throw new TriflowError('NODE_SYNCING', message, { node });
  }
}

function requireFresh(
  core: ClientCore,
  node: string,
  timeMs: number,
  { maxAgeMs }: ReadOptions,
): void {
  const ageMs = core.environment.nowMs() - timeMs;
  if (maxAgeMs === undefined || ageMs <= maxAgeMs) return;
  const message = `the newest block of ${node} is ${ageMs} ms old, at most ${maxAgeMs} was asked`;
  throw new TriflowError('READ_TOO_OLD', message, { node, details: { ageMs, maxAgeMs } });
}

function refused(node: string, fault: Fault): TriflowError {
  const code = fault.code === 'proof_missing' ? 'PROOF_MISSING' : 'VERIFICATION_FAILED';
  return new TriflowError(code, `${node}: ${fault.message}`, {
    node,
    phase: 'verify',
    details: { reason: fault.code },
  });
}
