import { scaleLinear, scaleTime, scaleUtc } from 'd3-scale';
import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { axisTimeText } from '../format/times.js';
import { thinned } from './thinned.js';

export interface ChartPoint {
  /** Milliseconds since 1970. */
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
  /** The points are calendar days, not moments in the reader's time. */
  readonly dated?: boolean;
  readonly yText: (value: number) => string;
}

type Place = (value: number) => number;

const HEIGHT = 320;
const MARGIN = { top: 18, bottom: 30, left: 56, right: 16 };
const LABEL_WIDTH = 128;
const POINTS_MAX = 1_600;
const WIDE_PX = 560;
const Y_TICKS = 6;
const TICK_PX = 120;

/** A line over time with agreed lines across it; arrow keys go from point to point. */
export function LineChart(props: LineChartProps): ComponentChildren {
  const { label, lines, band, stepped = false, dated = false, yText } = props;
  const points = thinned(props.points, POINTS_MAX);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState<number | undefined>(undefined);
  const labelled = width >= WIDE_PX && lines.length > 0;
  const right = width - MARGIN.right - (labelled ? LABEL_WIDTH : 0);
  const xs = points.map(({ x }) => x);
  const x = (dated ? scaleUtc() : scaleTime())
    .domain([Math.min(...xs), Math.max(...xs)])
    .range([MARGIN.left, right]);
  const y = scaleLinear()
    .domain(yDomain(points, lines, band))
    .nice(Y_TICKS)
    .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
  const curve = stepped ? curveStepAfter : curveLinear;
  const path = line<ChartPoint>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).curve(curve);
  const filled = area<ChartPoint>(
    (point) => x(point.x),
    HEIGHT - MARGIN.bottom,
    (point) => y(point.y),
  ).curve(curve);
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
        <Axis ticks={y.ticks(Y_TICKS)} y={y} right={right} text={yText} />
        <TimeAxis
          ticks={x.ticks(Math.max(2, (right - MARGIN.left) / TICK_PX))}
          x={x}
          dated={dated}
        />
        {spreadLabels(lines, y).map(({ agreed, labelY }) => (
          <g key={agreed.text} class={`chart-line tone-${agreed.tone}`}>
            <line x1={MARGIN.left} x2={right} y1={y(agreed.y)} y2={y(agreed.y)} />
            <text
              x={labelled ? right + 8 : MARGIN.left + 4}
              y={labelled ? labelY + 4 : y(agreed.y) - 4}
            >
              {`${agreed.text} ${yText(agreed.y)}`}
            </text>
          </g>
        ))}
        <path class="chart-area" d={filled(points) ?? ''} />
        <path class="chart-path" d={path(points) ?? ''} />
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
  readonly y: Place;
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
  readonly dated: boolean;
  readonly ticks: readonly Date[];
  readonly x: Place;
}

function TimeAxis({ ticks, x, dated }: TimeAxisProps): ComponentChildren {
  const spanMs = Number(ticks.at(-1) ?? 0) - Number(ticks[0] ?? 0);
  return ticks.map((tick) => (
    <text
      key={Number(tick)}
      class="chart-time"
      x={x(Number(tick))}
      y={HEIGHT - 8}
      text-anchor="middle"
    >
      {axisTimeText(Number(tick), spanMs, dated)}
    </text>
  ));
}

/** Labels at the side that would lie on one another are moved apart. */
function spreadLabels(
  lines: readonly ChartLine[],
  y: Place,
): readonly { readonly agreed: ChartLine; readonly labelY: number }[] {
  const sorted = [...lines].sort((one, other) => other.y - one.y);
  let lowest = Number.NEGATIVE_INFINITY;
  return sorted.map((agreed) => {
    const labelY = Math.max(y(agreed.y), lowest + 15);
    lowest = labelY;
    return { agreed, labelY };
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
  // What cannot be negative is not drawn below nothing.
  return [low >= 0 ? Math.max(0, low - spare) : low - spare, high + spare];
}

function nearest(points: readonly ChartPoint[], x: Place, px: number): number {
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
