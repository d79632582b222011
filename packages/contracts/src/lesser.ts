/** The smaller of two whole numbers of any size. */
export function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
