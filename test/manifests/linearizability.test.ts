import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, linearizable, type SequentialModel } from './linearizability.js';
import { type RegisterCall, registerModel, replayFaults } from './registerModel.js';

/** A register of small numbers, as the textbooks draw it; it begins with 0. */
type Plain = { readonly write: number } | { readonly read: number };

const plain: SequentialModel<number, Plain> = {
  initial: () => 0,
  step: (state, operation) => {
    if ('write' in operation) return operation.write;
    return operation.read === state ? state : undefined;
  },
  nameOf: String,
};

function call(startMs: number, endMs: number, operation: Plain, key = 'x'): Call<Plain> {
  return { key, startMs, endMs, operation };
}

const LOST = Number.POSITIVE_INFINITY;

describe('known histories', () => {
  const good: readonly (readonly [string, readonly Call<Plain>[]])[] = [
    ['nothing at all', []],
    ['one after another', [call(0, 1, { write: 1 }), call(2, 3, { read: 1 })]],
    [
      'a read beside a write sees the old value',
      [call(0, 9, { write: 1 }), call(1, 2, { read: 0 })],
    ],
    [
      'a read beside a write sees the new value',
      [call(0, 9, { write: 1 }), call(1, 2, { read: 1 })],
    ],
    [
      'writes overlap, and all reads agree on one of their orders',
      [
        call(0, 5, { write: 1 }),
        call(1, 6, { write: 2 }),
        call(7, 8, { read: 1 }),
        call(9, 10, { read: 1 }),
      ],
    ],
    ['a lost write was never done', [call(0, LOST, { write: 1 }), call(5, 6, { read: 0 })]],
    [
      'a lost write takes effect late',
      [call(0, LOST, { write: 1 }), call(5, 6, { read: 0 }), call(7, 8, { read: 1 })],
    ],
    [
      'keys are objects of their own',
      [call(0, 1, { write: 1 }, 'a'), call(2, 3, { read: 0 }, 'b'), call(4, 5, { read: 1 }, 'a')],
    ],
  ];

  const bad: readonly (readonly [string, readonly Call<Plain>[]])[] = [
    ['a stale read', [call(0, 1, { write: 1 }), call(2, 3, { read: 0 })]],
    ['a value that nobody wrote', [call(0, 1, { read: 7 })]],
    [
      'the new value, then the old one, beside one long write',
      [call(0, 9, { write: 1 }), call(1, 2, { read: 1 }), call(3, 4, { read: 0 })],
    ],
    [
      'two readers see two writes in different orders',
      [
        call(0, 9, { write: 1 }),
        call(0, 9, { write: 2 }),
        call(10, 11, { read: 1 }),
        call(12, 13, { read: 2 }),
      ],
    ],
    [
      'a lost write comes and goes',
      [call(0, LOST, { write: 1 }), call(1, 2, { read: 1 }), call(3, 4, { read: 0 })],
    ],
    [
      'only one of many keys is wrong',
      [call(0, 1, { write: 1 }, 'a'), call(2, 3, { read: 1 }, 'a'), call(2, 3, { read: 1 }, 'b')],
    ],
  ];

  it.each(good)('accepted: %s', (_, calls) => {
    expect(linearizable(plain, calls)).toMatchObject({ linearizable: true, calls: calls.length });
  });

  it.each(bad)('the canary: refused: %s', (_, calls) => {
    expect(linearizable(plain, calls).linearizable).toBe(false);
  });

  it('says which key has no order and how far one was found', () => {
    const calls = [call(0, 1, { write: 1 }), call(2, 3, { read: 0 }), call(2, 3, { read: 0 }, 'y')];
    const wrong = { linearizable: false, calls: 3, key: 'x', ordered: 1 };
    expect(linearizable(plain, calls)).toEqual(wrong);
  });
});

