import { createHash } from 'node:crypto';

/** Digest of a document that is kept outside the ledger; here its name stands for it. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Hash and media type of such a document. */
export function documentRef(text: string): { readonly hash: string; readonly mediaType: string } {
  return { hash: digestOf(text), mediaType: 'application/pdf' };
}
