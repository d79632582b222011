import { describe, expect, it } from 'vitest';
import { createBatchedReads } from './batchedReads.js';

describe('batched reads', () => {
  it('what is asked for in one turn is read at once, each answer with its asker', async () => {
    const asked: string[][] = [];
    const reads = createBatchedReads(async (keys) => {
      asked.push([...keys]);
      return keys.map((key) => (key === 'none' ? undefined : `value of ${key}`));
    });
    const found = await Promise.all(['a', 'none', 'b', 'a'].map((key) => reads.get(key)));
    expect(found).toEqual(['value of a', undefined, 'value of b', 'value of a']);
    expect(await reads.get('c')).toBe('value of c');
    expect(asked).toEqual([['a', 'none', 'b', 'a'], ['c']]);
  });

  it('a failure of the store reaches all who asked, and nobody later', async () => {
    let isBroken = true;
    const reads = createBatchedReads(async (keys) => {
      if (isBroken) throw new RangeError('damaged');
      return keys;
    });
    const both = await Promise.allSettled([reads.get('a'), reads.get('b')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isBroken = false;
    expect(await reads.get('a')).toBe('a');
  });
});
