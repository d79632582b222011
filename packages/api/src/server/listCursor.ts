import { createHash } from 'node:crypto';
import {
  type CborValue,
  concatBytes,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  isKeyPart,
} from '@triflow/protocol';
import { bytesFromBase64Url } from '../routes/base64Url.js';
import { base64Url } from './plainJson.js';

const DOMAIN = 'triflow/list-cursor/1';
const CHECK_BYTES = 8;

/** Where a list goes on: the height that all its pages read, and the last id given. */
export interface ListCursor {
  readonly height: number;
  readonly after: string;
}

/** What a list is of; a cursor continues this list only. */
export interface ListIdentity {
  readonly segment: string;
  readonly filters: readonly (readonly [name: string, value: string])[];
}

/**
 * A cursor's text. It ends in a checksum, which finds damage; it is no secret, so that any node
 * can continue a list that another began.
 */
export function textFromListCursor(cursor: ListCursor, list: ListIdentity): string {
  const filters = list.filters.map(([name, value]): CborValue => [name, value]);
  const body = encodeCanonical([DOMAIN, list.segment, filters, cursor.height, cursor.after]);
  return base64Url(concatBytes(body, checksum(body)));
}

/** Reads a cursor of this very list; undefined for any other text. */
export function listCursorFromText(text: string, list: ListIdentity): ListCursor | undefined {
  const bytes = bytesFromBase64Url(text);
  if (bytes === undefined || bytes.length <= CHECK_BYTES) return undefined;
  const body = bytes.subarray(0, bytes.length - CHECK_BYTES);
  if (!equalBytes(checksum(body), bytes.subarray(body.length))) return undefined;
  const decoded = decodeCanonical(body);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [, , , height, after] = decoded.value as readonly CborValue[];
  if (typeof height !== 'number' || height < 0 || typeof after !== 'string') return undefined;
  if (!after.split('/').every(isKeyPart)) return undefined;
  return textFromListCursor({ height, after }, list) === text ? { height, after } : undefined;
}

function checksum(body: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(body).digest()).subarray(0, CHECK_BYTES);
}
