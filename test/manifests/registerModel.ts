import type { Call, SequentialModel } from './linearizability.js';

/** A party as a register: its version, and whether it has the role that the clients give and take. */
export interface Register {
  readonly version: number;
  readonly held: boolean;
}

/** A versioned write (compare and set) or a read, with the answer. */
export type RegisterOperation =
  | {
      readonly kind: 'write';
      readonly expected: number;
      readonly held: boolean;
      readonly answer: 'done' | 'stale' | 'forbidden' | 'unknown';
      /** The block that holds it, where one does. */
      readonly height: number | undefined;
    }
  | { readonly kind: 'read'; readonly seen: Register; readonly height: number };

export type RegisterCall = Call<RegisterOperation>;

/** What `grant_role` and `revoke_role` of party-registry promise, refusals in their order. */
export function registerModel(
  initial: ReadonlyMap<string, Register>,
): SequentialModel<Register, RegisterOperation> {
  return {
    initial: (key) => initial.get(key) ?? { version: 0, held: false },
    step: (state, operation) => {
      if (operation.kind === 'read') return sameRegister(state, operation.seen) ? state : undefined;
      const { expected, held, answer } = operation;
      const right = rightAnswer(state, expected, held);
      if (answer !== 'unknown' && answer !== right) return undefined;
      return right === 'done' ? { version: state.version + 1, held } : state;
    },
    nameOf: ({ version, held }) => `${version} ${held}`,
  };
}

/**
 * The committed order is a witness too: a read at a height equals what the writes of all heights up
 * to it have made, and an answered write has exactly one place. Gives what does not fit.
 */
export function replayFaults(
  initial: ReadonlyMap<string, Register>,
  calls: readonly RegisterCall[],
): string[] {
  const faults: string[] = [];
  for (const key of new Set(calls.map((call) => call.key))) {
    const own = calls.filter((call) => call.key === key).map(({ operation }) => operation);
    const writes = own.flatMap((one) => {
      if (one.kind !== 'write' || one.answer !== 'done' || one.height === undefined) return [];
      return [{ version: one.expected + 1, held: one.held, height: one.height }];
    });
    writes.sort((a, b) => a.version - b.version);
    const first = { height: 0, ...(initial.get(key) ?? { version: 0, held: false }) };
    for (const [at, write] of writes.entries()) {
      const before = writes[at - 1] ?? first;
      const fits = write.version === before.version + 1 && write.height >= before.height;
      if (!fits) faults.push(`${key}: version ${write.version} follows ${before.version}`);
    }
    for (const one of own) {
      if (one.kind !== 'read') continue;
      const made = writes.findLast(({ height }) => height <= one.height) ?? first;
      if (sameRegister(made, one.seen)) continue;
      const seen = `${one.seen.version} ${one.seen.held}`;
      faults.push(`${key}: at ${one.height} read ${seen}, written ${made.version} ${made.held}`);
    }
  }
  return faults;
}

function rightAnswer(
  state: Register,
  expected: number,
  held: boolean,
): 'done' | 'stale' | 'forbidden' {
  if (state.version !== expected) return 'stale';
  return state.held === held ? 'forbidden' : 'done';
}

function sameRegister(a: Register, b: Register): boolean {
  return a.version === b.version && a.held === b.held;
}
