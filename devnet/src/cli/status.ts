import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { callControl } from '../control.js';
import type { DevnetDescription } from '../devnetFile.js';
import { readHeight, readStall } from '../nodeReads.js';
import { type CommonOptions, descriptionIn, homeOf, verb } from './arguments.js';
import { shortPath } from './banner.js';
import { createOutput, padTo } from './output.js';

type NodeFacts = DevnetDescription['nodes'][number];

const splitsSchema = z.array(z.array(z.number().int()));

/** `status`: the endpoints again, heights, and why a node is not ready. */
export function statusCommand(): Command {
  return verb('status', 'endpoints, heights, and why a node is not ready').action(
    async (options: CommonOptions) => {
      const home = homeOf(options);
      const output = createOutput(options.json === true);
      const description = await descriptionIn(home);
      const nodes = await Promise.all(description.nodes.map(nodeStatus));
      output.emit({ ...description, nodes });
      const { chainId, pid, storage, scenario, ready } = description;
      const owner = pid === null ? 'down' : `running (pid ${pid})`;
      output.say(`chain ${chainId}   ${owner}   state ${shortPath(home.dir)} (${storage})`);
      if (ready !== null) output.say(`ready at height ${ready.height} after ${ready.ms} ms`);
      if (scenario !== null) output.say(`scenario ${scenario}`);
      for (const node of nodes) output.say(lineOfNode(node));
    },
  );
}

/** `list`: the nodes or the parties, one a line. */
export function listCommand(): Command {
  const what = new Argument('[what]', 'nodes or parties').choices(['nodes', 'parties']);
  return verb('list', 'list nodes or parties')
    .addArgument(what.default('nodes'))
    .action(async (chosen: string, options: CommonOptions) => {
      const output = createOutput(options.json === true);
      const { nodes, parties } = await descriptionIn(homeOf(options));
      if (chosen === 'parties') {
        for (const party of parties) {
          output.emit(party);
          const { alias, id, roles, name } = party;
          output.say(`${padTo(alias, 16)} ${padTo(id, 28)} ${padTo(roles.join(' '), 12)} ${name}`);
        }
        return;
      }
      for (const node of nodes) {
        output.emit(node);
        output.say(lineOfNode({ ...node, height: null, stall: null }));
      }
    });
}

/** `topology`: who reaches whom, as Mermaid text. */
export function topologyCommand(): Command {
  return verb('topology', 'who reaches whom, as Mermaid text').action(
    async (options: CommonOptions) => {
      const home = homeOf(options);
      const output = createOutput(options.json === true);
      const { nodes, pid } = await descriptionIn(home);
      const asked = pid === null ? [] : await callControl(home, { verb: 'splits' });
      const splits = splitsSchema.parse(asked);
      const edges = nodes.flatMap((a) => {
        return nodes.filter((b) => a.index < b.index && joined(splits, a, b)).map((b) => [a, b]);
      });
      const text = [
        'graph LR',
        ...nodes.map(({ nodeId, http, state }) => {
          return `  ${nodeId}["${nodeId} :${new URL(http).port} ${state}"]`;
        }),
        ...edges.map(([a, b]) => `  ${a?.nodeId} --- ${b?.nodeId}`),
      ];
      output.emit({ mermaid: text.join('\n') });
      output.say(text.join('\n'));
    },
  );
}

interface NodeStatus extends NodeFacts {
  readonly height: number | null;
  readonly stall: string | null;
}

async function nodeStatus(node: NodeFacts): Promise<NodeStatus> {
  if (node.state !== 'running') return { ...node, height: null, stall: null };
  const [height = null, stall = null] = await Promise.all([
    readHeight(node.http),
    readStall(node.ops),
  ]);
  return { ...node, height, stall };
}

function lineOfNode({ index, nodeId, state, height, http, ops, pid, stall }: NodeStatus): string {
  const at = height === null ? '' : `h ${height}`;
  const owner = pid === null ? '' : `pid ${pid}`;
  const where = `${http}  operations ${ops}`;
  const facts = `${index} ${padTo(nodeId, 4)} ${padTo(state, 8)} ${padTo(at, 8)} ${padTo(owner, 12)}`;
  return `  ${facts} ${where}${stall === null ? '' : `   ${stall}`}`;
}

function joined(splits: readonly (readonly number[])[], a: NodeFacts, b: NodeFacts): boolean {
  if (a.state !== 'running' || b.state !== 'running') return false;
  const groupOf = (index: number): number => splits.findIndex((group) => group.includes(index));
  return groupOf(a.index) === groupOf(b.index);
}