describe('the search beside the definition', () => {
  const operation = fc.oneof(
    fc.record({ write: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ read: fc.integer({ min: 0, max: 2 }) }),
  );
  const calls = fc
    .array(fc.tuple(fc.nat(12), fc.nat(6), fc.boolean(), operation), { maxLength: 6 })
    .map((list) => {
      return list.map(([start, length, lost, one], at) => {
        // Distinct times: what happens at one moment has no order to find.
        const startMs = start * 100 + at;
        return call(startMs, lost && at % 3 === 0 ? LOST : startMs + length * 100 + 50, one);
      });
    });

  it('gives the verdict of trying every order', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(calls, (history) => {
        const expected = hasOrder(history, 0);
        seen[expected ? 'yes' : 'no'] += 1;
        expect(linearizable(plain, history).linearizable).toBe(expected);
      }),
      { numRuns: 2_000, seed: 7 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(200);
  });
});

/** The definition, word for word: some order of all answered and any lost calls. */
function hasOrder(left: readonly Call<Plain>[], state: number): boolean {
  if (left.every(({ endMs }) => endMs === LOST)) return true;
  return left.some((first) => {
    const others = left.filter((one) => one !== first);
    if (others.some(({ endMs }) => endMs < first.startMs)) return false;
    const next = plain.step(state, first.operation);
    return next !== undefined && hasOrder(others, next);
  });
}

describe('a party as a versioned register', () => {
  const initial = new Map([['p', { version: 1, held: false }]]);
  const model = registerModel(initial);
  const write = (
    [startMs, endMs]: readonly [number, number],
    expected: number,
    held: boolean,
    answer: 'done' | 'stale' | 'forbidden',
    height = endMs,
  ): RegisterCall => {
    return {
      key: 'p',
      startMs,
      endMs,
      operation: { kind: 'write', expected, held, answer, height },
    };
  };
  const read = (
    [startMs, endMs]: readonly [number, number],
    version: number,
    held: boolean,
    height = endMs,
  ): RegisterCall => {
    return {
      key: 'p',
      startMs,
      endMs,
      operation: { kind: 'read', seen: { version, held }, height },
    };
  };

  it('one of two writes over one version is done, the other is stale', () => {
    const both = [write([0, 5], 1, true, 'done'), write([1, 4], 1, true, 'stale', 5)];
    expect(linearizable(model, both).linearizable).toBe(true);
    expect(linearizable(model, [...both, read([6, 7], 2, true)]).linearizable).toBe(true);
  });

  it('the canary: both done, or both stale, has no order', () => {
    const twice = [write([0, 5], 1, true, 'done'), write([1, 4], 1, true, 'done')];
    expect(linearizable(model, twice).linearizable).toBe(false);
    const none = [write([0, 5], 1, true, 'stale'), write([1, 4], 1, true, 'stale')];
    expect(linearizable(model, none).linearizable).toBe(false);
  });

  it('the canary: a write that was called done and is lost, or done twice, has no order', () => {
    const lost = [write([0, 1], 1, true, 'done'), read([2, 3], 1, false)];
    expect(linearizable(model, lost).linearizable).toBe(false);
    const twice = [write([0, 1], 1, true, 'done'), read([2, 3], 3, true)];
    expect(linearizable(model, twice).linearizable).toBe(false);
  });

  it('a role that is there is not given again', () => {
    const history = [write([0, 1], 1, true, 'done'), write([2, 3], 2, true, 'forbidden')];
    expect(linearizable(model, history).linearizable).toBe(true);
  });

  it('a read at a height is what was written up to it', () => {
    const calls = [
      write([0, 1], 1, true, 'done', 4),
      read([2, 3], 1, false, 3),
      read([2, 3], 2, true, 4),
    ];
    expect(replayFaults(initial, calls)).toEqual([]);
    expect(replayFaults(initial, [...calls, read([2, 3], 2, true, 3)])).not.toEqual([]);
    expect(replayFaults(initial, [...calls, write([2, 3], 2, false, 'done', 3)])).not.toEqual([]);
    expect(replayFaults(initial, [...calls, write([2, 3], 1, true, 'done', 5)])).not.toEqual([]);
  });
});
