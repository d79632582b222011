import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { linearScale, roundTicks, thinned } from './scale.js';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Said when the reader is at this point. */
  readonly text: string;
  /** A mark on the line: a step that somebody took. */
  readonly mark?: 'good' | 'bad';
}

export interface ChartLine {
  readonly y: number;
  readonly text: string;
  readonly tone: 'calm' | 'warn' | 'bad' | 'worst';
}

interface LineChartProps {
  readonly label: string;
  readonly points: readonly ChartPoint[];
  readonly lines: readonly ChartLine[];
  /** A permitted range, shaded. */
  readonly band?: readonly [number, number];
  readonly stepped?: boolean;
  readonly yText: (value: number) => string;
  readonly xText: (value: number, index: number) => string;
}

const HEIGHT = 320;
const MARGIN = { top: 18, bottom: 30, left: 52, right: 16 };
const LABEL_WIDTH = 118;
const POINTS_MAX = 1_600;
const WIDE_PX = 560;

/** A line over time with agreed lines across it; arrow keys go from point to point. */
export function LineChart(props: LineChartProps): ComponentChildren {
  const { label, lines, band, stepped = false, yText, xText } = props;
  const points = thinned(props.points, POINTS_MAX);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState<number | undefined>(undefined);
  const labelled = width >= WIDE_PX && lines.length > 0;
  const right = width - MARGIN.right - (labelled ? LABEL_WIDTH : 0);
  const xs = points.map(({ x }) => x);
  const x = linearScale([Math.min(...xs), Math.max(...xs)], [MARGIN.left, right]);
  const domain = yDomain(points, lines, band);
  const y = linearScale(domain, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const current = at === undefined ? undefined : points[at];

  const follow = (event: PointerEvent): void => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    setAt(nearest(points, x, event.clientX - left));
  };
  const step = (event: KeyboardEvent): void => {
    const delta = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (delta === undefined) return;
    event.preventDefault();
    setAt((before) => clamp((before ?? points.length - 1) + delta, points.length));
  };
  return (
    <figure class="chart" ref={box}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        height={HEIGHT}
        role="img"
        aria-label={label}
        tabIndex={0}
        onPointerMove={follow}
        onPointerLeave={() => setAt(undefined)}
        onKeyDown={step}
        onBlur={() => setAt(undefined)}
      >
        {band !== undefined && (
          <rect
            class="chart-band"
            x={MARGIN.left}
            width={Math.max(0, right - MARGIN.left)}
            y={y(band[1])}
            height={Math.max(0, y(band[0]) - y(band[1]))}
          />
        )}
        <Axis ticks={roundTicks(domain, 5)} y={y} right={right} text={yText} />
        <TimeAxis points={points} x={x} text={xText} width={width} />
        {spreadLabels(lines, y).map(({ line, labelY }) => (
          <g key={line.text} class={`chart-line tone-${line.tone}`}>
            <line x1={MARGIN.left} x2={right} y1={y(line.y)} y2={y(line.y)} />
            <text
              x={labelled ? right + 8 : MARGIN.left + 4}
              y={labelled ? labelY + 4 : y(line.y) - 4}
            >
              {`${line.text} ${yText(line.y)}`}
            </text>
          </g>
        ))}
        <path
          class="chart-area"
          d={`${pathOf(points, x, y, stepped)}${closing(points, x, y(domain[0]))}`}
        />
        <path class="chart-path" d={pathOf(points, x, y, stepped)} />
        {points.map((point, index) =>
          point.mark === undefined ? null : (
            <circle
              key={index}
              class={`chart-mark ${point.mark}`}
              cx={x(point.x)}
              cy={y(point.y)}
              r={4.5}
            />
          ),
        )}
        {current !== undefined && (
          <g class="chart-cursor">
            <line x1={x(current.x)} x2={x(current.x)} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
            <circle cx={x(current.x)} cy={y(current.y)} r={5} />
          </g>
        )}
      </svg>
      <figcaption class="chart-reading" aria-live="polite">
        {current?.text ?? points.at(-1)?.text}
      </figcaption>
    </figure>
  );
}

interface AxisProps {
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
  readonly right: number;
  readonly text: (value: number) => string;
}

function Axis({ ticks, y, right, text }: AxisProps): ComponentChildren {
  return ticks.map((tick) => (
    <g key={tick} class="chart-tick">
      <line x1={MARGIN.left} x2={right} y1={y(tick)} y2={y(tick)} />
      <text x={MARGIN.left - 8} y={y(tick) + 4} text-anchor="end">
        {text(tick)}
      </text>
    </g>
  ));
}

interface TimeAxisProps {
  readonly points: readonly ChartPoint[];
  readonly x: (value: number) => number;
  readonly text: (value: number, index: number) => string;
  readonly width: number;
}

function TimeAxis({ points, x, text, width }: TimeAxisProps): ComponentChildren {
  const count = Math.max(2, Math.min(7, Math.floor(width / 130)));
  const every = Math.max(1, Math.ceil((points.length - 1) / (count - 1)));
  const chosen = points.flatMap((point, index) => (index % every === 0 ? [{ point, index }] : []));
  return chosen.map(({ point, index }, position) => (
    <text
      key={index}
      class="chart-time"
      x={x(point.x)}
      y={HEIGHT - 8}
      text-anchor={position === 0 ? 'start' : 'middle'}
    >
      {text(point.x, index)}
    </text>
  ));
}

/** Labels at the side that would lie on one another are moved apart. */
function spreadLabels(
  lines: readonly ChartLine[],
  y: (value: number) => number,
): readonly { readonly line: ChartLine; readonly labelY: number }[] {
  const sorted = [...lines].sort((one, other) => other.y - one.y);
  let lowest = Number.NEGATIVE_INFINITY;
  return sorted.map((line) => {
    const labelY = Math.max(y(line.y), lowest + 15);
    lowest = labelY;
    return { line, labelY };
  });
}

function yDomain(
  points: readonly ChartPoint[],
  lines: readonly ChartLine[],
  band: readonly [number, number] | undefined,
): readonly [number, number] {
  const values = [...points.map(({ y }) => y), ...lines.map(({ y }) => y), ...(band ?? [])];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const spare = Math.max((high - low) * 0.08, Math.abs(high) * 0.02, 1e-9);
  return [low - spare, high + spare];
}

function pathOf(
  points: readonly ChartPoint[],
  x: (value: number) => number,
  y: (value: number) => number,
  stepped: boolean,
): string {
  return points
    .map((point, index) => {
      const to = `${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
      if (index === 0) return `M${to}`;
      return stepped ? `H${x(point.x).toFixed(1)}V${y(point.y).toFixed(1)}` : `L${to}`;
    })
    .join('');
}

function closing(
  points: readonly ChartPoint[],
  x: (value: number) => number,
  base: number,
): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  return `V${base.toFixed(1)}H${x(first.x).toFixed(1)}Z`;
}

function nearest(points: readonly ChartPoint[], x: (value: number) => number, px: number): number {
  let best = 0;
  for (const [index, point] of points.entries()) {
    const bestPoint = points[best];
    if (bestPoint !== undefined && Math.abs(x(point.x) - px) < Math.abs(x(bestPoint.x) - px)) {
      best = index;
    }
  }
  return best;
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index));
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(280, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
