/** Stops on a bug of ours: never used for anything that input can cause. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Makes a missing case of a closed union a compile error, and a crash if one slips through. */
export function assertNever(value: never, what: string): never {
  throw new AssertionFailure(`${what}: unhandled ${String(value)}`);
}

/** Gives the value back, or stops if it is missing where our own code promises it. */
export function defined<T>(value: T | undefined | null, message: string): T {
  assert(value !== undefined && value !== null, message);
  return value;
}

export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}
