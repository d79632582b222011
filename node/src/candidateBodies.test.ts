import type { Hash } from '@triflow/protocol';
import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { CandidateBodies } from './candidateBodies.js';

const BODY = Uint8Array.of(1);

describe('bodies of candidates in memory (R-M4)', () => {
  it('an own block and one of catch-up stay until consensus has heard of them (P6)', () => {
    const bodies = new CandidateBodies();
    bodies.putAhead(value(1), BODY);
    bodies.keepOnly([value(2)]);
    expect(bodies.get(value(1))).toBe(BODY);
    expect(bodies.hear(value(1))).toBe(BODY);
    bodies.keepOnly([value(2)]);
    expect(bodies.hear(value(1))).toBeUndefined();
    bodies.putAhead(value(3), BODY);
    bodies.clear();
    expect(bodies.count()).toBe(0);
  });

  it('what nothing names any more is dropped, judged or not, and no longer waited for', () => {
    const bodies = new CandidateBodies();
    bodies.put(value(1), BODY);
    bodies.put(value(2), BODY);
    expect(bodies.want(value(3))).toBeUndefined();
    bodies.keepOnly([value(2)]);
    expect(bodies.count()).toBe(1);
    expect(bodies.offer(value(3), BODY)).toBe(false);
  });

  it('a value that is named again is judged again', () => {
    const bodies = new CandidateBodies();
    expect(bodies.markJudged(value(1))).toBe(true);
    expect(bodies.markJudged(value(1))).toBe(false);
    bodies.judgeAgain(value(1));
    expect(bodies.markJudged(value(1))).toBe(true);
  });

  it('few come before anything named them; the oldest gives way', () => {
    const bodies = new CandidateBodies();
    for (let at = 0; at < 100; at += 1) expect(bodies.offer(value(at), BODY)).toBe(false);
    expect(bodies.count()).toBe(limits.bodiesInMemoryMax);
    expect(bodies.want(value(99))).toBe(BODY);
    expect(bodies.want(value(0))).toBeUndefined();
    expect(bodies.offer(value(0), BODY)).toBe(true);
  });
});

function value(number: number): Hash {
  return number.toString(16).padStart(64, '0') as Hash;
}
