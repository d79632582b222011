import type { VerifiedHeader } from '../verify/verifyHeader.js';

/** How an answer was proved. */
export interface Verified {
  readonly height: number;
  /** How many validators signed the header, of how many. */
  readonly signers: number;
  readonly of: number;
  readonly kind: 'inclusion' | 'absence';
  /** Age of the block that it was read from, by this machine's clock. */
  readonly ageMs: number;
}

/** A record, or null when there is none, with its proof; no `verified` under `verify: 'never'`. */
export interface ReadResult<T> {
  readonly data: T | null;
  readonly height: number;
  readonly verified: Verified | undefined;
}

/** The proof of an answer under a verified header. */
export function verifiedBy(
  { header, signers, of }: VerifiedHeader,
  kind: Verified['kind'],
  nowMs: number,
): Verified {
  return { height: header.height, signers, of, kind, ageMs: Math.max(0, nowMs - header.timeMs) };
}
