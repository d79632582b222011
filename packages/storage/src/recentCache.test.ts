import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecentCache } from './recentCache.js';

describe('a recent cache', () => {
  it('never holds more than its maximum and never gives a stale value', () => {
    const step = fc.tuple(fc.nat(20), fc.nat(900), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = createRecentCache<number, number>(4_000);
        const newest = new Map<number, number>();
        for (const [i, [key, bytes, isRead]] of steps.entries()) {
          if (isRead) {
            const value = cache.get(key);
            if (value !== undefined) expect(value).toBe(newest.get(key));
          } else {
            cache.set(key, i, bytes);
            newest.set(key, i);
          }
          expect(cache.bytes).toBeLessThanOrEqual(4_000);
        }
        expect(cache.bytes === 0).toBe(cache.entries === 0);
      }),
    );
  });

  it('keeps what is used while others come and go', () => {
    const cache = createRecentCache<number, string>(10_000);
    cache.set(0, 'used', 10);
    for (let key = 1; key < 1_000; key += 1) {
      cache.set(key, 'other', 100);
      expect(cache.get(0)).toBe('used');
    }
    expect(cache.get(1)).toBeUndefined();
  });

  it('has room again for what it was told to forget', () => {
    const cache = createRecentCache<number, string>(10_000);
    for (let key = 0; key < 1_000; key += 1) {
      cache.set(key, 'a while', 100);
      cache.forget(key);
      cache.forget(key);
    }
    expect([cache.entries, cache.bytes, cache.get(999)]).toEqual([0, 0, undefined]);
  });

  it('does not take what would fill half of it, and forgets the older value then', () => {
    const cache = createRecentCache<number, string>(10_000);
    cache.set(1, 'small', 10);
    cache.set(1, 'large', 6_000);
    expect(cache.get(1)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});
