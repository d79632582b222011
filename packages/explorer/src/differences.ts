const DIFFERENCES_MAX = 40;

/** A member whose shown value is not the signed one. */
export interface Difference {
  /** Path from the record's root, `/quantity/value`. */
  readonly path: string;
  readonly shown: unknown;
  readonly signed: unknown;
}

/** Members of two JSON values that are not equal, by path. */
export function differencesOf(shown: unknown, signed: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(shown, signed, '', found);
  return found;
}

function compare(shown: unknown, signed: unknown, path: string, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || Object.is(shown, signed)) return;
  const left = membersOf(shown);
  const right = membersOf(signed);
  if (left === undefined || right === undefined || Array.isArray(shown) !== Array.isArray(signed)) {
    found.push({ path: path === '' ? '/' : path, shown, signed });
    return;
  }
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    compare(left.get(name), right.get(name), `${path}/${name}`, found);
  }
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item, index) => [String(index), item]));
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value));
  return undefined;
}
