import { appendFileSync } from 'node:fs';
import type { Parameters } from 'fast-check';
import { vi } from 'vitest';
import { readAsked } from './asked.js';

const asked = readAsked(process.env);

// Property tests name their seed and number of runs: both are taken over here, for all of them.
vi.mock('fast-check', async (load) => {
  const real = await load<typeof import('fast-check')>();
  const assert = (property: never, parameters: Parameters<unknown> = {}): unknown => {
    const { seed = 0, numRuns = 100 } = parameters;
    const runs = numRuns * asked.times;
    appendFileSync(asked.file, `${runs}\n`);
    // fast-check takes 32 bits.
    const moved = { ...parameters, numRuns: runs, seed: (seed + asked.from) | 0 };
    return real.assert(property, moved as never);
  };
  return { ...real, assert, default: { ...real.default, assert } };
});
