import { base64UrlFromBytes } from '@triflow/api/routes';
import { jsonFromMemory, textFromHash } from '@triflow/protocol';
import { TriflowError } from '../errors/triflowError.js';
import { recordTable, stateKeyOf } from '../recordTable.js';
import { readRecord } from '../verify/readRecord.js';
import type { ClientCore } from './clientCore.js';
import { type ReadOptions, readState } from './readState.js';

/** A record read from proved bytes, with who vouches for it. */
export interface ProvedRecord {
  readonly key: string;
  readonly height: number;
  readonly timeMs: number;
  /** The block that the validators signed. */
  readonly blockId: string;
  readonly kind: 'inclusion' | 'absence';
  /** The record in the JSON form of the API; undefined when there is none. */
  readonly json: unknown;
  /** Validators that signed, by id, and how many there are. */
  readonly signedBy: readonly string[];
  readonly of: number;
}

/**
 * Reads an object (`wr_…`), a party or a state key and decodes it from the proved bytes, whatever
 * else a node says of it. Verified even under `verify: 'never'`. `VERIFICATION_FAILED`.
 */
export async function proveRecord(
  core: ClientCore,
  name: string,
  options: ReadOptions = {},
): Promise<ProvedRecord> {
  const key = stateKeyOf(name);
  const state = await readState(core, [key], { ...options, verify: 'always' });
  const { verified } = state;
  const [item] = state.items;
  if (verified === undefined || item === undefined) {
    throw new TriflowError('VERIFICATION_FAILED', `${name} was not proved`, { phase: 'verify' });
  }
  const { header, valueId, signedBy, of } = verified;
  const { height, timeMs } = header;
  const facts = { key, height, timeMs, blockId: textFromHash(valueId), signedBy, of };
  if (item.value === null) return { ...facts, kind: 'absence', json: undefined };
  const table = recordTable(key.split('/').slice(0, 2).join('/'));
  if (table === undefined) {
    throw new TriflowError('VERIFICATION_FAILED', `${key}: this release does not know its form`);
  }
  const record = readRecord(table, item.value);
  if (!record.ok) throw new TriflowError('VERIFICATION_FAILED', record.fault.message);
  return { ...facts, kind: 'inclusion', json: plain(jsonFromMemory(table.schema, record.value)) };
}

/** Bytes as the API writes them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return base64UrlFromBytes(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
