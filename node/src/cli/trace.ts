import type { Trace, TracedNode } from '@triflow/sdk';
import type { Command } from 'commander';
import { type ClientOptions, connect, verb } from './connect.js';
import { heightOf } from './objects.js';
import { print } from './output.js';

interface TraceOptions extends ClientOptions {
  readonly direction?: string;
  readonly depth?: string;
  readonly at?: string;
  readonly prove?: boolean;
}

/** `triflow trace OBJECT`: where it came from and what came of it, as a tree (穿透式查询). */
export function traceCommand(): Command {
  return verb('trace', 'where an object came from and what came of it')
    .argument('<object>')
    .option('--direction <way>', 'up, down or both', 'both')
    .option('--depth <n>', 'how many steps')
    .option('--at <height>', 'as it stood at this height')
    .option('--prove', 'check each record against the validators’ signatures')
    .action(trace);
}

async function trace(id: string, options: TraceOptions): Promise<void> {
  const direction = directionOf(options.direction);
  const { client } = await connect(options);
  const found = await client.trace(id, {
    ...(direction === undefined ? {} : { direction }),
    ...(options.depth === undefined ? {} : { depth: heightOf(options.depth) }),
    ...(options.at === undefined ? {} : { at: heightOf(options.at) }),
    ...(options.prove === true ? { prove: true } : {}),
  });
  const { nodes, flags, height, redacted, verified } = found;
  const flat = nodes.map(({ origins, outcomes, attached, ...node }) => ({
    ...node,
    origins: origins.map((one) => one.id),
    outcomes: outcomes.map((one) => one.id),
    attached: attached.map((one) => one.id),
  }));
  print(options, { root: found.root.id, nodes: flat, flags, height, redacted, verified }, [
    ...treeLines(found),
    ...flags.map((flag) => `flag  ${flag}`),
    ...(redacted > 0 ? [`${redacted} records are not shown to this reader`] : []),
    ...(verified === undefined ? [] : [`each record proved at height ${verified.height}`]),
  ]);
}

/** The graph as a tree: above what it came from, below what came of it; each object once. */
export function treeLines({ root }: Pick<Trace, 'root'>): string[] {
  const shown = new Set<string>([root.id]);
  return [
    labelOf(root),
    ...branches(root.attached, 'stands on it', '', shown, () => []),
    ...branches(root.origins, 'from', '', shown, (node) => node.origins),
    ...branches(root.outcomes, 'became', '', shown, (node) => node.outcomes),
  ];
}

function branches(
  nodes: readonly TracedNode[],
  word: string,
  indent: string,
  shown: Set<string>,
  next: (node: TracedNode) => readonly TracedNode[],
): string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    const line = `${indent}${last ? '└' : '├'}─ ${word} ${labelOf(node)}`;
    if (shown.has(node.id)) return [`${line}  (shown above)`];
    shown.add(node.id);
    const deeper = `${indent}${last ? ' ' : '│'}  `;
    return [
      line,
      ...branches(node.attached, 'stands on it', deeper, shown, () => []),
      ...branches(next(node), word, deeper, shown, next),
    ];
  });
}

function labelOf({ id, flow, contract, table, data }: TracedNode): string {
  const state = typeof data === 'object' && data !== null && 'state' in data ? data.state : '';
  return `${id}  ${contract}/${table} [${flow}] ${String(state)}`.trimEnd();
}

function directionOf(text: string | undefined): 'up' | 'down' | undefined {
  return text === 'up' || text === 'down' ? text : undefined;
}
