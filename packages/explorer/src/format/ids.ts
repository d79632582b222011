import { isPartyId, objectKinds } from '@triflow/sdk';
import { pathTo } from '../data/router.js';

export { isPartyId };

/** Object kinds and the segment of their pages; the same as in the API's URLs. */
export const segments: Readonly<Record<string, string>> = objectKinds;

const SHORT_MAX = 18;
const SHORT_HEAD = 9;
const SHORT_TAIL = 4;
const OBJECT_ID = /^([a-z]{2})_[a-z0-9-]{1,60}$/;
const TX_ID = /^tx_[0-9a-f]{64}$/;

/** The page segment of an object's id; undefined for what is none. */
export function segmentOfId(text: string): string | undefined {
  const kind = OBJECT_ID.exec(text)?.[1];
  return kind === undefined ? undefined : segments[kind];
}

export function isTxId(text: string): boolean {
  return TX_ID.test(text);
}

/** The page of whatever a text names: object, party, transaction; undefined for other text. */
export function pageOf(text: string): string | undefined {
  const segment = segmentOfId(text);
  if (segment !== undefined) return pathTo(segment, text);
  if (isPartyId(text)) return pathTo('parties', text);
  if (isTxId(text)) return pathTo('transactions', text);
  return undefined;
}

/** A long id or digest with its middle left out. */
export function shortId(text: string): string {
  const bare = text.replace(/^sha256:/, '');
  if (bare.length <= SHORT_MAX) return bare;
  return `${bare.slice(0, SHORT_HEAD)}…${bare.slice(-SHORT_TAIL)}`;
}
