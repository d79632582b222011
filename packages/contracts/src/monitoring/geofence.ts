export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Even-odd rule on integers (domain 3.10): edge (a, b) is crossed iff (a.y > y) ≠ (b.y > y) and
 * x < a.x + (b.x − a.x)(y − a.y)/(b.y − a.y), cross-multiplied by the sign of b.y − a.y.
 */
export function isInside(fence: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  let a = fence.at(-1);
  for (const b of fence) {
    if (a !== undefined && crosses(a, b, x, y)) inside = !inside;
    a = b;
  }
  return inside;
}

function crosses(a: Point, b: Point, x: number, y: number): boolean {
  if (a.y > y === b.y > y) return false;
  const rise = BigInt(b.y) - BigInt(a.y);
  const left = (BigInt(x) - BigInt(a.x)) * rise;
  const right = (BigInt(b.x) - BigInt(a.x)) * (BigInt(y) - BigInt(a.y));
  return rise > 0n ? left < right : left > right;
}
