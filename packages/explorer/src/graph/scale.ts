/** Maps values of a domain to a range of pixels, linearly. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const span = to - from;
  return (value) =>
    span === 0 ? (start + end) / 2 : start + ((value - from) / span) * (end - start);
}

/** Round values inside a domain, about as many as asked for. */
export function roundTicks(
  [from, to]: readonly [number, number],
  count: number,
): readonly number[] {
  const rough = (to - from) / Math.max(1, count);
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to + step / 1_000; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return ticks;
}

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
