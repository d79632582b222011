import { describe, expect, it } from 'vitest';
import { faultArgument } from './devices.js';

describe('faults of a simulated device', () => {
  it('are a kind, a first step and how many, gathered in order', () => {
    const first = faultArgument('drift@3+2');
    expect(faultArgument('replay@7', first)).toEqual([
      { kind: 'drift', fromStep: 3, steps: 2 },
      { kind: 'replay', fromStep: 7, steps: 1 },
    ]);
  });

  it.each(['', 'drift', 'drift@', 'drift@-1', 'flood@1', 'drift@1+', 'drift@1+x', '@1'])(
    '%j is none',
    (text) => {
      expect(() => faultArgument(text)).toThrow('KIND@STEP+STEPS');
    },
  );
});
