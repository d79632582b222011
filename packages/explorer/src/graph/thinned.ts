interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * At most so many points of a long series, with the least and the greatest of each stretch kept:
 * no peak is lost.
 */
export function thinned<P extends Point>(points: readonly P[], max: number): readonly P[] {
  if (points.length <= max) return points;
  const stretch = Math.ceil((points.length * 2) / max);
  const kept: P[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const [first] = part;
    if (first === undefined) break;
    let low = first;
    let high = first;
    for (const point of part) {
      if (point.y < low.y) low = point;
      if (point.y > high.y) high = point;
    }
    kept.push(...(low.x <= high.x ? [low, high] : [high, low]));
  }
  return kept.filter((point, index) => point !== kept[index - 1]);
}
