import type { ComponentChildren } from 'preact';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { segmentOfId, shortId } from '../format/ids.js';
import { clockText, timeText } from '../format/times.js';
import { fieldName, stateName } from '../format/words.js';
import { collectTrace, type Direction, type Trace } from '../graph/collectTrace.js';
import { layOut, NODE_HEIGHT, NODE_WIDTH, type PlacedNode } from '../graph/layOut.js';
import { t, tMaybe } from '../messages/translate.js';
import { FlowMark, StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';

interface TraceGraphProps {
  readonly root: string;
  readonly depth: number;
  readonly direction: Direction;
  /** The drawing alone, on a page that has more. */
  readonly compact?: boolean;
  readonly onTrace?: (trace: Trace) => ComponentChildren;
}

/** The graph around a record over time, and the same as a list. */
export function TraceGraph(props: TraceGraphProps): ComponentChildren {
  const { root, depth, direction, compact = false, onTrace } = props;
  const loaded = useLoad(
    `trace/${root}/${depth}/${direction}`,
    (signal) => collectTrace(root, depth, direction, signal),
    { changedBy: ({ subject }) => subject === root },
  );
  return (
    <Settled loaded={loaded}>
      {(trace) => (
        <>
          <Drawn trace={trace} root={root} />
          {trace.isCut && (
            <p class="muted small">{t('trace.more', { count: countText(trace.nodes.length) })}</p>
          )}
          {trace.hidden > 0 && (
            <p class="muted small">{t('trace.hidden', { count: countText(trace.hidden) })}</p>
          )}
          {!compact && <TraceList trace={trace} />}
          {onTrace?.(trace)}
        </>
      )}
    </Settled>
  );
}

function Drawn({ trace, root }: { readonly trace: Trace; readonly root: string }) {
  const { width, height, nodes, edges, lanes, times } = layOut(trace);
  return (
    <div class="graph-card graph-scroll" tabIndex={0} role="group" aria-label={t('trace.graph')}>
      <svg width={width} height={height} class="trace-graph">
        {lanes.map(({ flow, y, height: laneHeight }) => (
          <g key={flow} class={`lane flow-${flow}`}>
            <rect x={0} y={y + 2} width={width} height={laneHeight - 4} rx={8} />
            <text x={14} y={y + laneHeight / 2 + 4}>
              {t(`flow.${flow}`)}
            </text>
          </g>
        ))}
        {times.map(({ x, timeMs }) => (
          <text key={x} class="trace-time" x={x} y={18}>
            {timeMs === 0 ? '' : clockText(timeMs)}
          </text>
        ))}
        {edges.map(({ edge, path }) => (
          <path key={`${edge.from} ${edge.to}`} class="trace-edge" d={path} />
        ))}
        {nodes.map((placed) => (
          <NodeBox key={placed.node.id} placed={placed} isRoot={placed.node.id === root} />
        ))}
      </svg>
    </div>
  );
}

function NodeBox({ placed, isRoot }: { readonly placed: PlacedNode; readonly isRoot: boolean }) {
  const { node, x, y } = placed;
  const { id, segment, flow, data } = node;
  const state = typeof data.state === 'string' ? stateName(data.state) : '';
  const kind = tMaybe(`one.${segment}`) ?? segment;
  return (
    <a href={pathTo(segment, id)} class={`trace-node flow-${flow}${isRoot ? ' root' : ''}`}>
      <title>{`${kind} ${id}\n${timeText(node.timeMs)}`}</title>
      <rect x={x} y={y} width={NODE_WIDTH} height={NODE_HEIGHT} rx={7} />
      <rect class="node-edge" x={x} y={y + 8} width={3} height={NODE_HEIGHT - 16} rx={1.5} />
      <text x={x + 13} y={y + 19} class="node-id">
        {shortId(id)}
      </text>
      <text x={x + 13} y={y + 36} class="node-kind">
        {state === '' ? kind : `${kind} · ${state}`}
      </text>
    </a>
  );
}

/** The graph for those who cannot see it, and for narrow screens. */
function TraceList({ trace }: { readonly trace: Trace }): ComponentChildren {
  const sorted = [...trace.nodes].sort((one, other) => one.height - other.height);
  return (
    <section aria-labelledby="list-title">
      <h2 id="list-title">{t('trace.list')}</h2>
      <ol class="trace-list">
        {sorted.map(({ id, segment, flow, data, timeMs }) => (
          <li key={id} class={`flow-${flow}`}>
            <FlowMark flow={flow} />
            <a class="id" href={pathTo(segment, id)} title={id}>
              {shortId(id)}
            </a>
            <span>{tMaybe(`one.${segment}`)}</span>
            <StateChip state={data.state} />
            <span class="muted">{timeMs === 0 ? '' : timeText(timeMs)}</span>
            <span class="muted small">{connectionsOf(trace, id)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function connectionsOf({ edges }: Trace, id: string): string {
  return edges
    .filter(({ from }) => from === id)
    .map(
      ({ to, by }) => `${tMaybe(`one.${segmentOfId(by) ?? by}`) ?? fieldName(by)} → ${shortId(to)}`,
    )
    .join(' · ');
}
