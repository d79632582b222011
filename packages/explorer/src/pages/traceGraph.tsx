import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import type { Flow } from '../format/flows.js';
import { segmentOfId, shortId } from '../format/ids.js';
import { noteOf } from '../format/notes.js';
import { clockText, timeText } from '../format/times.js';
import { fieldName, stateName } from '../format/words.js';
import { collectTrace, type Direction, type Trace } from '../graph/collectTrace.js';
import type { Drawing, PlacedNode } from '../graph/layOut.js';
import { t, tMaybe } from '../messages/translate.js';
import { FlowMark, StateChip, stateOf } from '../parts/chip.js';
import { Settled } from '../parts/states.js';

const flowsShown: readonly Flow[] = ['goods', 'documents', 'money', 'system'];

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
    (signal) => readDrawn(root, depth, direction, signal),
    { changedBy: ({ subject }) => subject === root },
  );
  return (
    <Settled loaded={loaded}>
      {({ trace, drawing }) => (
        <>
          <Drawn drawing={drawing} root={root} />
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

interface DrawnTrace {
  readonly trace: Trace;
  readonly drawing: Drawing;
}

/** The layout is fetched with the first graph: other pages do without it. */
async function readDrawn(
  root: string,
  depth: number,
  direction: Direction,
  signal: AbortSignal,
): Promise<DrawnTrace> {
  const [trace, { layOut }] = await Promise.all([
    collectTrace(root, depth, direction, signal),
    import('../graph/layOut.js'),
  ]);
  // Alerts are many and say little here: the list has them.
  const nodes = trace.nodes.filter(({ segment, id }) => segment !== 'alerts' || id === root);
  return { trace, drawing: layOut({ ...trace, nodes }) };
}

function Drawn({ drawing, root }: { readonly drawing: Drawing; readonly root: string }) {
  const { width, height, nodes, edges } = drawing;
  const box = useRef<HTMLDivElement>(null);
  const rootX = nodes.find(({ node }) => node.id === root)?.x ?? 0;
  useEffect(() => {
    // A wide drawing opens at the record that was asked for.
    if (box.current !== null) box.current.scrollLeft = rootX - box.current.clientWidth / 2;
  }, [rootX]);
  const flows = flowsShown.filter((flow) => nodes.some(({ node }) => node.flow === flow));
  return (
    <div class="graph-card">
      <ul class="legend">
        {flows.map((flow) => (
          <li key={flow} class={`flow-${flow}`}>
            {t(`flow.${flow}`)}
          </li>
        ))}
        <li class="legend-note">{t('trace.reading')}</li>
      </ul>
      <div ref={box} class="graph-scroll" tabIndex={0} role="group" aria-label={t('trace.graph')}>
        <svg width={width} height={height} class="trace-graph">
          {edges.map(({ edge, path }) => (
            <path
              key={`${edge.from} ${edge.to}`}
              class={`trace-edge${edge.from === root || edge.to === root ? ' of-root' : ''}`}
              d={path}
            />
          ))}
          {nodes.map((placed) => (
            <NodeBox key={placed.node.id} placed={placed} isRoot={placed.node.id === root} />
          ))}
        </svg>
      </div>
    </div>
  );
}

function NodeBox({ placed, isRoot }: { readonly placed: PlacedNode; readonly isRoot: boolean }) {
  const { node, x, y, width, height } = placed;
  const { id, segment, flow, data, timeMs } = node;
  const state = typeof data.state === 'string' ? stateName(data.state) : '';
  const kind = tMaybe(`one.${segment}`) ?? segment;
  const when = timeMs === 0 ? '' : clockText(timeMs);
  const lines = [shortId(id), kind, [state, when].filter((part) => part !== '').join(' · ')];
  return (
    <a href={pathTo(segment, id)} class={`trace-node flow-${flow}${isRoot ? ' root' : ''}`}>
      <title>{`${kind} ${id}\n${noteOf(segment, data)}\n${timeText(timeMs)}`}</title>
      <rect x={x} y={y} width={width} height={height} rx={7} />
      <rect class="node-edge" x={x} y={y + 8} width={3} height={height - 16} rx={1.5} />
      {lines.map((line, index) => (
        <text
          key={index}
          x={x + 13}
          y={y + 18 + index * 16}
          class={index === 0 ? 'node-id' : 'node-kind'}
        >
          {line}
        </text>
      ))}
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
            <span class="muted">{noteOf(segment, data)}</span>
            <StateChip state={stateOf(data)} />
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
