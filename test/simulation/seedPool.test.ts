import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runSeedPool } from './seedPool.js';

/** Tells each seed; what it does at seed 3 is put in. */
function workerThat(atThree: string, seeds: readonly number[]): Worker {
  const text = `
    const { parentPort, workerData } = require('node:worker_threads');
    const next = () => new Promise((resolve) => setImmediate(resolve));
    (async () => {
      for (const seed of workerData) {
        if (seed === 3) { ${atThree} }
        await next();
        parentPort.postMessage(seed);
      }
    })();`;
  return new Worker(text, { eval: true, workerData: seeds });
}

const breaks: readonly (readonly [string, string, string])[] = [
  ['a rejection that nobody handles', "Promise.reject(new TypeError('lost'));", 'lost'],
  ['an exception', "setImmediate(() => { throw new TypeError('thrown'); });", 'thrown'],
  ['a wait that never ends', 'await new Promise(() => undefined);', 'ended with 0'],
  ['an end', 'process.exit(7);', 'ended with 7'],
];

describe('the pool of simulation workers', () => {
  it.each(breaks)('%s fails the seed it happened in; all others run', async (_, code, reason) => {
    const seen: number[] = [];
    const broken: [number, string][] = [];
    await runSeedPool<number>({
      seeds: [1, 2, 3, 4, 5, 6],
      workers: 2,
      open: (seeds) => workerThat(code, seeds),
      onLine: (seed) => seen.push(seed),
      onBroken: (seed, why) => broken.push([seed, why]),
    });
    expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 4, 5, 6]);
    expect(broken).toEqual([[3, expect.stringContaining(reason)]]);
  });
});
