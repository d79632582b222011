/** How many seconds' worth a full bucket holds. */
const BURST_SECONDS = 2;

/** A rate for one peer and one class; may go into debt by one message. */
export interface TokenBucket {
  readonly perSecond: number;
  tokens: number;
  atMs: number;
}

/** A full bucket. */
export function createTokenBucket(perSecond: number, nowMs: number): TokenBucket {
  return { perSecond, tokens: perSecond * BURST_SECONDS, atMs: nowMs };
}

/** Milliseconds until something may be taken; 0 when it may be now. */
export function waitMs(bucket: TokenBucket, nowMs: number): number {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const earned = (elapsedMs * bucket.perSecond) / 1_000;
  bucket.tokens = Math.min(bucket.perSecond * BURST_SECONDS, bucket.tokens + earned);
  bucket.atMs = nowMs;
  if (bucket.tokens > 0) return 0;
  return Math.max(1, Math.ceil(((1 - bucket.tokens) * 1_000) / bucket.perSecond));
}

/** Takes tokens for something that was let through; the debt is waited for afterwards. */
export function takeTokens(bucket: TokenBucket, count: number): void {
  bucket.tokens -= count;
}
