/** One claim of a tree: created whole, consumed whole, replaced by its children. */
export interface Claim {
  readonly id: string;
  readonly parents: readonly string[];
  readonly minor: bigint;
  readonly tier: number;
}

/** Where a claim stands in the drawing: a column, and the share of the height it covers. */
export interface Bar {
  readonly claim: Claim;
  readonly column: number;
  /** From 0 to 1 of the root's amount. */
  readonly from: number;
  readonly to: number;
}

const PARTS = 1_000_000n;
const DEPTH_MAX = 64;

/**
 * Lays claims out so that children lie beside their parent and cover what they carry on of it:
 * that splitting keeps the sum can be seen. A claim with several parents stands by its first.
 */
export function tierBars(root: Claim, claims: readonly Claim[]): readonly Bar[] {
  const children = new Map<string, Claim[]>();
  for (const claim of claims) {
    const [parent] = claim.parents;
    if (parent === undefined || claim.id === root.id) continue;
    children.set(parent, [...(children.get(parent) ?? []), claim]);
  }
  const total = root.minor > 0n ? root.minor : 1n;
  const bars: Bar[] = [];
  const place = (claim: Claim, column: number, from: number): void => {
    const to = from + Number((claim.minor * PARTS) / total) / Number(PARTS);
    bars.push({ claim, column, from, to });
    if (column >= DEPTH_MAX) return;
    let next = from;
    for (const child of children.get(claim.id) ?? []) {
      place(child, column + 1, next);
      next += Number((child.minor * PARTS) / total) / Number(PARTS);
    }
  };
  place(root, 0, 0);
  return bars;
}
