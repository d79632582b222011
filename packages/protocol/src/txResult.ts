import { type CborMap, type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, hashFromBytes } from './ids.js';
import { failure, type Result, success } from './result.js';
import { isCborMap } from './transaction.js';

/** A fact that a command emitted. */
export interface LedgerEvent {
  readonly contract: string;
  /** `noun.verb`, such as `receipt.issued`. */
  readonly type: string;
  /** The object that the fact is about. */
  readonly subject: string;
  readonly data: CborMap;
}

/** How a transaction ended: the numbered status, the failing command, what was emitted. */
export interface TxResult {
  readonly txId: Hash;
  readonly contract: string;
  readonly number: number;
  readonly code: string;
  /** Index of the command that failed; -1 on success. */
  readonly failedCommand: number;
  readonly events: readonly LedgerEvent[];
}

/** Canonical bytes of a result, a leaf of the header's resultRoot; they open with the txId. */
export function encodeTxResult(result: TxResult): Uint8Array {
  return encodeCanonical([
    bytesFromHash(result.txId),
    result.contract,
    result.number,
    result.code,
    result.failedCommand,
    result.events.map((event) => [event.contract, event.type, event.subject, event.data]),
  ]);
}

/** Reads a result's canonical bytes. */
export function decodeTxResult(bytes: Uint8Array): Result<TxResult> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value.length !== 6) return malformed();
  const [id, contract, number, code, failedCommand, list] = decoded.value as readonly CborValue[];
  const txId = id instanceof Uint8Array ? hashFromBytes(id) : undefined;
  const events = eventsFrom(list);
  if (txId === undefined || events === undefined) return malformed();
  if (typeof contract !== 'string' || typeof number !== 'number') return malformed();
  if (typeof code !== 'string' || typeof failedCommand !== 'number') return malformed();
  return success({ txId, contract, number, code, failedCommand, events });
}

function eventsFrom(list: CborValue | undefined): LedgerEvent[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const events: LedgerEvent[] = [];
  for (const item of list) {
    if (!Array.isArray(item) || item.length !== 4) return undefined;
    const [contract, type, subject, data] = item as readonly CborValue[];
    if (typeof contract !== 'string' || typeof type !== 'string') return undefined;
    if (typeof subject !== 'string' || !isCborMap(data)) return undefined;
    events.push({ contract, type, subject, data });
  }
  return events;
}

function malformed(): ReturnType<typeof failure> {
  return failure('result_malformed', 'not a transaction result');
}
