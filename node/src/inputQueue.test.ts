import type { Input } from '@triflow/consensus';
import { describe, expect, it } from 'vitest';
import { InputQueue } from './inputQueue.js';

const work = (height: number): Input => ({ kind: 'work', at: 0, height });

interface Tried {
  readonly queue: InputQueue;
  /** Heights of what was taken to its end. */
  readonly taken: number[];
  readonly failures: unknown[];
}

/** A queue whose inputs take a turn each; 13 cannot be taken. */
function tryOut(onTake: (queue: InputQueue, height: number) => void = () => undefined): Tried {
  const taken: number[] = [];
  const failures: unknown[] = [];
  const queue = new InputQueue({
    take: async (input) => {
      const height = input.kind === 'work' ? input.height : 0;
      await Promise.resolve();
      if (height === 13) throw new Error('thirteen');
      onTake(queue, height);
      taken.push(height);
    },
    onFailed: (error) => failures.push(error),
  });
  return { queue, taken, failures };
}

describe('the queue of inputs', () => {
  it('takes one after another; what an input brings forth comes first', async () => {
    const { queue, taken } = tryOut((into, height) => {
      if (height === 1) into.pushFirst([work(10), work(11)]);
    });
    for (const height of [1, 2, 3]) queue.push(work(height));
    await queue.settled();
    expect(taken).toEqual([1, 10, 11, 2, 3]);
  });

  it('takes what its beginning has left before it is begun, and what came meanwhile', async () => {
    const { queue, taken } = tryOut();
    await queue.begin(async () => {
      queue.push(work(2));
      queue.pushFirst([work(1)]);
      await Promise.resolve();
      expect(taken).toEqual([]);
    });
    expect(taken).toEqual([1, 2]);
    queue.push(work(3));
    await queue.settled();
    expect(taken).toEqual([1, 2, 3]);
  });

  it('settles at once when nothing is taken, whatever was left behind', async () => {
    const { queue, taken } = tryOut();
    queue.pushFirst([work(1)]);
    await queue.settled();
    queue.stop();
    await queue.settled();
    expect(taken).toEqual([]);
  });

  it('ends the input that it is at when it is stopped, and takes no other, twice stopped or not', async () => {
    const { queue, taken } = tryOut((into) => into.stop());
    for (const height of [1, 2]) queue.push(work(height));
    await queue.settled();
    queue.stop();
    queue.push(work(3));
    await queue.settled();
    expect(taken).toEqual([1]);
  });

  it('fails once, and with its beginning when that is where it fails', async () => {
    const { queue, taken, failures } = tryOut();
    for (const height of [13, 2]) queue.push(work(height));
    await queue.settled();
    queue.push(work(3));
    expect([taken, failures.length, queue.isStopped]).toEqual([[], 1, true]);
    const other = tryOut();
    await expect(other.queue.begin(async () => other.queue.push(work(13)))).rejects.toThrow(/thir/);
    expect([other.failures, other.queue.isStopped]).toEqual([[], true]);
  });

  it('drops what is waiting, but for what is kept', async () => {
    const { queue, taken } = tryOut((into, height) => {
      if (height === 1) into.keepOnly((input) => input.kind === 'work' && input.height === 3);
    });
    for (const height of [1, 2, 3]) queue.push(work(height));
    await queue.settled();
    expect(taken).toEqual([1, 3]);
  });
});
