import { describe, expect, it } from 'vitest';
import { createTokenBucket, takeTokens, waitMs } from './tokenBucket.js';

describe('token bucket', () => {
  it('holds two seconds of its rate', () => {
    const bucket = createTokenBucket(100, 0);
    takeTokens(bucket, 199);
    expect(waitMs(bucket, 0)).toBe(0);
    takeTokens(bucket, 1);
    expect(waitMs(bucket, 0)).toBe(10);
  });

  it('lets one large message go into debt and waits until it is paid', () => {
    const bucket = createTokenBucket(1_000, 0);
    takeTokens(bucket, 5_000);
    const wait = waitMs(bucket, 0);
    expect(wait).toBe(3_001);
    expect(waitMs(bucket, wait - 2)).toBeGreaterThan(0);
    expect(waitMs(bucket, wait)).toBe(0);
  });

  it('never holds more than when it was full', () => {
    const bucket = createTokenBucket(10, 0);
    waitMs(bucket, 1_000_000);
    expect(bucket.tokens).toBe(20);
  });

  it('ignores a clock that goes back', () => {
    const bucket = createTokenBucket(10, 5_000);
    takeTokens(bucket, 20);
    expect(waitMs(bucket, 1_000)).toBeGreaterThan(0);
    expect(bucket.tokens).toBe(0);
  });
});
