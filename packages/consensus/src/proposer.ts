/** proposer(h, r) = set(h)[(h + r) mod n]: stateless (R-Q4). Gives the index. */
export function proposerIndex(height: number, round: number, n: number): number {
  return (height + round) % n;
}
