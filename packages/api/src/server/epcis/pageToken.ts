import { createHash } from 'node:crypto';
import { CodedError, limits } from '@triflow/protocol';
import { listCursorFromText, textFromListCursor } from '../listCursor.js';

/** Key parts are at most 128 characters, and a position may be longer. */
const CHUNK = /.{1,100}/gs;

/** Where the next page starts, and how many events the pages before it have given. */
export interface PagePosition {
  readonly height: number;
  readonly after: string;
  readonly given: number;
}

/** The text of a token: good for this very query, at the height of its first page. */
export function pageToken(position: PagePosition, query: string): string {
  const after = [String(position.given), ...(hexOf(position.after).match(CHUNK) ?? [])].join('/');
  return textFromListCursor({ height: position.height, after }, identity(query));
}

/** Reads a token; EPCIS_QUERY_PARAMETER when it is damaged or of another query. */
export function readPageToken(text: string, query: string): PagePosition {
  const cursor =
    text.length > limits.listCursorTextMax ? undefined : listCursorFromText(text, identity(query));
  const [given = '', ...chunks] = cursor?.after.split('/') ?? [];
  if (cursor === undefined) {
    throw new CodedError('EPCIS_QUERY_PARAMETER', 'nextPageToken is not one of this query', {
      details: { errors: [{ path: '/nextPageToken', code: 'query_value_malformed' }] },
    });
  }
  const after = Buffer.from(chunks.join(''), 'hex').toString('utf8');
  return { height: cursor.height, after, given: Number(given) };
}

function identity(query: string) {
  const digest = createHash('sha256').update(query).digest('hex');
  return { segment: 'epcis', filters: [['query', digest]] as const };
}

function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}
